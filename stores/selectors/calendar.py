"""One calendar of everything that is scheduled, laid out in days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from stores.registries import CALENDAR, CalendarEntry, CalendarProvider


@dataclass(slots=True)
class Day:
    """A day with what stands in it, the earliest first. An entry that lasts stands in each of its days."""

    date: date
    entries: list[CalendarEntry] = field(default_factory=list)
    is_in_month: bool = True


def providers_for(user: Any) -> list[tuple[str, CalendarProvider]]:
    """What the person may see, in order."""
    allowed = [(key, one) for key, one in CALENDAR.items() if one.permission is None or user.has_perm(one.permission)]
    return sorted(allowed, key=lambda pair: (pair[1].order, pair[0]))


def weeks_of_month(day: date) -> tuple[date, date]:
    """The first Monday that the month's page shows, and the day after its last Sunday."""
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    start = first - timedelta(days=first.weekday())
    end = after + timedelta(days=-after.weekday() % 7)
    return start, end


def week_of(day: date) -> tuple[date, date]:
    """Monday, and the Monday after."""
    start = day - timedelta(days=day.weekday())
    return start, start + timedelta(days=7)


def days_between(
    user: Any, start: date, end: date, *, kinds: Collection[str] = (), month: int | None = None
) -> list[Day]:
    """The days from `start` until before `end`, in the active time zone, with what these providers (without `kinds`: all) know."""
    from_at, until_at = _midnight(start), _midnight(end)
    days = {start + timedelta(days=number): Day(start + timedelta(days=number)) for number in range((end - start).days)}
    for key, provider in providers_for(user):
        if kinds and key not in kinds:
            continue
        for entry in provider.read(user, from_at, until_at):
            last = entry.ends_at - timedelta(microseconds=1) if entry.ends_at else entry.at
            day = max(timezone.localdate(entry.at), start)
            while day <= timezone.localdate(last) and day < end:
                days[day].entries.append(entry)
                day += timedelta(days=1)
    for day_of in days.values():
        day_of.entries.sort(key=lambda entry: (entry.at, entry.kind, entry.title))
        day_of.is_in_month = month is None or day_of.date.month == month
    return list(days.values())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
