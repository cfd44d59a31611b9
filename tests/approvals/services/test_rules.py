"""Time rules as data with versions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from approvals import services
from approvals.errors import ReasonIsMissing, RuleHasChanged, RuleIsNotSound
from approvals.models import CalendarDay, TimeRule, TrailEntry, WorkCalendar
from approvals.registries import time_rules
from approvals.selectors.rules import rule_in_force
from config.kit.actor import Actor
from tests.approvals.builders import make_rule

pytestmark = pytest.mark.django_db

REGISTER = {
    "general_information": 24 * 60,
    "important_information": 12 * 60,
    "product_count": 7 * 1440,
    "content_refresh": 15 * 1440,
    "accuracy_check": 30 * 1440,
    "reconciliation": 900,
    "promotion_plan": 30 * 1440,
    "promotion_summary": 7 * 1440,
    "key_event_plan": 14 * 1440,
    "joint_meeting": 30 * 1440,
    "offline_feedback": 7 * 1440,
    "stock_update": 15,
    "stocktake": 30 * 1440,
    "supervision_check": 30 * 1440,
    "effect_evaluation": 4500,
    "policy_review": 365 * 1440,
    "policy_delivered": 1350,
    "order_step": 240,
    "service_reply": 120,
    "aftersale_window": 7 * 1440,
    "aftersale_notice": 120,
    "aftersale_analysis": 2250,
    "process_evaluation": 90 * 1440,
}


def proposal(rule: TimeRule, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "code": rule.code,
        "expected_version": rule.version,
        "length_minutes": rule.length_minutes,
        "calendar_id": rule.calendar_id,
        "warn_at": rule.warn_at,
        "ladder": [(rung["after_minutes"], rung["to"]) for rung in rule.ladder],
        "consequence": rule.consequence,
        "name": rule.name,
        "reason": "the season begins",
    }
    return {**values, **changes}


def test_every_row_of_the_register_is_a_rule_in_force() -> None:
    """The rules of the register, with those that the orders declare for their own steps, and nothing that nobody declared."""
    there = dict(TimeRule.objects.filter(is_current=True).values_list("code", "length_minutes"))
    assert len(REGISTER) == 23
    assert {code: there.get(code) for code in REGISTER} == REGISTER
    assert set(there) == {code for code, _rule in time_rules.items()}


def test_important_information_goes_to_management_at_once() -> None:
    rule = rule_in_force("important_information")
    assert [(rung.after, rung.to) for rung in rule.ladder] == [(timedelta(0), "owner"), (timedelta(0), "management")]
    assert rule.warn_at == (0.5, 0.8)


def test_calendars_are_seeded() -> None:
    office = WorkCalendar.objects.get(code="office")
    assert (office.periods["5"], office.periods.get("6"), office.holiday_country) == (
        [["09:00", "12:00"], ["13:30", "18:00"]],
        None,
        "CN",
    )
    assert WorkCalendar.objects.get(code="service").periods["7"] == [["09:00", "22:00"]]
    assert WorkCalendar.objects.get(code="round_the_clock").is_round_the_clock is True


def test_sync_adds_what_is_missing_and_leaves_what_a_manager_changed(now: datetime, staff: Actor) -> None:
    rule = TimeRule.objects.get(code="stocktake")
    services.change_time_rule(**proposal(rule, length_minutes=60), actor=staff, now=now)
    TimeRule.objects.filter(code="joint_meeting").delete()
    WorkCalendar.objects.filter(code="service").update(name="Evenings too")
    services.sync_time_rules()
    assert list(
        TimeRule.objects.filter(code="stocktake").order_by("version").values_list("length_minutes", "is_current")
    ) == [
        (30 * 1440, False),
        (60, True),
    ]
    assert TimeRule.objects.filter(code="joint_meeting").count() == 1
    assert WorkCalendar.objects.get(code="service").name == "Evenings too"


def test_sync_twice_changes_nothing() -> None:
    before = list(TimeRule.objects.order_by("pk").values())
    services.sync_time_rules()
    assert list(TimeRule.objects.order_by("pk").values()) == before


def test_change_makes_a_new_version_and_says_so_on_the_trail(now: datetime, staff: Actor) -> None:
    rule = make_rule()
    new = services.change_time_rule(
        **proposal(rule, length_minutes=60, warn_at=[0.9, 0.5], ladder=[(30, "head"), (0, "owner")]),
        actor=staff,
        now=now,
    )
    assert (new.version, new.is_current, new.warn_at) == (2, True, [0.5, 0.9])
    assert new.ladder == [{"after_minutes": 0, "to": "owner"}, {"after_minutes": 30, "to": "head"}]
    rule.refresh_from_db()
    assert (rule.version, rule.is_current, rule.length_minutes) == (1, False, 100)
    entry = TrailEntry.objects.get(action="time_rule.changed")
    assert (entry.subject_id, entry.reason, entry.actor_user_id) == (new.pk, "the season begins", staff.user_id)
    assert entry.changes["length_minutes"] == [100, 60]
    assert sorted(entry.changes) == ["ladder", "length_minutes", "version", "warn_at"]


def test_change_against_an_older_version_is_refused(now: datetime, staff: Actor) -> None:
    rule = make_rule()
    services.change_time_rule(**proposal(rule, length_minutes=60), actor=staff, now=now)
    with pytest.raises(RuleHasChanged) as refusal:
        services.change_time_rule(**proposal(rule, length_minutes=30), actor=staff, now=now)
    assert refusal.value.facts == {"current": 2, "expected": 1}
    assert TimeRule.objects.get(code=rule.code, is_current=True).length_minutes == 60


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"length_minutes": 0}, "length_minutes"),
        ({"warn_at": [0.5, 1]}, "warn_at"),
        ({"warn_at": [0.5, 0.501]}, "warn_at"),
        ({"ladder": [(-1, "owner")]}, "ladder"),
        ({"ladder": [(1, "neighbour")]}, "ladder"),
        ({"consequence": "nobody.knows"}, "consequence"),
    ],
)
def test_change_to_an_unsound_rule_is_refused(changes: dict[str, Any], field: str, now: datetime, staff: Actor) -> None:
    rule = make_rule()
    with pytest.raises(RuleIsNotSound) as refusal:
        services.change_time_rule(**proposal(rule, **changes), actor=staff, now=now)
    assert refusal.value.field == field
    assert TimeRule.objects.filter(code=rule.code).count() == 1


def test_change_without_reason_is_refused(now: datetime, staff: Actor) -> None:
    rule = make_rule()
    with pytest.raises(ReasonIsMissing):
        services.change_time_rule(**proposal(rule, reason=" "), actor=staff, now=now)
    assert TimeRule.objects.filter(code=rule.code).count() == 1


def test_version_cannot_be_edited(now: datetime) -> None:
    rule = make_rule()
    with pytest.raises(ProgrammingError, match="version_is_final"), transaction.atomic():
        TimeRule.objects.filter(pk=rule.pk).update(length_minutes=1)
    assert TimeRule.objects.get(pk=rule.pk).length_minutes == 100


def test_rule_in_force_is_read_once_in_half_a_minute(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rule(calendar="office")
    with django_assert_num_queries(2):
        rule_in_force("test_rule")
    with django_assert_num_queries(0):
        rule_in_force("test_rule")
    calendar = WorkCalendar.objects.get(code="office")
    CalendarDay.objects.create(calendar=calendar, on="2026-03-11", is_working=False, name="stocktake")
    assert rule_in_force("test_rule").calendar.special_days == {}
    monkeypatch.setattr("approvals.selectors.rules._TTL_SECONDS", -1.0)
    assert list(rule_in_force("test_rule").calendar.special_days.values()) == [False]
