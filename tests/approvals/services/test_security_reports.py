"""Refused attempts are told to management, at most once an hour for each kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from approvals import services
from approvals.models import Heartbeat, Notice, SecurityEvent, TrailEntry
from stores.models import Employee
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """A day of its own: events of other tests stay in the database, as they should."""
    return datetime(2031, 5, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def manager() -> Employee:
    return EmployeeFactory(roles=["MGR"])


def attempt(at: datetime, code: str = "own_work", who: str = "Li") -> None:
    SecurityEvent.objects.create(at=at, code=code, path="approve", actor_label=who)


def told(manager: Employee) -> list[str]:
    return list(
        Notice.objects.filter(recipient=manager, kind__startswith="security.")
        .order_by("pk")
        .values_list("text", flat=True)
    )


def test_management_is_told_how_many_and_by_whom(manager: Employee, now: datetime) -> None:
    for minutes, who in ((30, "Li"), (20, "Li"), (10, "Wang")):
        attempt(now - timedelta(minutes=minutes), who=who)
    attempt(now - timedelta(minutes=5), code="around_the_kernel", who="manage.py/shell")
    assert services.report_security_events(now=now) == 2
    first, second = sorted(told(manager), key=len)
    assert "manage.py/shell (1)" in first or "manage.py/shell (1)" in second
    assert any(text.startswith("3 attempts refused") and "Li (2), Wang (1)" in text for text in (first, second))
    assert TrailEntry.objects.filter(action="security.reported").count() == 2
    assert Heartbeat.objects.get(name="security").at == now


def test_at_most_once_an_hour_and_nothing_is_lost_or_told_twice(manager: Employee, now: datetime) -> None:
    attempt(now - timedelta(minutes=1))
    services.report_security_events(now=now)
    attempt(now - timedelta(seconds=5))  # younger than what is counted at once
    attempt(now + timedelta(minutes=10))
    assert services.report_security_events(now=now + timedelta(minutes=30)) == 0
    assert services.report_security_events(now=now + timedelta(minutes=61)) == 1
    assert [text.split()[0] for text in told(manager)] == ["1", "2"]
    assert services.report_security_events(now=now + timedelta(minutes=130)) == 0


def test_another_kind_does_not_wait_for_the_first(manager: Employee, now: datetime) -> None:
    attempt(now - timedelta(minutes=1))
    services.report_security_events(now=now)
    attempt(now + timedelta(minutes=5), code="not_approved")
    assert services.report_security_events(now=now + timedelta(minutes=10)) == 1
