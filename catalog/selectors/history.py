"""What the trail holds about one thing of the catalogue, in words for its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from approvals.models import TrailEntry
from approvals.registries import trail_actions
from approvals.selectors import sentence_of, trail_of
from approvals.states import Importance
from catalog.states import PackageState, PlanState, SourceState

_NAMES: Mapping[str, str | Promise] = {
    "state": _("state"),
    "importance": _("class"),
    "package": _("package"),
    "mismatch": _("differs in"),
    "facts": _("facts"),
    "sources": _("intakes and notices"),
    "listings": _("listings"),
    "lines": _("plan lines"),
    "line": _("line"),
    "name": _("name"),
    "starts_on": _("from"),
    "ends_on": _("until"),
    "survey_title": _("survey"),
    "survey_conclusion": _("what the survey says"),
    "survey_file_name": _("survey file"),
    "waiting_for": _("waiting for"),
    "owner": _("owner"),
    "owner_role": _("owner's role"),
    "price": _("price"),
    "from": _("from"),
    "until": _("until"),
}
_MOMENTS = frozenset({"from", "until"})
_ONE_SITTING = timedelta(minutes=30)
_HIDDEN = frozenset({"survey_sha256", "owner", "owner_role", "customer_group_id"})
_WORDS: Mapping[str, str | Promise] = {
    **{str(value): label for value, label in Importance.choices},
    **{str(value): label for states in (SourceState, PackageState, PlanState) for value, label in states.choices},
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a timeline, shaped for `<c-timeline-entry>`."""

    at: datetime
    who: str
    text: str
    reason: str
    kind: str
    changes: dict[str, tuple[str, str]]


def history(subject_type: str, subject_id: int) -> list[HistoryLine]:
    """Newest first. One statement, and one for the people."""
    return [
        HistoryLine(
            at=entry.at,
            who=str(entry.actor_user or entry.actor_label),
            text=sentence_of(entry.action),
            reason=entry.reason,
            kind=trail_actions.get(entry.action).kind if entry.action in trail_actions else "system",
            changes={
                str(_NAMES.get(name, name)): (_text(name, pair[0]), _text(name, pair[1]))
                for name, pair in entry.changes.items()
                if name not in _HIDDEN and isinstance(pair, list | tuple) and len(pair) == 2
            },
        )
        for entry in reversed(trail_of(subject_type, subject_id))
    ]


def told(entries: Sequence[TrailEntry]) -> list[tuple[TrailEntry, str]]:
    """Entries with their sentences, the latest first; what one person saved in one sitting is one line with its count."""
    lines: list[tuple[TrailEntry, int]] = []
    for entry in reversed(entries):
        last, count = lines[-1] if lines else (None, 0)
        if last is not None and _is_same_sitting(last, entry):
            lines[-1] = (last, count + 1)
        else:
            lines.append((entry, 1))
    return [(entry, f"{sentence_of(entry.action)}{f' × {count}' if count > 1 else ''}") for entry, count in lines]


def _is_same_sitting(later: TrailEntry, earlier: TrailEntry) -> bool:
    return (
        later.action == earlier.action == "catalog.revision_saved"
        and later.actor_label == earlier.actor_label
        and later.at - earlier.at < _ONE_SITTING
    )


def _text(name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if name in _MOMENTS and isinstance(value, str) and (moment := parse_datetime(value)) is not None:
        return date_format(localtime(moment), "Y-m-d H:i")
    if isinstance(value, dict):
        return "; ".join(f"{_NAMES.get(key, key)}: {_text(key, part)}" for key, part in value.items())
    if isinstance(value, list):
        if name == "mismatch":
            return "; ".join(f"{row['label']}: {row['found']} → {row['wanted']}" for row in value)
        return "; ".join(_text(name, part) for part in value)
    return str(_WORDS.get(str(value), value)) if name in ("state", "importance") else str(value)
