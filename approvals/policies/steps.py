"""The way of a clock: warnings, breach, consequence, the rungs of the ladder. Pure functions over facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from approvals.policies.calendars import CalendarFacts, add_working_time, working_time_between
from approvals.states import Rung, StepKind


@dataclass(frozen=True, slots=True)
class LadderRung:
    """Who is told how long after the breach, in the rule's calendar."""

    after: timedelta
    to: str


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One version of a time rule, ready to count with."""

    id: int
    code: str
    length: timedelta
    calendar: CalendarFacts
    warn_at: tuple[float, ...] = ()
    ladder: tuple[LadderRung, ...] = ()
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """Where a deadline stands. `step` counts the steps taken, `planned_at` is when the last of them was to be taken.

    `paused` is working time in the rule's calendar, as `due_at` was moved by it.
    """

    started_at: datetime
    due_at: datetime
    step: int = 0
    planned_at: datetime | None = None
    paused: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a rule's way, before it has a time. `key` names it once and for all on its deadline."""

    key: str
    kind: str
    share: float = 0.0
    after: timedelta = timedelta(0)
    to: str = Rung.OWNER


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """The next step of a deadline and its time."""

    at: datetime
    step: Step


def way_of(rule: RuleFacts) -> tuple[Step, ...]:
    """All steps of a rule in order: warnings, the breach, its consequence, then the ladder."""
    return _way(rule.warn_at, rule.ladder, rule.consequence)


@lru_cache(maxsize=256)
def _way(warn_at: tuple[float, ...], ladder: tuple[LadderRung, ...], consequence: str) -> tuple[Step, ...]:
    steps = [Step(f"warn-{round(share * 100)}", StepKind.WARNED, share=share) for share in sorted(warn_at)]
    steps.append(Step("breach", StepKind.BREACHED))
    if consequence:
        steps.append(Step("consequence", StepKind.CONSEQUENCE))
    rungs = sorted(ladder, key=lambda rung: rung.after)
    waited = timedelta(0)
    for number, rung in enumerate(rungs, start=1):
        steps.append(Step(f"rung-{number}-{rung.to}", StepKind.ESCALATED, after=rung.after - waited, to=rung.to))
        waited = rung.after
    return tuple(steps)


def next_step(clock: ClockFacts, rule: RuleFacts) -> PlannedStep | None:
    """The step that follows, with its time; None at the end of the way.

    A warning stands at its share of the net length: pauses move it as they moved the due time. A rung counts on from
    the step before it, so a pause after the breach moves the rest of the ladder and never the breach itself.
    """
    way = way_of(rule)
    if clock.step >= len(way):
        return None
    step = way[clock.step]
    if step.kind == StepKind.WARNED:
        net = working_time_between(clock.started_at, clock.due_at, rule.calendar) - clock.paused
        at = add_working_time(clock.started_at, max(net, timedelta(0)) * step.share + clock.paused, rule.calendar)
        return PlannedStep(min(at, clock.due_at), step)
    if step.kind == StepKind.BREACHED or clock.planned_at is None:
        return PlannedStep(clock.due_at, step)
    return PlannedStep(add_working_time(clock.planned_at, step.after, rule.calendar), step)


def due_time(started_at: datetime, rule: RuleFacts) -> datetime:
    """When a clock that starts now by this rule is due."""
    return add_working_time(started_at, rule.length, rule.calendar)


def rule_objection(*, length_minutes: int, warn_at: list[float], ladder: list[tuple[int, str]]) -> str:
    """Why a rule cannot be used, as the code of the objection; "" when it can."""
    if length_minutes <= 0:
        return "length"
    if any(not 0 < share < 1 for share in warn_at) or len({round(share * 100) for share in warn_at}) != len(warn_at):
        return "warnings"
    if any(after < 0 or to not in Rung.values for after, to in ladder):
        return "ladder"
    return ""
