"""The sweep: every step once, in order, to the right people, whatever stood still or failed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from approvals import services
from approvals.models import Deadline, DeadlineStep, Heartbeat, Notice, TrailEntry
from approvals.registries import Consequence, consequences
from approvals.services.clock import ALARM_AFTER
from config.kit.actor import Actor
from config.kit.sweep import SweepResult
from tests.approvals.builders import SUBJECT, make_deadline, make_rule, steps_of
from tests.factories.stores import DepartmentFactory, EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def planned(deadline: Deadline, now: datetime) -> list[tuple[str, float, float]]:
    """(key, minutes after the start it was planned for, minutes after the start it was taken)."""
    rows = DeadlineStep.objects.filter(deadline=deadline).order_by("pk").values_list("key", "planned_for", "at")
    return [(key, (plan - now) / minutes(1), (at - now) / minutes(1)) for key, plan, at in rows]


WAY = [("warn-50", 50), ("warn-80", 80), ("breach", 100)]
LADDER = [("rung-1-owner", 100), ("rung-2-deputy", 160), ("rung-3-head", 340), ("rung-4-management", 1540)]


@pytest.fixture
def people() -> dict[str, Any]:
    """A department with everybody whom a ladder can reach."""
    department = DepartmentFactory(code="service")
    owner, deputy, head = (
        EmployeeFactory(department=department, display_name=name) for name in ("Owner", "Deputy", "Head")
    )
    department.deputy, department.head = deputy, head
    department.save()
    return {
        "owner": owner,
        "deputy": deputy,
        "head": head,
        "management": EmployeeFactory(roles=["MGR"], display_name="Boss"),
    }


@pytest.fixture
def ran() -> Iterator[list[int]]:
    """Deadlines for which the test's consequence ran; `test.fail` always fails."""
    done: list[int] = []

    def run(deadline: Deadline, now: datetime) -> str:
        done.append(deadline.pk)
        return "handed to the warehouse"

    def fail(deadline: Deadline, now: datetime) -> str:
        done.append(deadline.pk)
        services.withdraw_deadlines(
            subject_type=SUBJECT,
            subject_ids=[deadline.subject_id],
            reason="half done",
            actor=Actor.system("t"),
            now=now,
        )
        raise RuntimeError("the other system is down")

    def hand_on(deadline: Deadline, now: datetime) -> str:
        services.reassign_deadline(
            deadline_id=deadline.pk, owner_id=None, owner_role="WH", reason="by rule", actor=Actor.system("t"), now=now
        )
        return "reassigned"

    def settle(deadline: Deadline, now: datetime) -> str:
        services.withdraw_deadlines(
            subject_type=SUBJECT,
            subject_ids=[deadline.subject_id],
            reason="refused by rule",
            actor=Actor.system("t"),
            now=now,
        )
        return "refused"

    items = consequences._load()
    mine = {"test.run": run, "test.fail": fail, "test.hand_on": hand_on, "test.settle": settle}
    items.update({name: Consequence(function) for name, function in mine.items()})
    yield done
    for name in mine:
        del items[name]


def test_sweep_takes_each_step_at_its_time(now: datetime, people: dict[str, Any]) -> None:
    deadline = make_deadline(now=now, owner_id=people["owner"].pk)
    for minute in range(0, 1600, 10):
        services.sweep_deadlines(now=now + minutes(minute))
    assert planned(deadline, now) == [(key, at, at) for key, at in WAY + LADDER]
    deadline.refresh_from_db()
    assert (deadline.breached_at, deadline.next_at, deadline.state) == (now + minutes(100), None, "running")


def test_sweep_before_the_time_does_nothing(now: datetime, people: dict[str, Any]) -> None:
    deadline = make_deadline(now=now, owner_id=people["owner"].pk)
    assert services.sweep_deadlines(now=now + minutes(49)) == SweepResult(0, 0)
    assert (steps_of(deadline), Notice.objects.count()) == ([], 0)


def test_sweep_after_three_hours_of_standstill_takes_each_missed_step_once(
    now: datetime, people: dict[str, Any]
) -> None:
    deadline = make_deadline(now=now, owner_id=people["owner"].pk)
    services.sweep_deadlines(now=now + minutes(50))
    back = now + minutes(230)
    assert services.sweep_deadlines(now=back) == SweepResult(4, 0)
    assert services.sweep_deadlines(now=back) == SweepResult(0, 0)
    assert planned(deadline, now) == [
        ("warn-50", 50, 50),
        ("warn-80", 80, 230),
        ("breach", 100, 230),
        ("rung-1-owner", 100, 230),
        ("rung-2-deputy", 160, 230),
    ]
    assert list(Notice.objects.order_by("pk").values_list("recipient__display_name", "kind")) == [
        ("Owner", "deadline_warning"),
        ("Owner", "deadline_warning"),
        ("Owner", "deadline_breach"),
        ("Deputy", "deadline_breach"),
    ]


def test_sweep_tells_each_rung_in_its_language_and_notes_who_was_told(now: datetime, people: dict[str, Any]) -> None:
    deadline = make_deadline(now=now, owner_id=people["owner"].pk, subject_label="T-1")
    services.sweep_deadlines(now=now + minutes(2000))
    notices = (
        Notice.objects.filter(kind="deadline_breach")
        .order_by("pk")
        .values_list("recipient__display_name", "text", "link")
    )
    link = f"/approvals/deadlines/{deadline.pk}/"
    assert list(notices) == [(name, "Overdue: T-1 · Test rule", link) for name in ("Owner", "Deputy", "Head", "Boss")]
    assert list(deadline.steps.filter(kind="escalated").order_by("pk").values_list("note", flat=True)) == [
        "owner: Owner",
        "deputy: Deputy",
        "head: Head",
        "management: Boss",
    ]


def test_sweep_passes_an_empty_rung_on_to_the_next(now: datetime, people: dict[str, Any]) -> None:
    alone = EmployeeFactory(department=None)
    deadline = make_deadline(now=now, owner_id=alone.pk)
    services.sweep_deadlines(now=now + minutes(200))
    assert deadline.steps.get(key="rung-2-deputy").note == "management: Boss"


def test_sweep_without_anybody_to_tell_still_records_the_step(now: datetime) -> None:
    deadline = make_deadline(now=now, owner_role="ART")
    services.sweep_deadlines(now=now + minutes(200))
    assert [note for note in deadline.steps.order_by("pk").values_list("note", flat=True) if note] == [
        "owner: ",
        "owner: ",
        "owner: ",
        "deputy: ",
    ]
    assert Notice.objects.count() == 0


def test_sweep_tells_the_role_of_the_shop_when_nobody_owns_it(now: datetime) -> None:
    shop, other = ShopFactory(), ShopFactory()
    mine, _theirs = EmployeeFactory(roles=["CS"], shops=[shop]), EmployeeFactory(roles=["CS"], shops=[other])
    make_deadline(now=now, owner_role="CS", store_id=shop.pk)
    services.sweep_deadlines(now=now + minutes(50))
    assert list(Notice.objects.values_list("recipient", flat=True)) == [mine.pk]


def test_sweep_leaves_paused_and_ended_clocks_alone(now: datetime, staff: Actor) -> None:
    paused, met = make_deadline(now=now), make_deadline(now=now, subject_id=2)
    services.pause_deadline(deadline_id=paused.pk, reason="r", debtor="d", actor=staff, now=now)
    services.meet_deadlines(subject_type=SUBJECT, subject_ids=[2], actor=staff, now=now)
    assert services.sweep_deadlines(now=now + minutes(500)) == SweepResult(0, 0)
    assert (steps_of(paused), steps_of(met)) == ([("pause-1", "paused")], [("met", "met")])


def test_pause_after_the_breach_moves_the_rest_of_the_ladder(
    now: datetime, staff: Actor, people: dict[str, Any]
) -> None:
    deadline = make_deadline(now=now, owner_id=people["owner"].pk)
    services.sweep_deadlines(now=now + minutes(110))
    services.pause_deadline(deadline_id=deadline.pk, reason="r", debtor="d", actor=staff, now=now + minutes(120))
    services.resume_deadline(deadline_id=deadline.pk, actor=staff, now=now + minutes(150))
    services.sweep_deadlines(now=now + minutes(400))
    deadline.refresh_from_db()
    assert (deadline.due_at, deadline.breached_at) == (now + minutes(100), now + minutes(100))
    plans = {key: plan for key, plan, _at in ((s.key, s.planned_for, s.at) for s in deadline.steps.all())}
    assert (plans["rung-2-deputy"], plans["rung-3-head"]) == (now + minutes(190), now + minutes(370))


def test_sweep_passes_a_breach_that_was_found_by_a_pause(now: datetime, staff: Actor, people: dict[str, Any]) -> None:
    deadline = make_deadline(now=now, owner_id=people["owner"].pk)
    services.pause_deadline(deadline_id=deadline.pk, reason="r", debtor="d", actor=staff, now=now + minutes(101))
    services.resume_deadline(deadline_id=deadline.pk, actor=staff, now=now + minutes(101))
    services.sweep_deadlines(now=now + minutes(101))
    assert sorted(steps_of(deadline)) == [
        ("breach", "breached"),
        ("pause-1", "paused"),
        ("resume-1", "resumed"),
        ("rung-1-owner", "escalated"),
        ("warn-50", "warned"),
        ("warn-80", "warned"),
    ]


def test_consequence_runs_once_at_the_breach_and_stands_on_the_trail(now: datetime, ran: list[int]) -> None:
    make_rule("with_consequence", consequence="test.run")
    deadline = make_deadline(now=now, rule="with_consequence")
    services.sweep_deadlines(now=now + minutes(130))
    services.sweep_deadlines(now=now + minutes(131))
    assert ran == [deadline.pk]
    assert planned(deadline, now)[2:] == [("breach", 100, 130), ("consequence", 100, 130), ("rung-1-owner", 100, 130)]
    assert list(TrailEntry.objects.values_list("action", "subject_type", "subject_id", "reason")) == [
        ("deadlines.consequence", SUBJECT, 1, "handed to the warehouse")
    ]


def test_consequence_may_hand_the_clock_on(now: datetime, ran: list[int]) -> None:
    make_rule("with_consequence", consequence="test.hand_on")
    deadline = make_deadline(now=now, rule="with_consequence")
    services.sweep_deadlines(now=now + minutes(130))
    deadline.refresh_from_db()
    assert (deadline.owner_role, deadline.step, deadline.next_at) == ("WH", 5, now + minutes(160))


def test_consequence_may_end_the_clock(now: datetime, ran: list[int]) -> None:
    make_rule("with_consequence", consequence="test.settle")
    deadline = make_deadline(now=now, rule="with_consequence")
    services.sweep_deadlines(now=now + minutes(130))
    deadline.refresh_from_db()
    assert (deadline.state, deadline.breached_at, deadline.next_at) == ("withdrawn", now + minutes(100), None)
    assert [key for key, _kind in steps_of(deadline)] == ["warn-50", "warn-80", "breach", "withdrawn", "consequence"]


def test_failing_step_is_rolled_back_postponed_and_blocks_nobody(now: datetime, ran: list[int]) -> None:
    make_rule("with_consequence", consequence="test.fail")
    failing = make_deadline(now=now, rule="with_consequence")
    healthy = make_deadline(now=now + minutes(1), subject_id=2)
    at = now + minutes(120)
    result = services.sweep_deadlines(now=at)
    assert (result.failed, len(ran)) == (1, 1)
    failing.refresh_from_db()
    assert (failing.state, failing.attempts, failing.next_at) == ("running", 1, at + minutes(1))
    assert failing.planned_at == now + minutes(100)
    assert [key for key, _kind in steps_of(failing)] == ["warn-50", "warn-80", "breach"]
    assert [key for key, _kind in steps_of(healthy)] == ["warn-50", "warn-80", "breach", "rung-1-owner"]


def test_failing_step_alarms_management_once_and_the_ladder_goes_on(
    now: datetime, ran: list[int], people: dict[str, Any]
) -> None:
    make_rule("with_consequence", consequence="test.fail")
    deadline = make_deadline(now=now, rule="with_consequence", owner_id=people["owner"].pk)
    at = now + minutes(100)
    for _round in range(12):
        services.sweep_deadlines(now=at)
        at += minutes(16)
    assert len(ran) == ALARM_AFTER
    assert list(Notice.objects.filter(kind="clock_fails").values_list("recipient__display_name", "text")) == [
        ("Boss", "The clock of “Order 1” fails at its next step: RuntimeError: the other system is down")
    ]
    keys = [key for key, _kind in steps_of(deadline)]
    assert keys == ["warn-50", "warn-80", "breach", "consequence", "rung-1-owner", "rung-2-deputy"]
    assert deadline.steps.get(key="consequence").note == "failed 5 times: RuntimeError: the other system is down"
    assert deadline.steps.get(key="rung-2-deputy").planned_for == now + minutes(160)


def test_failing_targets_keep_the_planned_time(now: datetime, settings: LazySettings, people: dict[str, Any]) -> None:
    deadline = make_deadline(now=now, owner_id=people["owner"].pk)
    settings.ESCALATION_TARGETS = "tests.approvals.services.test_clock.no_targets"
    services.sweep_deadlines(now=now + minutes(50))
    settings.ESCALATION_TARGETS = "stores.selectors.escalation_targets"
    services.sweep_deadlines(now=now + minutes(52))
    assert planned(deadline, now) == [("warn-50", 50, 52)]
    deadline.refresh_from_db()
    assert deadline.attempts == 0


def no_targets(rung: str, owner_id: int | None, owner_role: str, store_id: int | None) -> list[int]:
    raise RuntimeError("nobody knows")


def test_sweep_leaves_a_heartbeat_with_its_figures(now: datetime) -> None:
    make_deadline(now=now)
    services.sweep_deadlines(now=now + minutes(50))
    services.sweep_deadlines(now=now + minutes(51))
    assert list(Heartbeat.objects.values_list("name", "at", "detail")) == [
        ("deadlines", now + minutes(51), {"handled": 0, "failed": 0})
    ]


def test_rule_change_leaves_running_deadlines_on_their_version(now: datetime, staff: Actor) -> None:
    rule = make_rule()
    deadline = make_deadline(now=now)
    services.change_time_rule(
        code=rule.code,
        expected_version=1,
        length_minutes=10,
        calendar_id=rule.calendar_id,
        warn_at=[],
        ladder=[],
        consequence="",
        name="Test rule",
        actor=staff,
        reason="faster",
        now=now,
    )
    services.forget_rules()
    services.sweep_deadlines(now=now + minutes(50))
    assert planned(deadline, now) == [("warn-50", 50, 50)]
    younger = make_deadline(now=now, subject_id=2)
    assert (younger.due_at, younger.rule.version) == (now + minutes(10), 2)
