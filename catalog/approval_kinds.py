"""What of the catalogue goes through approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from approvals.models import ChangeRequest, Snapshot
from approvals.registries import (
    ApprovalKind,
    Draft,
    Effect,
    Finding,
    FormatDefault,
    Section,
    StageDefault,
    approval_kinds,
    format_defaults,
)
from catalog.models import Category
from catalog.policies import drafts
from catalog.policies.drafts import ListingDraft
from catalog.policies.fields import FIELDS, LISTING_KIND
from catalog.selectors import checks
from catalog.selectors.listings import field_name
from catalog.services import drafts as reading
from catalog.services import plans, revisions
from catalog.services.listings import show
from catalog.services.packages import package_progress
from config.kit.actor import Actor
from stores.models import CustomerGroup
from stores.states import Role


def _listing(draft: Draft) -> ListingDraft:
    return cast(ListingDraft, draft)


def _check(draft: Draft, moment: str, now: datetime) -> list[Finding]:
    return checks.findings(_listing(draft), moment, now)


def _facts(draft: Draft) -> Mapping[str, Any]:
    return drafts.class_facts(_listing(draft))


def _effects(draft: Draft) -> list[Effect]:
    return drafts.effects(_listing(draft))


def _money_effect(draft: Draft) -> Decimal | None:
    return drafts.money_effect(_listing(draft))


def _risk(draft: Draft) -> str:
    return drafts.risk(_listing(draft))


def _checked_texts(draft: Draft) -> Mapping[str, str]:
    return checks.checked_texts(_listing(draft))


def _apply(request: ChangeRequest, snapshot: Snapshot | None, actor: Actor, now: datetime) -> None:
    if snapshot is None:
        raise TypeError("a listing is shown by a snapshot only")
    show(request=request, snapshot=snapshot, actor=actor, now=now)
    package_progress(package_id=request.package_id, now=now, actor=actor)


def _submitted(request: ChangeRequest) -> None:
    revisions.follow_submission(request=request)
    package_progress(package_id=request.package_id, now=request.submitted_at)


def _approved(request: ChangeRequest) -> None:
    revisions.follow_approval(request=request)


def _returned(request: ChangeRequest, actor: Actor, now: datetime, reason: str) -> None:
    revisions.follow_return(request=request)
    package_progress(package_id=request.package_id, now=now, actor=actor)


def _confirmed(request: ChangeRequest, actor: Actor, now: datetime) -> None:
    package_progress(package_id=request.package_id, now=now, actor=actor)


def _picture(value: Any) -> str:
    """The address of a picture for its item in a content."""
    key = str(value.get("key", "")) if isinstance(value, Mapping) else ""
    return reverse("catalog:photo_file", args=[int(key), "page"]) if key.isdecimal() else ""


_SECTION_LABELS = {
    "facts": (_("facts"), Role.OPS),
    "price": (_("price"), Role.FIN),
    "service": (_("service text"), Role.CS),
    "pictures": (_("pictures"), Role.ART),
}
_SECTIONS = tuple(
    Section(code, label, role, tuple(field.code for field in FIELDS if field.section == code))
    for code, (label, role) in _SECTION_LABELS.items()
)


def _value_text(path: str, value: Any) -> str | None:
    """Category and customer group by their names; a code that is gone stays as it is."""
    named: dict[str, Any] = {"category": Category, "customer_group": CustomerGroup}
    if path not in named or not isinstance(value, str):
        return None
    return named[path].objects.filter(code=value).values_list("name", flat=True).first()


_SIGNED = StageDefault("departments", gettext_noop("Departments sign"), Decimal("0.5"), mode="sign")

_REFUSALS = (
    _("The facts do not agree with the product master."),
    _("The price is outside the agreed band; give the calculation."),
    _("The title does not keep to the house format."),
    _("A claim needs proof: attach the report or take the words out."),
    _("The pictures do not show what the text says."),
    _("Absolute words or a superlative: write what can be measured."),
    _("The service text promises what customer service does not keep."),
    _("Too close to another title of the shop."),
)

approval_kinds.register(
    LISTING_KIND,
    ApprovalKind(
        label=_("Listing"),
        icon="tag",
        submit_permission="catalog.edit_listing",
        read=reading.read_listing_draft,
        field_label=field_name,
        apply=_apply,
        submitted=_submitted,
        approved=_approved,
        returned=_returned,
        confirmed=_confirmed,
        stages={
            "general": (
                _SIGNED,
                StageDefault("planning", gettext_noop("Planning decides"), Decimal("0.4"), role=Role.PLAN),
            ),
            "important": (
                _SIGNED,
                StageDefault("management", gettext_noop("Management decides"), Decimal("0.4"), role=Role.MGR),
            ),
        },
        check=_check,
        facts=_facts,
        effects=_effects,
        money_effect=_money_effect,
        risk=_risk,
        picture=_picture,
        value_text=_value_text,
        sections=_SECTIONS,
        checked_texts=_checked_texts,
        refusal_reasons=_REFUSALS,
    ),
)


# --- listing plans (CAT-1) ----------------------------------------------------------------------------------------------

_PLAN_FIELDS = {
    "name": _("name"),
    "starts_on": _("from"),
    "ends_on": _("until"),
    "customer_group": _("target group"),
    "survey_title": _("survey"),
    "survey_conclusion": _("what the survey says"),
    "survey_file": _("survey file"),
    "survey_sha256": _("hash of the file"),
    "lines": _("plan lines"),
}


def _plan_field(field: str) -> str:
    name, _dot, part = field.partition(".")
    return " ".join(filter(None, (str(_PLAN_FIELDS.get(name, name)), part)))


def _plan_check(draft: Draft, moment: str, now: datetime) -> list[Finding]:
    return plans.plan_findings(draft)


def _plan_apply(request: ChangeRequest, snapshot: Snapshot | None, actor: Actor, now: datetime) -> None:
    plans.put_plan_in_force(plan_id=request.draft_id, actor=actor, now=now)


def _plan_submitted(request: ChangeRequest) -> None:
    plans.plan_submitted(request)


def _plan_returned(request: ChangeRequest, actor: Actor, now: datetime, reason: str) -> None:
    plans.plan_returned(request)


_PLAN_STAGES = (StageDefault("management", gettext_noop("Management decides"), Decimal("0.9"), role=Role.MGR),)

approval_kinds.register(
    plans.KIND,
    ApprovalKind(
        label=_("Listing plan"),
        icon="calendar-plus",
        submit_permission="catalog.plan_listings",
        read=plans.read_plan_draft,
        field_label=_plan_field,
        apply=_plan_apply,
        submitted=_plan_submitted,
        returned=_plan_returned,
        stages={"general": _PLAN_STAGES, "important": _PLAN_STAGES},
        check=_plan_check,
        may_skip_stages=False,
        needs_evidence=False,
    ),
)

# The house format of what shoppers read first (STORE-16); planning changes the rows that are made from it.
for _field_code, _least, _most in (("title", 2, 60), ("slogan", 0, 60), ("brief", 20, 600)):
    format_defaults.register(
        f"{LISTING_KIND}.{_field_code}",
        FormatDefault(kind=LISTING_KIND, field=_field_code, min_units=_least, max_units=_most),
    )
