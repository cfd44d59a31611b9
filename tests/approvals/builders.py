"""Builders of the kernel's rows. Deadlines start through the service, so they stand as the apps make them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from approvals import services
from approvals.models import Deadline, TimeRule, WorkCalendar
from approvals.services import DeadlineStart
from config.kit.actor import Actor
from stores.models import Employee

SUBJECT = "orders.order"


def acting(person: Employee) -> Actor:
    """A person as an actor."""
    return Actor.staff(user_id=person.pk, label=str(person))


def make_rule(code: str = "test_rule", **facts: Any) -> TimeRule:
    """A rule of 100 minutes round the clock, warned at 50 and 80 %; owner, deputy (1 h), head (4 h), management (1 d)."""
    ladder = [(0, "owner"), (60, "deputy"), (240, "head"), (1440, "management")]
    values: dict[str, Any] = {
        "name": "Test rule",
        "starts_when": "it starts",
        "stops_when": "it stops",
        "length_minutes": 100,
        "warn_at": [0.5, 0.8],
        "ladder": [{"after_minutes": after, "to": to} for after, to in ladder],
        **facts,
    }
    calendar = values.pop("calendar", "round_the_clock")
    rule = TimeRule.objects.create(code=code, calendar=WorkCalendar.objects.get(code=calendar), **values)
    services.forget_rules()
    return rule


def make_deadline(*, now: datetime, rule: str = "test_rule", subject_id: int = 1, **facts: Any) -> Deadline:
    """A clock that starts now; makes its rule when it is missing."""
    if not TimeRule.objects.filter(code=rule).exists():
        make_rule(rule)
    values: dict[str, Any] = {"subject_label": f"Order {subject_id}", "owner_role": "CS", "starts_at": now, **facts}
    start = DeadlineStart(rule=rule, subject_type=SUBJECT, subject_id=subject_id, **values)
    services.start_deadlines([start], now=now)
    return Deadline.objects.get(rule__code=rule, subject_id=subject_id, state="running")


def steps_of(deadline: Deadline) -> list[tuple[str, str]]:
    """(key, kind) of a deadline's steps in the order they were taken."""
    return list(deadline.steps.order_by("pk").values_list("key", "kind"))
