"""The register of time rules of the company's rule documents (CLOCK-1), as far as no app above declares its own.

Each row is declared with the source it comes from; "set" in the register means that the company chooses, so the length here is a
beginning that managers change on the rules page.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from approvals.registries import RuleDeclaration, time_rules

_HOUR, _DAY, _WEEK = 60, 1440, 7 * 1440
_OFFICE_DAY = int(7.5 * 60)

time_rules.register(
    "general_information",
    RuleDeclaration(
        name=_("General information published"),
        length_minutes=24 * _HOUR,
        starts_when=_("publication package complete"),
        stops_when=_("live confirmed"),
        source="[A] 一般信息",
        ladder=((0, "owner"), (60, "head"), (240, "management")),
    ),
)
time_rules.register(
    "important_information",
    RuleDeclaration(
        name=_("Important product information published"),
        length_minutes=12 * _HOUR,
        starts_when=_("publication package complete"),
        stops_when=_("live confirmed"),
        source="[A] 重要商品信息",
        ladder=((0, "owner"), (0, "management")),
    ),
)
time_rules.register(
    "approval_stage",
    RuleDeclaration(
        name=_("Stage of an approval decided"),
        length_minutes=12 * _HOUR,
        starts_when=_("stage opens"),
        stops_when=_("decided or signed"),
        source="[A] 按下列程序报审",
        ladder=((0, "owner"), (0, "head")),
    ),
)
time_rules.register(
    "emergency_review",
    RuleDeclaration(
        name=_("Emergency publication looked at again"),
        length_minutes=24 * _HOUR,
        starts_when=_("published in an emergency"),
        stops_when=_("after-review closed"),
        ladder=((0, "owner"), (60, "management")),
    ),
)
time_rules.register(
    "product_count",
    RuleDeclaration(
        name=_("Count of all products"),
        length_minutes=_WEEK,
        starts_when=_("Monday begins"),
        stops_when=_("all lines posted"),
        source="[A] 每星期",
        ladder=((0, "head"), (_DAY, "management")),
    ),
)
time_rules.register(
    "content_refresh",
    RuleDeclaration(
        name=_("Brief, photos and persuasive copy refreshed"),
        length_minutes=15 * _DAY,
        starts_when=_("last published change of the group"),
        stops_when=_("next published change"),
        source="[A] 每半月",
    ),
)
time_rules.register(
    "accuracy_check",
    RuleDeclaration(
        name=_("Accuracy of published information checked"),
        length_minutes=30 * _DAY,
        starts_when=_("last check"),
        stops_when=_("next check"),
        source="[A] 随时",
    ),
)
time_rules.register(
    "reconciliation",
    RuleDeclaration(
        name=_("Account day reconciled"),
        length_minutes=2 * _OFFICE_DAY,
        starts_when=_("statement day ends"),
        stops_when=_("day signed"),
        source="[A] 及时",
        calendar="office",
    ),
)
time_rules.register(
    "promotion_plan",
    RuleDeclaration(
        name=_("In-shop promotion planned"),
        length_minutes=30 * _DAY,
        starts_when=_("last plan"),
        stops_when=_("next plan"),
        source="[A] 定期",
    ),
)
time_rules.register(
    "promotion_summary",
    RuleDeclaration(
        name=_("Promotion summed up"),
        length_minutes=7 * _DAY,
        starts_when=_("promotion ends"),
        stops_when=_("summary approved"),
        source="[A] 总结",
    ),
)
time_rules.register(
    "key_event_plan",
    RuleDeclaration(
        name=_("Key event planned, or decided against"),
        length_minutes=14 * _DAY,
        starts_when=_("event comes within the planning time"),
        stops_when=_("plan approved, or decided against"),
        source="[A] 关键事件点",
    ),
)
time_rules.register(
    "joint_meeting",
    RuleDeclaration(
        name=_("Joint meeting held"),
        length_minutes=30 * _DAY,
        starts_when=_("last meeting"),
        stops_when=_("minutes filed"),
        source="[B] 定期",
    ),
)
time_rules.register(
    "offline_feedback",
    RuleDeclaration(
        name=_("Online figures read and answered by the physical shops"),
        length_minutes=_WEEK,
        starts_when=_("period ends"),
        stops_when=_("read and answered"),
        source="[B] 及时",
    ),
)
time_rules.register(
    "stock_update",
    RuleDeclaration(
        name=_("Stock movement booked"),
        length_minutes=15,
        starts_when=_("stock event"),
        stops_when=_("movement in the ledger"),
        source="[B] 实时",
        warn_at=(),
        ladder=((0, "owner"), (15, "head")),
    ),
)
time_rules.register(
    "stocktake",
    RuleDeclaration(
        name=_("Stocktake of all locations"),
        length_minutes=30 * _DAY,
        starts_when=_("last stocktake"),
        stops_when=_("stocktake closed"),
        source="[B] 定期",
    ),
)
time_rules.register(
    "supervision_check",
    RuleDeclaration(
        name=_("Supervision check and evaluation"),
        length_minutes=30 * _DAY,
        starts_when=_("last check"),
        stops_when=_("report acknowledged"),
        source="[B] 定期",
    ),
)
time_rules.register(
    "effect_evaluation",
    RuleDeclaration(
        name=_("Effect of the quarter evaluated"),
        length_minutes=10 * _OFFICE_DAY,
        starts_when=_("quarter ends"),
        stops_when=_("evaluation filed"),
        source="[B] 每季度",
        calendar="office",
    ),
)
time_rules.register(
    "policy_review",
    RuleDeclaration(
        name=_("Policy reviewed"),
        length_minutes=365 * _DAY,
        starts_when=_("last review"),
        stops_when=_("decided"),
        source="[B] 定期",
        warn_at=(0.9, 0.97),
    ),
)
time_rules.register(
    "policy_delivered",
    RuleDeclaration(
        name=_("Newest version of a policy read by everybody"),
        length_minutes=3 * _OFFICE_DAY,
        starts_when=_("version takes effect"),
        stops_when=_("everybody confirmed"),
        source="[B] 及时",
        calendar="office",
    ),
)
time_rules.register(
    "order_step",
    RuleDeclaration(
        name=_("Step of an order"),
        length_minutes=4 * _HOUR,
        starts_when=_("step begins"),
        stops_when=_("step ends"),
        source="[C] 时间节点",
        calendar="service",
    ),
)
time_rules.register(
    "service_reply",
    RuleDeclaration(
        name=_("Customer's message answered"),
        length_minutes=2 * _HOUR,
        starts_when=_("message comes in"),
        stops_when=_("reply sent"),
        source="[C] 响应时限",
        calendar="service",
        ladder=((0, "owner"), (30, "deputy"), (60, "head")),
    ),
)
time_rules.register(
    "aftersale_window",
    RuleDeclaration(
        name=_("After-sales request within its window"),
        length_minutes=7 * _DAY,
        starts_when=_("parcel delivered"),
        stops_when=_("request comes in"),
        source="[C] 规定时间内",
        warn_at=(),
        ladder=(),
    ),
)
time_rules.register(
    "aftersale_notice",
    RuleDeclaration(
        name=_("Customer told of an after-sales decision"),
        length_minutes=2 * _HOUR,
        starts_when=_("decision"),
        stops_when=_("notice sent"),
        source="[C] 及时通知",
        calendar="service",
    ),
)
time_rules.register(
    "aftersale_analysis",
    RuleDeclaration(
        name=_("After-sales of the month analysed"),
        length_minutes=5 * _OFFICE_DAY,
        starts_when=_("month ends"),
        stops_when=_("analysis signed"),
        source="[C] 定期",
        calendar="office",
    ),
)
time_rules.register(
    "process_evaluation",
    RuleDeclaration(
        name=_("Process evaluated, customers surveyed"),
        length_minutes=90 * _DAY,
        starts_when=_("last evaluation"),
        stops_when=_("next evaluation"),
        source="[C] 定期",
    ),
)
