"""What of the shops goes through approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from approvals.models import ChangeRequest, Snapshot
from approvals.policies.values import in_short
from approvals.registries import (
    ApprovalKind,
    Draft,
    Effect,
    Finding,
    FormatDefault,
    StageDefault,
    approval_kinds,
    format_defaults,
)
from approvals.states import DraftState, Risk, Severity
from config.kit.actor import Actor
from stores.models import Layout, Page, Zone
from stores.policies import layouts as layout_policies
from stores.policies.contents import ends_at_of, live_fields, page_texts
from stores.policies.modules import MODULES, field_label, name_of, title_of
from stores.selectors.moments import shown_moment
from stores.selectors.page_checks import page_findings
from stores.selectors.proposals import mock_up_url
from stores.services import layouts, pages
from stores.services.proposals import discussion as proposals
from stores.states import ModuleKind, PageKind, Recommendation, Role

_PROPOSAL_FIELDS: dict[str, str | Promise] = {
    "title": _("title"),
    "text": _("what should change, and why"),
    "expected_effect": _("expected effect"),
    "cost": _("cost"),
    "mock_ups": _("mock-ups"),
    "orders": _("planned work orders"),
    "recommendation": _("recommendation of the planning group"),
    "minutes": _("minutes"),
    "votes": _("votes (for : against)"),
}


def _proposal_field(field: str) -> str:
    top, _dot, rest = field.partition(".")
    label = str(_PROPOSAL_FIELDS.get(top, top))
    return f"{label} {rest}" if rest else label


def _proposal_value(path: str, value: Any) -> str | None:
    """The recommendation by its label, a work order as a sentence, a moment as people write it."""
    top, *rest = path.split(".")
    if top == "recommendation" and value in Recommendation.values:
        return str(Recommendation(value).label)
    if top == "orders" and isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
        return "; ".join(_order_words(one) for one in value)
    if top == "orders" and isinstance(value, Mapping):
        return _order_words(value)
    return _moment(value) if rest and rest[-1] == "due_at" else None


def _order_words(order: Mapping[str, Any]) -> str:
    facts = {"text": order["text"], "owner": order["owner"], "due": _moment(order["due_at"])}
    return _now("%(text)s (%(owner)s, until %(due)s)") % facts


def _moment(value: Any) -> str:
    moment = parse_datetime(value) if isinstance(value, str) else None
    return shown_moment(moment) if moment is not None else str(value)


_MANAGEMENT_DECIDES = (StageDefault("management", gettext_noop("Management decides"), Decimal(1), role=Role.MGR),)

approval_kinds.register(
    "stores.proposal",
    ApprovalKind(
        label=_("Redesign proposal"),
        icon="bulb",
        submit_permission="stores.discuss_proposal",
        read=proposals.proposal_draft,
        field_label=_proposal_field,
        value_text=_proposal_value,
        apply=proposals.proposal_approved,
        submitted=proposals.proposal_submitted,
        returned=proposals.proposal_returned,
        stages={"general": _MANAGEMENT_DECIDES, "important": _MANAGEMENT_DECIDES},
        rules={"general": "proposal_decided", "important": "proposal_decided"},
        picture=mock_up_url,
        makes_snapshot=False,
        needs_evidence=False,
    ),
)


# --- pages of shops

_PAGE_FIELDS: dict[str, str | Promise] = {
    "kind": _("kind of page"),
    "title": _("title"),
    "layout": _("layout"),
    "regions": _("regions of the layout"),
    "modules": _("modules"),
    "ends_at": _("end"),
}
_MODULE_PARTS: dict[str, str | Promise] = {"kind": _("kind"), "region": _("region")}
_LAYOUT_FIELDS: dict[str, str | Promise] = {
    "name": _("name"),
    "kinds": _("for pages of kind"),
    "regions": _("regions"),
}
_REGION_FIELDS: dict[str, str | Promise] = {
    "name": _("name"),
    "width": _("width"),
    "kinds": _("modules that it takes"),
    "max": _("at most (modules)"),
}


def _page_field(field: str) -> str:
    """Such as "modules.text-2.data.heading" → "text 2, Heading"."""
    top, *rest = field.split(".")
    if top == "modules" and rest:
        kind = next((kind for kind in MODULES if rest[0] == kind or rest[0].startswith(f"{kind}-")), "")
        words = str(name_of(kind, rest[0])) if kind else _now("module “%(key)s”") % {"key": rest[0]}
        if len(rest) < 2:
            return words
        if rest[1] != "data":
            return f"{words}, {_MODULE_PARTS.get(rest[1], rest[1])}"
        # A key of its own does not tell the kind; a field of one name is called the same in every kind, but for few.
        kinds = [kind] if kind else list(MODULES)
        one = next((found for kind in kinds if len(rest) > 2 and (found := MODULES[kind].field(rest[2]))), None)
        return f"{words}, {one.label}" if one else words
    return _nested(_PAGE_FIELDS, top, rest)


def _page_value(path: str, value: Any) -> str | None:
    """Kinds by their labels, a layout by its name, a module by what stands in it."""
    top, *rest = path.split(".")
    if top == "kind" and value in PageKind.values:
        return str(PageKind(value).label)
    if top == "layout" and isinstance(value, str):
        return Layout.objects.filter(code=value).values_list("name", flat=True).first()
    if top == "ends_at":
        return _moment(value)
    if top == "regions":
        return _region_value(rest, value)
    if top == "modules":
        if len(rest) == 2 and rest[1] == "kind" and value in ModuleKind.values:
            return str(ModuleKind(value).label)
        if isinstance(value, Mapping) and value.get("kind") in MODULES and "key" in value:
            return _module_words(value)
        if isinstance(value, list) and value and all(isinstance(one, Mapping) and "key" in one for one in value):
            return "; ".join(str(title_of(one)) for one in value)
    return None


def _module_words(module: Mapping[str, Any]) -> str:
    said = [f"{field_label(module['kind'], name)}: {in_short(value)}" for name, value in module["data"].items()]
    return "; ".join([str(title_of(module)), *said])


def _layout_value(path: str, value: Any) -> str | None:
    """Kinds by their labels, a region as a sentence."""
    top, *rest = path.split(".")
    if top == "kinds":
        return _labels(PageKind, value)
    return _region_value(rest, value) if top == "regions" else None


def _region_value(rest: Sequence[str], value: Any) -> str | None:
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return " / ".join(_region_words(one) for one in value)
    if isinstance(value, Mapping):
        return _region_words(value)
    if len(rest) > 1 and rest[1] == "kinds":
        return _labels(ModuleKind, value)
    return f"{value}/12" if rest and rest[-1] == "width" else None


def _region_words(region: Mapping[str, Any]) -> str:
    facts = {**region, "kinds": _labels(ModuleKind, region["kinds"])}
    return _now("%(name)s: %(width)s/12 of the width; at most %(max)s modules: %(kinds)s") % facts


def _labels(kinds: type[TextChoices], value: Any) -> str:
    codes = value if isinstance(value, list) else [value]
    return ", ".join(str(kinds(code).label) if code in kinds.values else str(code) for code in codes)


def _layout_field(field: str) -> str:
    top, *rest = field.split(".")
    return _nested(_LAYOUT_FIELDS, top, rest)


def _nested(labels: dict[str, str | Promise], top: str, rest: list[str]) -> str:
    label = str(labels.get(top, top))
    if not rest:
        return label
    part = f", {_REGION_FIELDS[rest[1]]}" if len(rest) > 1 and rest[1] in _REGION_FIELDS else ""
    return f"{label}: {rest[0]}{part}"


def _page_findings(draft: Draft, moment: str, now: datetime) -> list[Finding]:
    page = Page.objects.select_related("shop").get(pk=draft.subject_id)
    return page_findings(page, draft.content, now)


def _page_effects(draft: Draft) -> list[Effect]:
    """Where it will be seen, and what hangs on it."""
    page = Page.objects.select_related("shop").get(pk=draft.subject_id)
    found = [Effect(_now("Seen in"), after=str(page.shop))]
    ends = {name: ends_at_of(fields) for name, fields in (("live", draft.live or {}), ("draft", draft.content))}
    if ends["live"] != ends["draft"]:
        shown = {name: shown_moment(end) if end else "" for name, end in ends.items()}
        found.append(Effect(_now("Taken down by itself"), shown["live"], shown["draft"], "warn"))
    if page.kind == PageKind.ZONE:
        zones = list(Zone.objects.filter(fallback=page).values_list("name", flat=True))
        booked = page.bookings.filter(state__in=("planned", "shown")).count()
        if zones:
            found.append(Effect(_now("Fallback of"), after=", ".join(zones), tone="info"))
        if booked:
            found.append(Effect(_now("Booked slots"), after=str(booked), tone="info"))
    if branches := list(Page.objects.filter(main_page=page).values_list("shop__name", flat=True)):
        found.append(Effect(_now("Branches inherit from it"), after=", ".join(branches), tone="info"))
    return found


def _page_facts(draft: Draft) -> dict[str, Any]:
    return {"is_campaign": draft.content["kind"] == PageKind.PROMOTION, "page_kind": draft.content["kind"]}


def _page_risk(draft: Draft) -> str:
    """Home pages and signs are seen by everybody; a change of title and text alone on another page is low."""
    if draft.content["kind"] in (PageKind.HOME, PageKind.SIGN):
        return Risk.HIGH
    return Risk.NORMAL


def _page_picture(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 64 or set(value) - set("0123456789abcdef"):
        return ""
    return reverse("stores:page_picture", args=[value])


def _apply_page(request: ChangeRequest, snapshot: Snapshot | None, actor: Actor, now: datetime) -> None:
    pages.apply_page(request, actor=actor, now=now)


def _layout_findings(draft: Draft, moment: str, now: datetime) -> list[Finding]:
    return [
        Finding(problem.code, Severity.BLOCK, "regions", str(problem))
        for problem in layout_policies.check_regions(draft.content["regions"])
    ]


def _layout_effects(draft: Draft) -> list[Effect]:
    layout = Layout.objects.get(pk=draft.subject_id)
    using = [
        page
        for page in Page.objects.filter(live__snapshot__isnull=False).select_related("live__snapshot")
        if (live_fields(page) or {}).get("layout") == layout.code
    ]
    words = _now("%(count)d, none changes by this; each is listed as work") % {"count": len(using)}
    return [Effect(_now("Live pages on this layout"), after=words, tone="info" if using else "neutral")]


def _apply_layout(request: ChangeRequest, snapshot: Snapshot | None, actor: Actor, now: datetime) -> None:
    layouts.apply_layout(request, actor=actor, now=now)


_PLANNING_DECIDES = (StageDefault("planning", gettext_noop("Planning decides"), Decimal(1), role=Role.PLAN),)

approval_kinds.register(
    "stores.page",
    ApprovalKind(
        label=_("Shop page"),
        icon="browser",
        submit_permission="stores.edit_page",
        read=pages.page_draft,
        field_label=_page_field,
        value_text=_page_value,
        apply=_apply_page,
        submitted=lambda request: pages.follow_page_request(request, DraftState.IN_REVIEW),
        approved=lambda request: pages.follow_page_request(request, DraftState.APPROVED),
        returned=lambda request, actor, now, reason: pages.return_page(request),
        stages={"general": _PLANNING_DECIDES, "important": _MANAGEMENT_DECIDES},
        check=_page_findings,
        facts=_page_facts,
        effects=_page_effects,
        risk=_page_risk,
        picture=_page_picture,
        checked_texts=lambda draft: page_texts(draft.content),
        preview_url=lambda request: reverse("stores:page_preview_request", args=[request.pk]),
    ),
)
approval_kinds.register(
    "stores.layout",
    ApprovalKind(
        label=_("Layout of shop pages"),
        icon="layout",
        submit_permission="stores.edit_layout",
        read=layouts.layout_draft,
        field_label=_layout_field,
        value_text=_layout_value,
        apply=_apply_layout,
        submitted=lambda request: layouts.follow_layout_request(request, DraftState.IN_REVIEW),
        approved=lambda request: layouts.follow_layout_request(request, DraftState.APPROVED),
        returned=lambda request, actor, now, reason: layouts.return_layout(request),
        stages={"general": _MANAGEMENT_DECIDES, "important": _MANAGEMENT_DECIDES},
        check=_layout_findings,
        effects=_layout_effects,
        needs_evidence=False,
    ),
)

format_defaults.register("stores.page.title", FormatDefault(kind="stores.page", field="title", max_units=60))
