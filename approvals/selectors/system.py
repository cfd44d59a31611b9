"""Whether the house's own machinery runs, for the system page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from approvals.models import Heartbeat, WorkCalendar
from approvals.policies.calendars import public_days
from approvals.registries import queues


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many wait and for how long the oldest has."""

    label: str
    waiting: int
    oldest: timedelta | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class UnannouncedYear:
    """A year whose make-up days the government has not published: only the holidays that the law names are known."""

    country: str
    year: int
    calendars: str


@dataclass(frozen=True, slots=True)
class HeartbeatState:
    """When a sweep last came to its end, with its figures."""

    name: str
    at: datetime
    age: timedelta
    is_old: bool
    detail: dict[str, object]


def last_beat(name: str) -> datetime | None:
    """When a sweep last ran to its end."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def heartbeats(*, now: datetime) -> list[HeartbeatState]:
    """All sweeps that ever ran. Frequent ones are old at the health check's limit, daily ones after a day."""
    soon = timedelta(seconds=settings.HEARTBEAT_LIMIT_SECONDS)
    limits = {
        "deadlines": soon,
        "jobs": soon,
        "publish": soon,
        "security": timedelta(minutes=15),
        "trail": timedelta(minutes=25),
    }
    return [
        HeartbeatState(
            row.name, row.at, now - row.at, now - row.at > limits.get(row.name, timedelta(hours=26)), row.detail
        )
        for row in Heartbeat.objects.order_by("name")
    ]


def queue_states(*, now: datetime) -> list[QueueState]:
    """Every declared queue; each is one small query."""
    states = []
    for _key, queue in queues.items():  # noqa: PERF102 (a registry, not a dict)
        waiting, since = queue.read(now)
        oldest = None if since is None else max(now - since, timedelta(0))
        is_late = oldest is not None and oldest > timedelta(seconds=queue.soon_seconds)
        states.append(QueueState(str(queue.label), waiting, oldest, is_late))
    return states


def unannounced_years(*, now: datetime) -> list[UnannouncedYear]:
    """This year and the next, for each country that a calendar follows, where the holiday data is not complete."""
    named: dict[str, list[str]] = {}
    for calendar in WorkCalendar.objects.filter(is_round_the_clock=False).exclude(holiday_country="").order_by("name"):
        named.setdefault(calendar.holiday_country, []).append(calendar.title)
    return [
        UnannouncedYear(country, year, ", ".join(names))
        for country, names in sorted(named.items())
        for year in (now.year, now.year + 1)
        if not public_days(country, year).is_announced
    ]
