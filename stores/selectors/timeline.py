"""What happened to a page, layout, zone or proposal, as the timeline component takes it: names, values and actors in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models import TrailEntry
from approvals.seams import role_label
from approvals.selectors import sentence_of, trail_of
from config.kit.actor import ActorKind
from stores.models import Employee, Layout, LayoutRevision, Page, PageRevision
from stores.policies.modules import title_of
from stores.selectors.moments import shown_moment
from stores.states import ModuleKind, Recommendation

_SHOWN = 60
_LOOKED_AT = 20
_PAGE, _LAYOUT = "stores.page", "stores.layout"
_NAMES: Mapping[str, str | Promise] = {
    "revision": _("draft"),
    "version": _("version"),
    "name": _("name"),
    "address": _("address"),
    "code": _("code"),
    "owner": _("owner"),
    "inherits_from": _("inherits from"),
    "must_differ": _("must differ in"),
    "title": _("title"),
    "layout": _("layout"),
    "ends_at": _("ends"),
    "publish_at": _("publish at"),
    "page": _("page"),
    "from": _("from"),
    "until": _("until"),
    "planned": _("planned for"),
    "shown": _("shown"),
    "fallback": _("shown otherwise"),
    "text": _("text"),
    "expected_effect": _("expected effect"),
    "cost": _("cost"),
    "files": _("mock-ups"),
    "evidence": _("evidence"),
    "recommendation": _("recommendation"),
    "votes": _("votes"),
    "order": _("work order"),
    "due_at": _("due"),
    "owner_role": _("role"),
    "waiting_for": _("waiting for"),
}
_MOMENTS = frozenset({"ends_at", "publish_at", "due_at"})
_SWEEPS: Mapping[str, str | Promise] = {
    "stores.swap_zones": _("System: promotion zones by the calendar"),
    "stores.sweep_pages": _("System: ends of pages"),
    "stores.confirm_pages": _("System: a look at live pages"),
    "stores.check_signs": _("System: daily check of shop signs"),
    "approvals.publish": _("System: publication"),
    "approvals.publish_due": _("System: publication at its time"),
    "deadlines": _("System: clocks"),
}


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One thing that happened. `changes` maps a field's name to before and after, both in words."""

    at: datetime
    who: str
    text: str
    reason: str = ""
    kind: str = "people"
    changes: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(slots=True)
class _Known:
    """Names of what entries hold only as keys; each kind of them is asked for once, and only where an entry needs it."""

    modules: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    layouts: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[Any, str] = field(default_factory=dict)
    pages: Mapping[Any, str] = field(default_factory=dict)


def timeline_of(subject_type: str, pk: int) -> list[TimelineLine]:
    """The last acts on a subject, the newest first. The number of queries does not grow with them."""
    entries = sorted(trail_of(subject_type, pk), key=lambda entry: (entry.at, entry.pk), reverse=True)[:_SHOWN]
    return lines_of(subject_type, pk, entries)


def lines_of(subject_type: str, pk: int, entries: Sequence[TrailEntry]) -> list[TimelineLine]:
    """Entries of one subject as lines, in their order."""
    known = _known(subject_type, pk, entries)
    return [
        TimelineLine(
            entry.at,
            who_of(entry),
            sentence_of(entry.action),
            entry.reason,
            "system" if entry.actor_kind == ActorKind.SYSTEM else "people",
            _changes(subject_type, entry.changes, known),
        )
        for entry in entries
    ]


def who_of(entry: TrailEntry) -> str:
    """Who acted: a person, a program by its key's name, or the system with what it was about."""
    if entry.actor_kind != ActorKind.SYSTEM:
        return entry.actor_label
    return str(_SWEEPS.get(entry.actor_label, _("System")))


def _known(subject_type: str, pk: int, entries: Iterable[TrailEntry]) -> _Known:
    known = _Known()
    values: dict[str, set[Any]] = {}
    for entry in entries:
        for name, pair in entry.changes.items():
            values.setdefault(name.partition(".")[0], set()).update(_hashable(pair))
    if subject_type == _PAGE and values.keys() & {"modules", "must_differ", "order"}:
        known.modules = _module_names(pk)
    if subject_type == _LAYOUT and "regions" in values:
        known.regions = _region_names(pk)
    if codes := values.get("layout", set()) - {None}:
        known.layouts = dict(Layout.objects.filter(code__in=codes).values_list("code", "name"))
    if ids := {one for one in values.get("owner", ()) if isinstance(one, int)}:
        known.people = {person.pk: str(person) for person in Employee.objects.filter(pk__in=ids)}
    if ids := {one for one in values.get("inherits_from", ()) if isinstance(one, int)}:
        known.pages = {page.pk: str(page) for page in Page.objects.filter(pk__in=ids).select_related("shop")}
    return known


def _hashable(pair: Iterable[Any]) -> list[Any]:
    return [value for value in pair if isinstance(value, str | int)]


def _module_names(page_id: int) -> dict[str, str]:
    """Titles of the modules of a page's latest drafts and of its main page's, by their keys."""
    main = Page.objects.filter(pk=page_id).values("main_page")
    rows = PageRevision.objects.filter(page__in=[page_id]) | PageRevision.objects.filter(page__in=main)
    latest = reversed(rows.order_by("-pk").values_list("modules", flat=True)[:_LOOKED_AT])
    return {
        module["key"]: str(title_of(module))
        for modules in latest
        for module in modules
        if module["kind"] in ModuleKind.values
    }


def _region_names(layout_id: int) -> dict[str, str]:
    rows = LayoutRevision.objects.filter(layout=layout_id).order_by("-pk").values_list("regions", flat=True)
    return {region["key"]: region["name"] for regions in reversed(rows[:_LOOKED_AT]) for region in regions}


def _changes(subject_type: str, changes: Mapping[str, Any], known: _Known) -> dict[str, tuple[str, str]]:
    shown: dict[str, tuple[str, str]] = {}
    for name, pair in changes.items():
        top, _dot, rest = name.partition(".")
        before, after = pair if isinstance(pair, list | tuple) and len(pair) == 2 else (None, pair)
        if top == "modules" and rest:
            shown[known.modules.get(rest, gettext("module “%(key)s”") % {"key": rest})] = _module_change(before, after)
        elif top == "regions" and rest:
            label = gettext("region “%(name)s”") % {"name": known.regions.get(rest, rest)}
            shown[label] = (_region(before), _region(after))
        elif subject_type == _PAGE and name == "order":
            keys = [[key for key in str(side or "").split(", ") if key] for side in (before, after)]
            shown[gettext("order of the modules")] = (_modules(keys[0], known), _modules(keys[1], known))
        else:
            shown[str(_NAMES.get(name, name))] = (_value(name, before, known), _value(name, after, known))
    return shown


def _module_change(before: Any, after: Any) -> tuple[str, str]:
    """The trail keeps whether a module was there; its words are kept by the revision."""
    if before is None:
        return "–", gettext("added")
    return gettext("as before"), gettext("removed") if after is None else gettext("changed")


def _modules(keys: Iterable[str], known: _Known) -> str:
    return ", ".join(known.modules.get(key, key) for key in keys) or "–"


def _region(value: Any) -> str:
    """A region as the trail keeps it ("1. Top 12/12, 3 × text category"), its kinds in words."""
    if not value:
        return "–"
    head, times, kinds = str(value).rpartition(" × ")
    if not times or not kinds:
        return str(value)
    place, _comma, most = head.rpartition(", ")
    words = ", ".join(str(ModuleKind(kind).label) if kind in ModuleKind.values else kind for kind in kinds.split())
    return gettext("%(place)s of the width; at most %(most)s modules: %(kinds)s") % {
        "place": place,
        "most": most,
        "kinds": words,
    }


def _value(name: str, value: Any, known: _Known) -> str:
    if value in (None, "", []):
        return "–"
    if name == "must_differ":
        return _modules(value if isinstance(value, list) else [str(value)], known)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if name in _MOMENTS and isinstance(value, str) and (moment := parse_datetime(value)) is not None:
        return shown_moment(moment)
    if name == "owner_role":
        return role_label(str(value))
    if name == "recommendation" and value in Recommendation.values:
        return str(Recommendation(value).label)
    found = {"layout": known.layouts, "owner": known.people, "inherits_from": known.pages}.get(name, {})
    return str(found.get(value, value))
