"""Clocks from start to end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from approvals import services
from approvals.errors import (
    DeadlineHasEnded,
    DeadlineIsNotPaused,
    DeadlineIsPaused,
    NothingWasBreached,
    OwnerIsMissing,
    PauseNeedsReasonAndDebtor,
    ReasonIsMissing,
)
from approvals.models import Deadline, DeadlineStep, TrailEntry
from approvals.services import DeadlineStart
from config.kit.actor import Actor
from config.kit.sql import Batch
from tests.approvals.builders import SUBJECT, make_deadline, make_rule, steps_of
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def row_of(deadline: Deadline) -> dict[str, Any]:
    return Deadline.objects.filter(pk=deadline.pk).values().get()


def starts(count: int, now: datetime, **facts: Any) -> list[DeadlineStart]:
    values: dict[str, Any] = {"rule": "test_rule", "owner_role": "CS", "starts_at": now, **facts}
    return [
        DeadlineStart(subject_type=SUBJECT, subject_id=pk, subject_label=f"Order {pk}", **values)
        for pk in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [1, 300])
def test_start_deadlines_is_one_statement_however_many(
    count: int, now: datetime, django_assert_num_queries: Any
) -> None:
    make_rule()
    services.start_deadlines(starts(count, now)[:0], now=now)
    services.start_deadlines([DeadlineStart("test_rule", SUBJECT, 0, "warm", now, owner_role="CS")], now=now)
    with django_assert_num_queries(1):
        services.start_deadlines(starts(count, now), now=now)
    assert Deadline.objects.exclude(subject_id=0).count() == count


def test_start_deadlines_without_rows_asks_nothing(now: datetime, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        services.start_deadlines([], now=now)


def test_start_deadlines_computes_due_time_and_first_step(now: datetime) -> None:
    deadline = make_deadline(now=now)
    assert (deadline.due_at, deadline.next_at, deadline.planned_at) == (
        now + minutes(100),
        now + minutes(50),
        now + minutes(50),
    )
    assert (deadline.state, deadline.step, deadline.breached_at, deadline.owner_role) == ("running", 0, None, "CS")


def test_start_deadlines_takes_given_due_time(now: datetime) -> None:
    deadline = make_deadline(now=now, due_at=now + minutes(10))
    assert (deadline.due_at, deadline.next_at) == (now + minutes(10), now + minutes(5))


def test_start_deadlines_with_due_time_before_start_is_late_at_once(now: datetime) -> None:
    deadline = make_deadline(now=now, due_at=now - minutes(10))
    assert (deadline.due_at, deadline.next_at) == (now, now)


def test_start_deadlines_keeps_clock_that_runs(now: datetime) -> None:
    make_rule()
    services.start_deadlines([*starts(2, now), *starts(2, now + minutes(5))], now=now)
    services.start_deadlines(starts(3, now + minutes(9)), now=now)
    assert list(Deadline.objects.order_by("subject_id").values_list("subject_id", "started_at")) == [
        (1, now),
        (2, now),
        (3, now + minutes(9)),
    ]


def test_start_deadlines_starts_anew_after_the_end(now: datetime, actor: Actor) -> None:
    make_deadline(now=now)
    services.meet_deadlines(subject_type=SUBJECT, subject_ids=[1], actor=actor, now=now)
    services.start_deadlines(starts(1, now), now=now)
    assert list(Deadline.objects.order_by("pk").values_list("state", flat=True)) == ["met", "running"]


def test_start_deadlines_refuses_unknown_rule_and_ownerless_clock(now: datetime) -> None:
    make_rule()
    with pytest.raises(KeyError, match="unknown code 'nothing'"):
        services.start_deadlines(starts(1, now, rule="nothing"), now=now)
    with pytest.raises(OwnerIsMissing):
        services.start_deadlines(starts(1, now, owner_role=""), now=now)
    assert Deadline.objects.count() == 0


def test_start_deadlines_joins_a_batch(now: datetime, django_assert_num_queries: Any) -> None:
    make_rule()
    services.start_deadlines([DeadlineStart("test_rule", SUBJECT, 9, "warm", now, owner_role="CS")], now=now)
    batch = Batch()
    with django_assert_num_queries(0):
        services.start_deadlines(starts(2, now), now=now, batch=batch)
    with django_assert_num_queries(1):
        batch.execute()
    assert Deadline.objects.count() == 3


def test_meet_deadlines_ends_them_in_a_set(now: datetime, django_assert_num_queries: Any) -> None:
    person = EmployeeFactory()
    make_rule()
    services.start_deadlines(starts(50, now), now=now)
    later = now + minutes(10)
    with django_assert_num_queries(5):  # savepoint, lock, update, evidence, release
        met = services.meet_deadlines(
            subject_type=SUBJECT,
            subject_ids=range(1, 41),
            actor=Actor.staff(user_id=person.pk, label="P"),
            now=later,
        )
    assert met == 40
    first = Deadline.objects.get(subject_id=1)
    assert (first.state, first.ended_at, first.next_at, first.breached_at) == ("met", later, None, None)
    assert list(first.steps.values_list("key", "kind", "at", "person_id")) == [("met", "met", later, person.pk)]
    assert Deadline.objects.open().count() == 10


def test_meet_deadlines_ends_only_the_rules_that_are_named(now: datetime, actor: Actor) -> None:
    make_deadline(now=now)
    other = make_deadline(now=now, rule="other_rule")
    assert (
        services.meet_deadlines(subject_type=SUBJECT, subject_ids=[1], rules=["test_rule"], actor=actor, now=now) == 1
    )
    assert list(Deadline.objects.open()) == [other]


def test_meet_deadlines_without_open_clock_is_nothing(now: datetime, actor: Actor) -> None:
    assert services.meet_deadlines(subject_type=SUBJECT, subject_ids=[1], actor=actor, now=now) == 0


def test_meet_deadlines_late_records_the_breach_that_no_sweep_has_seen(now: datetime, actor: Actor) -> None:
    deadline = make_deadline(now=now)
    services.meet_deadlines(subject_type=SUBJECT, subject_ids=[1], actor=actor, now=now + minutes(101))
    deadline.refresh_from_db()
    assert (deadline.state, deadline.breached_at, deadline.ended_at) == ("met", now + minutes(100), now + minutes(101))
    assert steps_of(deadline) == [("breach", "breached"), ("met", "met")]


def test_meet_deadlines_done_in_time_but_told_late_is_no_breach(now: datetime, actor: Actor) -> None:
    deadline = make_deadline(now=now)
    services.meet_deadlines(
        subject_type=SUBJECT, subject_ids=[1], actor=actor, now=now + minutes(120), at=now + minutes(99)
    )
    deadline.refresh_from_db()
    assert (deadline.breached_at, deadline.ended_at) == (None, now + minutes(99))


def test_meet_deadlines_counts_the_pause_of_a_paused_one(now: datetime, actor: Actor) -> None:
    deadline = make_deadline(now=now)
    services.pause_deadline(
        deadline_id=deadline.pk, reason="photo is missing", debtor="Customer", actor=actor, now=now + minutes(90)
    )
    services.meet_deadlines(subject_type=SUBJECT, subject_ids=[1], actor=actor, now=now + minutes(150))
    deadline.refresh_from_db()
    assert (deadline.breached_at, deadline.paused_seconds, deadline.paused_at) == (None, 3600, None)


def test_withdraw_deadlines_keeps_reason_and_breach(now: datetime, actor: Actor) -> None:
    deadline = make_deadline(now=now)
    services.withdraw_deadlines(
        subject_type=SUBJECT, subject_ids=[1], reason="order cancelled", actor=actor, now=now + minutes(101)
    )
    deadline.refresh_from_db()
    assert (deadline.state, deadline.breached_at) == ("withdrawn", now + minutes(100))
    assert deadline.steps.get(kind="withdrawn").note == "order cancelled"


def test_pause_moves_due_time_and_next_step_by_its_length(now: datetime, staff: Actor) -> None:
    deadline = make_deadline(now=now)
    services.pause_deadline(
        deadline_id=deadline.pk, reason="photo is missing", debtor="Customer", actor=staff, now=now + minutes(10)
    )
    paused = row_of(deadline)
    assert (paused["state"], paused["pause_debtor"], paused["paused_at"]) == ("paused", "Customer", now + minutes(10))
    services.resume_deadline(deadline_id=deadline.pk, actor=staff, now=now + minutes(40))
    resumed = row_of(deadline)
    assert (resumed["state"], resumed["due_at"], resumed["next_at"]) == (
        "running",
        now + minutes(130),
        now + minutes(80),
    )
    assert (resumed["paused_seconds"], resumed["paused_at"], resumed["pause_debtor"]) == (1800, None, "")
    assert steps_of(deadline) == [("pause-1", "paused"), ("resume-1", "resumed")]
    assert list(TrailEntry.objects.filter(subject_id=1).order_by("pk").values_list("action", "reason")) == [
        ("deadlines.paused", "photo is missing"),
        ("deadlines.resumed", ""),
    ]


def test_pause_counts_working_time_only(now: datetime, staff: Actor) -> None:
    """`now` is Tuesday 09:30 in Shanghai; a pause from 11:30 to 14:00 holds one office hour."""
    make_rule("office_rule", calendar="office", length_minutes=240)
    deadline = make_deadline(now=now, rule="office_rule")
    assert deadline.due_at == now + minutes(330)  # 15:00
    services.pause_deadline(deadline_id=deadline.pk, reason="r", debtor="d", actor=staff, now=now + minutes(120))
    services.resume_deadline(deadline_id=deadline.pk, actor=staff, now=now + minutes(270))
    resumed = row_of(deadline)
    assert (resumed["paused_seconds"], resumed["due_at"]) == (3600, now + minutes(390))


def test_pause_after_due_time_is_a_breach_first(now: datetime, staff: Actor) -> None:
    deadline = make_deadline(now=now)
    services.pause_deadline(deadline_id=deadline.pk, reason="r", debtor="d", actor=staff, now=now + minutes(101))
    services.resume_deadline(deadline_id=deadline.pk, actor=staff, now=now + minutes(161))
    resumed = row_of(deadline)
    assert (resumed["breached_at"], resumed["due_at"]) == (now + minutes(100), now + minutes(100))
    assert steps_of(deadline)[0] == ("breach", "breached")


@pytest.mark.parametrize(("reason", "debtor"), [("", "Customer"), ("photo", " ")])
def test_pause_without_reason_or_debtor_is_refused(reason: str, debtor: str, now: datetime, staff: Actor) -> None:
    deadline = make_deadline(now=now)
    before = row_of(deadline)
    with pytest.raises(PauseNeedsReasonAndDebtor):
        services.pause_deadline(deadline_id=deadline.pk, reason=reason, debtor=debtor, actor=staff, now=now)
    assert (row_of(deadline), steps_of(deadline)) == (before, [])


def test_pause_twice_and_resume_of_running_are_refused(now: datetime, staff: Actor) -> None:
    deadline = make_deadline(now=now)
    with pytest.raises(DeadlineIsNotPaused):
        services.resume_deadline(deadline_id=deadline.pk, actor=staff, now=now)
    services.pause_deadline(deadline_id=deadline.pk, reason="r", debtor="Finance", actor=staff, now=now)
    before = row_of(deadline)
    with pytest.raises(DeadlineIsPaused) as refusal:
        services.pause_deadline(deadline_id=deadline.pk, reason="r", debtor="d", actor=staff, now=now)
    assert refusal.value.facts == {"debtor": "Finance"}
    assert (row_of(deadline), steps_of(deadline)) == (before, [("pause-1", "paused")])


def test_ended_deadline_refuses_everything_but_a_cause(now: datetime, staff: Actor) -> None:
    deadline = make_deadline(now=now)
    services.meet_deadlines(subject_type=SUBJECT, subject_ids=[1], actor=staff, now=now)
    before = row_of(deadline)
    common: dict[str, Any] = {"deadline_id": deadline.pk, "actor": staff, "now": now}
    with pytest.raises(DeadlineHasEnded):
        services.pause_deadline(reason="r", debtor="d", **common)
    with pytest.raises(DeadlineHasEnded):
        services.resume_deadline(**common)
    with pytest.raises(DeadlineHasEnded):
        services.reassign_deadline(owner_id=staff.user_id, reason="r", **common)
    with pytest.raises(NothingWasBreached):
        services.give_cause(cause="c", **common)
    assert row_of(deadline) == before


def test_reassign_hands_the_clock_on_without_touching_its_time(now: datetime, staff: Actor) -> None:
    deadline, person = make_deadline(now=now), EmployeeFactory()
    before = row_of(deadline)
    services.reassign_deadline(
        deadline_id=deadline.pk, owner_id=person.pk, reason="she knows the customer", actor=staff, now=now + minutes(5)
    )
    assert row_of(deadline) == {**before, "owner_id": person.pk}
    assert list(deadline.steps.values_list("key", "person_id", "note")) == [
        ("reassign-1", person.pk, "she knows the customer")
    ]
    services.reassign_deadline(
        deadline_id=deadline.pk, owner_id=None, owner_role="WH", reason="stock question", actor=staff, now=now
    )
    assert {**row_of(deadline)} == {**before, "owner_id": None, "owner_role": "WH"}


def test_reassign_needs_a_reason(now: datetime, staff: Actor) -> None:
    deadline = make_deadline(now=now)
    before = row_of(deadline)
    with pytest.raises(ReasonIsMissing):
        services.reassign_deadline(deadline_id=deadline.pk, owner_id=staff.user_id, reason=" ", actor=staff, now=now)
    assert row_of(deadline) == before


def test_give_cause_explains_a_breach_and_leaves_it(now: datetime, staff: Actor) -> None:
    deadline = make_deadline(now=now)
    services.meet_deadlines(subject_type=SUBJECT, subject_ids=[1], actor=staff, now=now + minutes(101))
    services.give_cause(deadline_id=deadline.pk, cause="courier came late", actor=staff, now=now + minutes(200))
    services.give_cause(deadline_id=deadline.pk, cause="and it rained", actor=staff, now=now + minutes(201))
    assert list(deadline.steps.filter(kind="cause_given").order_by("pk").values_list("key", "note")) == [
        ("cause-1", "courier came late"),
        ("cause-2", "and it rained"),
    ]
    assert row_of(deadline)["breached_at"] == now + minutes(100)


def test_give_cause_needs_words(now: datetime, staff: Actor) -> None:
    deadline = make_deadline(now=now)
    with pytest.raises(ReasonIsMissing):
        services.give_cause(deadline_id=deadline.pk, cause="", actor=staff, now=now)
    assert steps_of(deadline) == []


def test_breach_cannot_be_edited_or_deleted_away(now: datetime, actor: Actor) -> None:
    deadline = make_deadline(now=now)
    services.meet_deadlines(subject_type=SUBJECT, subject_ids=[1], actor=actor, now=now + minutes(101))
    rows = Deadline.objects.filter(pk=deadline.pk)
    for changes in ({"breached_at": None}, {"breached_at": now}):
        with pytest.raises(ProgrammingError, match="breach_is_not_edited"), transaction.atomic():
            rows.update(**changes)
    with pytest.raises(ProgrammingError, match="breach_is_not_deleted"), transaction.atomic():
        rows._raw_delete(using="default")
    assert rows.get().breached_at == now + minutes(100)


def test_steps_cannot_be_edited_away(now: datetime, actor: Actor) -> None:
    deadline = make_deadline(now=now)
    services.meet_deadlines(subject_type=SUBJECT, subject_ids=[1], actor=actor, now=now)
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        DeadlineStep.objects.filter(deadline=deadline).update(note="nothing happened")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        DeadlineStep.objects.filter(deadline=deadline).delete()
    assert steps_of(deadline) == [("met", "met")]
