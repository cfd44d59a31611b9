"""The clock of a request with everything that it waited for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from approvals.models import ChangeRequest, Deadline
from approvals.selectors.deadlines import ClockTimes, clock_times
from approvals.selectors.wall import REQUEST
from approvals.states import StepKind


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch for which the clock stood still, for whom, and why. `until` None: it still does."""

    start: datetime
    until: datetime | None
    debtor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The whole clock of a request: gross, paused, net, and who owed what in between."""

    deadline: Deadline
    times: ClockTimes
    pauses: list[Pause]
    is_paused: bool
    debtor: str


def whole_clock(change: ChangeRequest, now: datetime) -> Clock | None:
    """The clock that counts for a request: the open one, else the last. None once another request of its draft took it over."""
    rows = Deadline.objects.filter(subject_type=REQUEST, subject_id=change.pk).select_related("rule__calendar")
    deadline = rows.order_by("-pk").first()
    if deadline is None:
        return None
    pauses: list[Pause] = []
    steps = deadline.steps.filter(kind__in=(StepKind.PAUSED, StepKind.RESUMED)).order_by("pk")
    for step in steps:
        if step.kind == StepKind.PAUSED:
            debtor, _colon, reason = step.note.partition(": ")
            pauses.append(Pause(step.at, None, debtor, reason))
        elif pauses:
            last = pauses[-1]
            pauses[-1] = Pause(last.start, step.at, last.debtor, last.reason)
    paused = deadline.paused_at is not None
    return Clock(deadline, clock_times(deadline, now=now), pauses, paused, deadline.pause_debtor)
