"""The clocks of redesign proposals (APPR-8 to APPR-10) and of missing signs (STORE-8)."""

from django.utils.translation import gettext_noop as _

from approvals.registries import RuleDeclaration, time_rules

_DAY = 1440
_OFFICE_DAY = int(7.5 * 60)

time_rules.register(
    "proposal_discussed",
    RuleDeclaration(
        name=_("Redesign proposal discussed"),
        length_minutes=7 * _DAY,
        starts_when=_("filed, or given back to its author"),
        stops_when=_("discussion kept"),
        source="[A] 企划讨论",
        ladder=((0, "owner"), (0, "head"), (_DAY, "management")),
    ),
)
time_rules.register(
    "proposal_sent",
    RuleDeclaration(
        name=_("Discussed proposal sent to the management"),
        length_minutes=3 * _OFFICE_DAY,
        starts_when=_("discussed"),
        stops_when=_("sent to the management"),
        source="[A] 呈公司审批",
        calendar="office",
    ),
)
time_rules.register(
    "proposal_decided",
    RuleDeclaration(
        name=_("Redesign proposal decided"),
        length_minutes=5 * _OFFICE_DAY,
        starts_when=_("sent to the management"),
        stops_when=_("decided"),
        source="[A] 呈公司审批",
        calendar="office",
        ladder=((0, "owner"), (0, "management")),
    ),
)
time_rules.register(
    "proposal_planned",
    RuleDeclaration(
        name=_("Work orders of an approved redesign written"),
        length_minutes=3 * _OFFICE_DAY,
        starts_when=_("approved without work orders"),
        stops_when=_("first work order written"),
        source="[A] 审批后执行",
        calendar="office",
    ),
)
time_rules.register(
    "proposal_order",
    RuleDeclaration(
        name=_("Work order of a redesign done"),
        length_minutes=7 * _DAY,
        starts_when=_("approved, or written later"),
        stops_when=_("done, compared with the approved design"),
        source="[A] 审批后执行",
    ),
)
time_rules.register(
    "proposal_effect",
    RuleDeclaration(
        name=_("Effect of a redesign measured"),
        length_minutes=30 * _DAY,
        starts_when=_("carried out"),
        stops_when=_("closed with a note on its effect"),
        source="[A] 审批后执行",
        warn_at=(0.8, 0.95),
    ),
)
time_rules.register(
    "sign_missing",
    RuleDeclaration(
        name=_("Sign of a directly operated shop"),
        length_minutes=7 * _DAY,
        starts_when=_("the shop shows no approved sign"),
        stops_when=_("a sign is published"),
        source="[A] 店铺招牌",
    ),
)
