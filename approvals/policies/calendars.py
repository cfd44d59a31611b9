"""Working time: several periods a day, public holidays, make-up working days (调休), any time zone. Pure functions.

Lengths are measured on the absolute time line (UTC): a period across a clock change is as long as it really lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays

from approvals.errors import CalendarHasNoWorkingTime

DAY_MINUTES = 24 * 60
_HORIZON_DAYS = 10 * 366
_YEARS_WITH_KNOWN_MAKEUP_DAYS = (2024, 2025)

Period = tuple[int, int]
"""Minutes since midnight: (540, 720) is 09:00–12:00; 1440 is the midnight that ends the day."""


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """When a clock counts. `periods` by ISO weekday; `special_days` (date → is working) win over public holidays."""

    time_zone: str = "UTC"
    is_round_the_clock: bool = False
    periods: Mapping[int, tuple[Period, ...]] = field(default_factory=dict)
    makeup_weekday: int = 1
    holiday_country: str = ""
    special_days: Mapping[date, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublicDays:
    """Public holidays and make-up working days of one country and year.

    `is_announced` is False while the government has not published the year's make-up days: then only the holidays that the law
    itself names are known.
    """

    off: frozenset[date]
    makeup: frozenset[date]
    is_announced: bool


def add_working_time(start: datetime, length: timedelta, calendar: CalendarFacts) -> datetime:
    """The moment (UTC) at which `length` of working time has passed since `start`.

    A start outside working time counts from the next period on. Raises CalendarHasNoWorkingTime, and ValueError for a
    negative length.
    """
    if length < timedelta(0):
        raise ValueError("working time is not counted backwards")
    start = start.astimezone(UTC)
    if calendar.is_round_the_clock or not length:
        return start + length
    left = length
    for begin, end in _periods_from(start, calendar):
        begin = max(begin, start)
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise CalendarHasNoWorkingTime()


def working_time_between(start: datetime, end: datetime, calendar: CalendarFacts) -> timedelta:
    """How much working time lies between two moments; zero when `end` is not after `start`."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return timedelta(0)
    if calendar.is_round_the_clock:
        return end - start
    total = timedelta(0)
    for begin, stop in _periods_from(start, calendar):
        if begin >= end:
            break
        total += min(stop, end) - max(begin, start)
    return total


def periods_of_day(day: date, calendar: CalendarFacts) -> tuple[Period, ...]:
    """The working periods of a date: special day, then make-up day, then public holiday, then weekday."""
    own = calendar.periods.get(day.isoweekday(), ())
    makeup = calendar.periods.get(calendar.makeup_weekday, ())
    if day in calendar.special_days:
        return (own or makeup) if calendar.special_days[day] else ()
    public = public_days(calendar.holiday_country, day.year)
    if day in public.makeup:
        return makeup
    return () if day in public.off else own


@lru_cache(maxsize=128)
def public_days(country: str, year: int) -> PublicDays:
    """Holidays and make-up days of a country's year; none for an unknown country or a year beyond the library."""
    if not country:
        return PublicDays(frozenset(), frozenset(), is_announced=True)
    try:
        found = holidays.country_holidays(country, years=year)
    except NotImplementedError:
        return PublicDays(frozenset(), frozenset(), is_announced=False)
    off = frozenset(day for day in found if day.year == year)
    makeup = frozenset(day for day in found.weekend_workdays if day.year == year)
    return PublicDays(off, makeup, is_announced=bool(off) and (bool(makeup) or not _moves_weekends(country)))


def read_periods(stored: Mapping[str, list[list[str]]]) -> dict[int, tuple[Period, ...]]:
    """The periods of a stored calendar: {"1": [["09:00", "12:00"]]}. Raises ValueError naming what cannot be read or overlaps."""
    read: dict[int, tuple[Period, ...]] = {}
    for weekday, pairs in stored.items():
        if weekday not in ("1", "2", "3", "4", "5", "6", "7"):
            raise ValueError(f"{weekday!r} is no weekday; Monday is 1, Sunday is 7")
        periods = sorted((_minutes(begin), _minutes(end)) for begin, end in pairs)
        for begin, end in periods:
            if end <= begin:
                raise ValueError(f"weekday {weekday}: a period ends before it begins; split it at midnight (24:00)")
        for (_before, end), (begin, _after) in pairwise(periods):
            if begin < end:
                raise ValueError(f"weekday {weekday}: two periods overlap")
        read[int(weekday)] = tuple(periods)
    return read


@lru_cache(maxsize=32)
def _moves_weekends(country: str) -> bool:
    return bool(holidays.country_holidays(country, years=_YEARS_WITH_KNOWN_MAKEUP_DAYS).weekend_workdays)


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and len(minutes) == 2 and int(minutes) < 60):
        raise ValueError(f"{text!r} is no time of day; write 09:00")
    total = int(hours) * 60 + int(minutes)
    if total > DAY_MINUTES:
        raise ValueError(f"{text!r} lies beyond the day; it ends at 24:00")
    return total


def _periods_from(start: datetime, calendar: CalendarFacts) -> Iterator[tuple[datetime, datetime]]:
    """Working periods that end after `start`, in order, as UTC moments; gives up after ten years."""
    zone = ZoneInfo(calendar.time_zone)
    first = start.astimezone(zone).date()
    for offset in range(_HORIZON_DAYS):
        day = first + timedelta(days=offset)
        for begin, end in periods_of_day(day, calendar):
            opens, closes = _moment(day, begin, zone, fold=0), _moment(day, end, zone, fold=1)
            if closes > start:
                yield opens, closes


def _moment(day: date, minutes: int, zone: ZoneInfo, *, fold: int) -> datetime:
    """A wall-clock time as UTC. In the hour that a clock change repeats, a period opens in the first and closes in the second."""
    if minutes == DAY_MINUTES:
        day, minutes = day + timedelta(days=1), 0
    wall = datetime.combine(day, time(minutes // 60, minutes % 60, fold=fold), zone)
    return wall.astimezone(UTC)
