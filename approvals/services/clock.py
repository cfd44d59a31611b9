"""The sweep over deadlines: each due step exactly once, each in its own transaction (CLOCK-3, CLOCK-4, CLOCK-6, CLOCK-7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from approvals.models import Deadline, DeadlineStep
from approvals.policies.steps import RuleFacts, Step, next_step, way_of
from approvals.policies.wording import Wording
from approvals.registries import consequences
from approvals.seams import people_on_rung
from approvals.selectors.rules import rule_version
from approvals.services.deadlines import clock_of
from approvals.services.heartbeats import beat
from approvals.services.notices import notify
from approvals.services.trail import Act, record_many
from approvals.states import DeadlineState, Rung, StepKind
from config.kit.actor import Actor
from config.kit.sweep import SweepResult, backoff, sweep

HEARTBEAT = "deadlines"
ALARM_AFTER = 5
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=1)
_ACTOR = Actor.system("deadlines")
# The sweep holds a deadline's row while a consequence asks for other rows; people's services ask in the opposite
# order. Waiting much less than PostgreSQL's deadlock_timeout (1 s) makes the sweep give way and try again later,
# instead of a person's act falling to the deadlock.
_CONSEQUENCE_LOCK_WAIT = "200ms"


def sweep_deadlines(*, now: datetime, limit: int = 1000) -> SweepResult:
    """Take every step that is due, the earliest first, then note the heartbeat.

    After a standstill each missed step is taken once, in order, and keeps the time it was planned for. A deadline
    whose step fails is postponed, and after ALARM_AFTER failures management is told.
    """
    result = sweep(
        lambda: Deadline.objects.due_for_a_step(now),
        lambda deadline: take_step(deadline, now=now),
        postpone=lambda pk, error: postpone_step(pk, error, now=now),
        limit=limit,
    )
    beat(HEARTBEAT, now=now, handled=result.handled, failed=result.failed)
    return result


def take_step(deadline: Deadline, *, now: datetime) -> None:
    """Take the next step of a locked, due deadline and work out the one after it.

    The evidence row comes first: its unique key decides whether the step is ours to take. One that was taken already (a breach that
    was found when the duty was done late) is only passed.
    """
    rule = rule_version(deadline.rule_id)
    way = way_of(rule)
    if deadline.step >= len(way):
        _wait_for(deadline, None)
        return
    step = way[deadline.step]
    if not deadline.steps.filter(key=step.key).exists():
        _take(deadline, step, rule, now)
    _advance(deadline, rule)


def postpone_step(deadline_id: int, error: Exception, *, now: datetime) -> None:
    """Move a deadline whose step failed out of the way for a while. Locks it.

    At the ALARM_AFTER-th failure management is told; a consequence is then given up, so that the ladder goes on and people decide.
    """
    deadline = Deadline.objects.select_for_update().filter(pk=deadline_id, state=DeadlineState.RUNNING).first()
    if deadline is None:
        return
    deadline.attempts += 1
    deadline.next_at = backoff(deadline.attempts - 1, now=now, first=_FIRST_RETRY, longest=_LONGEST_RETRY)
    deadline.save(update_fields=["attempts", "next_at"])
    if deadline.attempts != ALARM_AFTER:
        return
    wording = Wording(
        _("The clock of “%(subject)s” fails at its next step: %(error)s"),
        {"subject": deadline.subject_label, "error": f"{type(error).__name__}: {error}"[:120]},
    )
    _rung, people = people_on_rung(Rung.MANAGEMENT, owner_id=None, owner_role="", store_id=deadline.store_id)
    notify(people, wording, kind="clock_fails", now=now, link=deadline.get_absolute_url(), deadline_id=deadline.pk)
    rule = rule_version(deadline.rule_id)
    step = way_of(rule)[deadline.step]
    if step.kind == StepKind.CONSEQUENCE:
        note = f"failed {deadline.attempts} times: {type(error).__name__}: {error}"[:500]
        _evidence(deadline, step, now, note=note)
        _advance(deadline, rule)


def _take(deadline: Deadline, step: Step, rule: RuleFacts, now: datetime) -> None:
    match step.kind:
        case StepKind.WARNED:
            _evidence(deadline, step, now, note=_tell(deadline, Rung.OWNER, "deadline_warning", _WARNING, now))
        case StepKind.BREACHED:
            _evidence(deadline, step, now)
            if deadline.breached_at is None:
                deadline.breached_at = deadline.due_at
        case StepKind.ESCALATED:
            _evidence(deadline, step, now, note=_tell(deadline, step.to, "deadline_breach", _BREACH, now))
        case StepKind.CONSEQUENCE:
            _run_consequence(deadline, step, rule, now)


_WARNING = _("Due soon: %(subject)s · %(rule)s")
_BREACH = _("Overdue: %(subject)s · %(rule)s")


def _tell(deadline: Deadline, rung: str, kind: str, text: object, now: datetime) -> str:
    """Tell the people on a rung. The note names the rung that was really reached and the people who were told."""
    reached, people = people_on_rung(
        rung, owner_id=deadline.owner_id, owner_role=deadline.owner_role, store_id=deadline.store_id
    )
    rule = deadline.rule
    wording = Wording(text, {"subject": deadline.subject_label, "rule": lambda: rule.title})  # type: ignore[arg-type]
    told = notify(people, wording, kind=kind, now=now, link=deadline.get_absolute_url(), deadline_id=deadline.pk)
    return f"{reached or rung}: {', '.join(map(str, told))}"


def _run_consequence(deadline: Deadline, step: Step, rule: RuleFacts, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_CONSEQUENCE_LOCK_WAIT])
    note = consequences.get(rule.consequence).run(deadline, now)
    _evidence(deadline, step, now, note=note)
    act = Act(
        "deadlines.consequence",
        deadline.subject_type,
        deadline.subject_id,
        deadline.store_id,
        note,
        {"consequence": [None, rule.consequence]},
    )
    record_many([act], actor=_ACTOR, at=now)
    # The consequence may have handed the clock on or ended it, through the services.
    deadline.refresh_from_db()


def _evidence(deadline: Deadline, step: Step, now: datetime, *, note: str = "") -> None:
    DeadlineStep.objects.create(
        deadline=deadline,
        key=step.key,
        kind=step.kind,
        at=now,
        planned_for=deadline.planned_at,
        person_id=deadline.owner_id,
        note=note,
    )


def _advance(deadline: Deadline, rule: RuleFacts) -> None:
    if deadline.state != DeadlineState.RUNNING:
        return
    deadline.step += 1
    following = next_step(clock_of(deadline), rule)
    _wait_for(deadline, following.at if following else None)


def _wait_for(deadline: Deadline, at: datetime | None) -> None:
    deadline.next_at = deadline.planned_at = at
    deadline.attempts = 0
    deadline.save(update_fields=["step", "next_at", "planned_at", "attempts", "breached_at"])
