"""What happened to a request so far, and the versions of its subject that were public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from approvals.models import ChangeRequest, LiveContent, Snapshot
from approvals.registries import trail_actions
from approvals.selectors.requests import snapshots_of
from approvals.selectors.trail import sentence_of, trail_of
from approvals.selectors.wall import REQUEST
from approvals.states import Importance

_SHOWN_VERSIONS = 12
# The discussion, and the clock's own lines beside "waits for material".
_TOLD_ELSEWHERE = ("requests.commented", "deadlines.paused", "deadlines.resumed")
_TOLD = {
    "class": _("class"),
    "stage": _("stage"),
    "as_deputy_of": _("as deputy of"),
    "waiting_for": _("waits for"),
    "version": _("version"),
    "display": _("seen at"),
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the subject that was public; `is_live`: shoppers see it now."""

    snapshot: Snapshot
    is_live: bool
    is_this: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One act on the timeline, with before and after in the reader's words."""

    at: datetime
    who: str
    text: str
    reason: str
    changes: dict[str, tuple[str, str]]
    kind: str


def versions(change: ChangeRequest) -> list[Version]:
    """The newest versions of the subject that were public."""
    live = (
        LiveContent.objects.filter(kind=change.kind, subject_type=change.subject_type, subject_id=change.subject_id)
        .values_list("snapshot_id", flat=True)
        .first()
    )
    rows = snapshots_of(change.kind, change.subject_type, change.subject_id).defer("content")[:_SHOWN_VERSIONS]
    return [Version(row, row.pk == live, row.request_id == change.pk) for row in rows]


def timeline(change: ChangeRequest) -> list[Line]:
    """What the trail holds about a request, oldest first; what was said stands in the discussion."""
    entries = [entry for entry in trail_of(REQUEST, change.pk) if entry.action not in _TOLD_ELSEWHERE]
    absent = {pk for entry in entries for pk in entry.changes.get("as_deputy_of", ()) if isinstance(pk, int)}
    names = {person.pk: str(person) for person in get_user_model().objects.filter(pk__in=absent)} if absent else {}
    return [
        Line(
            entry.at,
            entry.actor_label,
            sentence_of(entry.action),
            entry.reason,
            {
                str(_TOLD[name]): (_fact(name, pair[0], names), _fact(name, pair[1], names))
                for name, pair in entry.changes.items()
                if name in _TOLD
            },
            trail_actions.get(entry.action).kind if entry.action in trail_actions else "system",
        )
        for entry in entries
    ]


def _fact(name: str, value: Any, names: Mapping[int, str]) -> str:
    if value in (None, ""):
        return "–"
    if name == "class" and value in Importance.values:
        return str(Importance(value).label)
    return names.get(value, str(value)) if name == "as_deputy_of" else str(value)
