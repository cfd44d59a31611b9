"""Reads of the clock for screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from approvals.models import Deadline, DeadlineStep
from approvals.policies.calendars import working_time_between
from approvals.registries import subjects
from approvals.selectors.rules import rule_version
from approvals.states import DeadlineState, Rung, StepKind


def due_work(user: Any) -> QuerySet[Deadline]:
    """Everything over all modules that waits for a person or for their roles, with what a list shows of it."""
    return Deadline.objects.owed_by(user).select_related("rule", "owner")


@dataclass(frozen=True, slots=True)
class DueWorkCount:
    """How much waits, and how much of it is late."""

    waiting: int
    late: int


def due_work_count(user: Any, *, now: datetime) -> DueWorkCount:
    """The figure beside "my due work"; what waits for somebody else's answer does not count as late."""
    late = Q(state=DeadlineState.RUNNING, due_at__lt=now)
    counts = Deadline.objects.owed_by(user).aggregate(waiting=Count("pk"), late=Count("pk", filter=late))
    return DueWorkCount(counts["waiting"], counts["late"])


def subject_url(subject_type: str, subject_id: int) -> str:
    """The page of a subject, "" for a kind that no app declared or that has no page."""
    if subject_type not in subjects:
        return ""
    try:
        return reverse(subjects.get(subject_type).url_name, args=[subject_id])
    except NoReverseMatch:
        return ""


def subject_kind(subject_type: str) -> str:
    """What kind of thing a subject is, in words."""
    return str(subjects.get(subject_type).label) if subject_type in subjects else subject_type


@dataclass(frozen=True, slots=True)
class ClockTimes:
    """How long a duty took or takes so far, in its calendar: with and without the pauses (CLOCK-5)."""

    gross: timedelta
    paused: timedelta

    @property
    def net(self) -> timedelta:
        """The time that counts."""
        return self.gross - self.paused


def clock_times(deadline: Deadline, *, now: datetime) -> ClockTimes:
    """Gross and paused working time up to the end, or up to now."""
    calendar = rule_version(deadline.rule_id).calendar
    until = deadline.ended_at or now
    paused = timedelta(seconds=deadline.paused_seconds)
    if deadline.paused_at is not None:
        paused += working_time_between(deadline.paused_at, until, calendar)
    return ClockTimes(working_time_between(deadline.started_at, until, calendar), paused)


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One line of a deadline's timeline. `planned_for` is set when the step was taken later than planned."""

    at: datetime
    text: str
    who: str
    note: str
    kind: str
    planned_for: datetime | None = None


def deadline_timeline(deadline: Deadline) -> list[TimelineLine]:
    """From the start to the end: every step with who was told, so that each rung sees what was done before it."""
    lines = [TimelineLine(deadline.started_at, _("clock started"), "", "", StepKind.STARTED)]
    lines += [_line(step) for step in deadline.steps.select_related("person").order_by("pk")]
    return lines


def breaches_without_cause() -> Q:
    """Breached deadlines that nobody has explained yet."""
    explained = DeadlineStep.objects.filter(kind=StepKind.CAUSE_GIVEN).values("deadline")
    return Q(breached_at__isnull=False) & ~Q(pk__in=explained)


def _line(step: DeadlineStep) -> TimelineLine:
    note, text, who = step.note, step.get_kind_display(), str(step.person or "")
    if step.kind in (StepKind.WARNED, StepKind.ESCALATED):
        rung, _colon, people = note.partition(": ")
        label = str(Rung(rung).label) if rung in Rung.values else rung
        note = (
            _("told: %(people)s (%(rung)s)") % {"people": people, "rung": label}
            if people
            else _("nobody was there to be told")
        )
        who = ""
    elif step.kind in (StepKind.BREACHED, StepKind.CONSEQUENCE) and who:
        owed = _("owed by %(person)s") % {"person": who}
        note, who = f"{note}\n{owed}".strip(), ""
    late = step.planned_for is not None and step.at - step.planned_for > timedelta(minutes=2)
    return TimelineLine(step.at, str(text), who, note, step.kind, step.planned_for if late else None)
