"""Deadlines from start to end: started and met by the apps in sets, paused, handed on and explained by people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from approvals.errors import (
    DeadlineHasEnded,
    DeadlineIsNotPaused,
    DeadlineIsPaused,
    NothingWasBreached,
    OwnerIsMissing,
    PauseNeedsReasonAndDebtor,
    ReasonIsMissing,
)
from approvals.models import Deadline, DeadlineStep
from approvals.policies.calendars import add_working_time, working_time_between
from approvals.policies.steps import ClockFacts, due_time, next_step
from approvals.selectors.rules import rule_in_force, rule_version
from approvals.services.trail import Act, record_many
from approvals.states import DeadlineState, StepKind
from config.kit.actor import Actor
from config.kit.sql import Batch

_COLUMNS = (
    "rule",
    "subject_type",
    "subject_id",
    "subject_label",
    "store_id",
    "owner",
    "owner_role",
    "state",
    "started_at",
    "due_at",
    "next_at",
    "planned_at",
    "step",
    "paused_seconds",
    "pause_debtor",
    "attempts",
)
_OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)


@dataclass(frozen=True, slots=True)
class DeadlineStart:
    """A clock to start. Without `due_at` the rule's length counts from `starts_at` in the rule's calendar."""

    rule: str
    subject_type: str
    subject_id: int
    subject_label: str
    starts_at: datetime
    store_id: int | None = None
    owner_id: int | None = None
    owner_role: str = ""
    due_at: datetime | None = None


def start_deadlines(rows: Iterable[DeadlineStart], *, now: datetime, batch: Batch | None = None) -> None:
    """Start clocks with one INSERT; a subject whose clock of that rule runs already keeps it.

    The rule comes from this process's cache (see selectors/rules.py), so the statement is the only one. With `batch` it becomes a
    member of the caller's statement instead of one of its own. A due time before the start is taken as the start: late from the
    beginning. Raises KeyError for an unknown rule, OwnerIsMissing for a clock that belongs to nobody.
    """
    written = [_row(row) for row in rows]
    # Two intakes that start the same clocks insert them in the same order, so neither waits for the other in a circle.
    written.sort(key=lambda row: row[:3])
    work = batch or Batch()
    work.insert(Deadline, _COLUMNS, written, tail="ON CONFLICT DO NOTHING")
    if batch is None:
        work.execute()


@transaction.atomic
def meet_deadlines(
    *,
    subject_type: str,
    subject_ids: Iterable[int],
    rules: Sequence[str] | None = None,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
) -> int:
    """End the open clocks of subjects because the duty was done `at` (default: now); returns how many.

    Locks them in key order. A clock whose due time has passed unnoticed is recorded as breached first: met late is a breach.
    """
    return _end(DeadlineState.MET, subject_type, subject_ids, rules, actor=actor, now=now, at=at or now, note="")


@transaction.atomic
def withdraw_deadlines(
    *,
    subject_type: str,
    subject_ids: Iterable[int],
    rules: Sequence[str] | None = None,
    actor: Actor,
    reason: str,
    now: datetime,
) -> int:
    """End the open clocks of subjects because the duty fell away; returns how many. A breach that happened stays one."""
    return _end(DeadlineState.WITHDRAWN, subject_type, subject_ids, rules, actor=actor, now=now, at=now, note=reason)


@transaction.atomic
def pause_deadline(*, deadline_id: int, reason: str, debtor: str, actor: Actor, now: datetime) -> Deadline:
    """Stop a clock while somebody else owes the answer.

    Locks the deadline. A due time that passed before is a breach before it is a pause. Raises PauseNeedsReasonAndDebtor,
    DeadlineIsPaused, DeadlineHasEnded.
    """
    if not reason.strip() or not debtor.strip():
        raise PauseNeedsReasonAndDebtor(field="reason" if not reason.strip() else "debtor")
    deadline = _lock_open(deadline_id)
    if deadline.state == DeadlineState.PAUSED:
        raise DeadlineIsPaused(debtor=deadline.pause_debtor)
    _breach_if_late([deadline], at=now, now=now)
    deadline.state, deadline.paused_at, deadline.pause_debtor = DeadlineState.PAUSED, now, debtor.strip()[:120]
    deadline.save(update_fields=["state", "paused_at", "pause_debtor", "breached_at"])
    _note(deadline, StepKind.PAUSED, _serial(deadline, "pause"), f"{deadline.pause_debtor}: {reason}", actor, now)
    _tell(deadline, "deadlines.paused", actor, now, reason=reason, changes={"waiting_for": ["", deadline.pause_debtor]})
    return deadline


@transaction.atomic
def resume_deadline(*, deadline_id: int, reason: str = "", actor: Actor, now: datetime) -> Deadline:
    """Let a paused clock run on: due time and next step move by the working time of the pause. A breach does not move.

    Locks the deadline. Raises DeadlineIsNotPaused, DeadlineHasEnded.
    """
    deadline = _lock_open(deadline_id)
    if deadline.state != DeadlineState.PAUSED:
        raise DeadlineIsNotPaused()
    before = deadline.due_at
    _fold_pause(deadline, at=now)
    deadline.state = DeadlineState.RUNNING
    deadline.save(
        update_fields=["state", "paused_at", "pause_debtor", "paused_seconds", "due_at", "next_at", "planned_at"]
    )
    _note(deadline, StepKind.RESUMED, _serial(deadline, "resume"), reason, actor, now)
    _tell(
        deadline,
        "deadlines.resumed",
        actor,
        now,
        reason=reason,
        changes={"due_at": [before.isoformat(), deadline.due_at.isoformat()]} if before != deadline.due_at else {},
    )
    return deadline


@transaction.atomic
def reassign_deadline(
    *, deadline_id: int, owner_id: int | None, owner_role: str = "", reason: str, actor: Actor, now: datetime
) -> Deadline:
    """Hand a clock to a person, or to a role when no person is named. The time that is left stays the same.

    Locks the deadline. Raises OwnerIsMissing, ReasonIsMissing, DeadlineHasEnded.
    """
    if not reason.strip():
        raise ReasonIsMissing(field="reason")
    deadline = _lock_open(deadline_id)
    role = owner_role or deadline.owner_role
    if owner_id is None and not role:
        raise OwnerIsMissing(field="owner_id")
    before = {"owner": deadline.owner_id, "owner_role": deadline.owner_role}
    deadline.owner_id, deadline.owner_role = owner_id, role
    deadline.save(update_fields=["owner", "owner_role"])
    DeadlineStep.objects.create(
        deadline=deadline,
        key=_serial(deadline, "reassign"),
        kind=StepKind.REASSIGNED,
        at=now,
        person_id=owner_id,
        note=reason,
    )
    changes = {"owner": [before["owner"], owner_id], "owner_role": [before["owner_role"], role]}
    _tell(deadline, "deadlines.reassigned", actor, now, reason=reason, changes=changes)
    return deadline


@transaction.atomic
def give_cause(*, deadline_id: int, cause: str, actor: Actor, now: datetime) -> Deadline:
    """Write down why a deadline was breached. The breach stays; a second cause is added to the first.

    Locks the deadline. Raises ReasonIsMissing, NothingWasBreached.
    """
    if not cause.strip():
        raise ReasonIsMissing(field="cause")
    deadline = Deadline.objects.select_for_update().get(pk=deadline_id)
    if deadline.breached_at is None:
        raise NothingWasBreached()
    _note(deadline, StepKind.CAUSE_GIVEN, _serial(deadline, "cause"), cause, actor, now)
    _tell(deadline, "deadlines.cause_given", actor, now, reason=cause)
    return deadline


def clock_of(deadline: Deadline) -> ClockFacts:
    """A deadline's row as facts for the policies."""
    return ClockFacts(
        started_at=deadline.started_at,
        due_at=deadline.due_at,
        step=deadline.step,
        planned_at=deadline.planned_at,
        paused=timedelta(seconds=deadline.paused_seconds),
    )


def _row(start: DeadlineStart) -> tuple[object, ...]:
    if start.owner_id is None and not start.owner_role:
        raise OwnerIsMissing()
    rule = rule_in_force(start.rule)
    due_at = max(start.due_at or due_time(start.starts_at, rule), start.starts_at)
    first = next_step(ClockFacts(start.starts_at, due_at), rule)
    at = first.at if first else None
    return (
        rule.id,
        start.subject_type,
        start.subject_id,
        start.subject_label[:160],
        start.store_id,
        start.owner_id,
        start.owner_role,
        str(DeadlineState.RUNNING),
        start.starts_at,
        due_at,
        at,
        at,
        0,
        0,
        "",
        0,
    )


def _end(
    state: DeadlineState,
    subject_type: str,
    subject_ids: Iterable[int],
    rules: Sequence[str] | None,
    *,
    actor: Actor,
    now: datetime,
    at: datetime,
    note: str,
) -> int:
    """Three statements however many clocks end: lock, update, evidence. Late or paused ones, which are few, cost one more each."""
    wanted = Deadline.objects.open().filter(subject_type=subject_type, subject_id__in=list(subject_ids))
    if rules is not None:
        wanted = wanted.filter(rule__code__in=list(rules))
    deadlines = list(wanted.order_by("pk").select_for_update(of=("self",)))
    if not deadlines:
        return 0
    late = _breach_if_late(deadlines, at=at, now=now)
    for deadline in [*late, *(row for row in deadlines if row.paused_at is not None)]:
        _fold_pause(deadline, at=max(at, deadline.paused_at or at))
        deadline.save(update_fields=["paused_seconds", "due_at", "breached_at"])
    ids = [deadline.pk for deadline in deadlines]
    Deadline.objects.filter(pk__in=ids).update(
        state=state, ended_at=at, paused_at=None, pause_debtor="", next_at=None, planned_at=None
    )
    DeadlineStep.objects.bulk_create(
        DeadlineStep(deadline_id=pk, key=str(state), kind=str(state), at=now, person_id=actor.user_id, note=note)
        for pk in ids
    )
    return len(ids)


def _breach_if_late(deadlines: Sequence[Deadline], *, at: datetime, now: datetime) -> list[Deadline]:
    """Write the evidence for running clocks that were due before `at` and that no sweep has looked at yet.

    Returns them with `breached_at` set in memory; the caller saves it.
    """
    late = [
        deadline
        for deadline in deadlines
        if deadline.state == DeadlineState.RUNNING and deadline.breached_at is None and deadline.due_at < at
    ]
    for deadline in late:
        deadline.breached_at = deadline.due_at
    DeadlineStep.objects.bulk_create(
        [
            DeadlineStep(deadline=deadline, key="breach", kind=StepKind.BREACHED, at=now, planned_for=deadline.due_at)
            for deadline in late
        ],
        ignore_conflicts=True,
    )
    return late


def _fold_pause(deadline: Deadline, *, at: datetime) -> None:
    """End the pause of a row in memory: count it, and move what is still to come by it."""
    if deadline.paused_at is None:
        return
    calendar = rule_version(deadline.rule_id).calendar
    paused = working_time_between(deadline.paused_at, at, calendar)
    deadline.paused_seconds += round(paused.total_seconds())
    if deadline.breached_at is None:
        deadline.due_at = add_working_time(deadline.due_at, paused, calendar)
    for name in ("next_at", "planned_at"):
        if (moment := getattr(deadline, name)) is not None:
            setattr(deadline, name, add_working_time(moment, paused, calendar))
    deadline.paused_at, deadline.pause_debtor = None, ""


def _lock_open(deadline_id: int) -> Deadline:
    deadline = Deadline.objects.select_for_update().get(pk=deadline_id)
    if deadline.state not in _OPEN:
        raise DeadlineHasEnded(subject=deadline.subject_label, state=deadline.get_state_display())
    return deadline


def _serial(deadline: Deadline, name: str) -> str:
    """The next free key of a step that may happen several times: pause-1, pause-2 … The deadline's lock keeps it free."""
    return f"{name}-{deadline.steps.filter(key__startswith=f'{name}-').count() + 1}"


def _note(deadline: Deadline, kind: StepKind, key: str, note: str, actor: Actor, now: datetime) -> None:
    DeadlineStep.objects.create(deadline=deadline, key=key, kind=kind, at=now, person_id=actor.user_id, note=note)


def _tell(
    deadline: Deadline,
    action: str,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    changes: Mapping[str, object] | None = None,
) -> None:
    """The trail line stands on the subject: its timeline shows what happened to its clock."""
    act = Act(action, deadline.subject_type, deadline.subject_id, deadline.store_id, reason, changes or {})
    record_many([act], actor=actor, at=now)
