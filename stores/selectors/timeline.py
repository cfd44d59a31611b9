"""What happened to a page, layout, zone or proposal, as the timeline component takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from approvals.selectors import sentence_of, trail_of

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One thing that happened. `changes` maps a field's name to before and after."""

    at: datetime
    who: str
    text: str
    reason: str = ""
    kind: str = "people"
    changes: Mapping[str, Sequence[Any]] = field(default_factory=dict)


def timeline_of(subject_type: str, pk: int) -> list[TimelineLine]:
    """The last acts on a subject, the newest first."""
    entries = sorted(trail_of(subject_type, pk), key=lambda entry: (entry.at, entry.pk), reverse=True)[:_SHOWN]
    return [
        TimelineLine(
            entry.at,
            entry.actor_label,
            sentence_of(entry.action),
            entry.reason,
            "system" if entry.actor_kind == "system" else "people",
            entry.changes,
        )
        for entry in entries
    ]
