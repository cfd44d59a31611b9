"""Working time against dates whose answer is known from the calendar on the wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.errors import CalendarHasNoWorkingTime
from approvals.policies.calendars import (
    CalendarFacts,
    add_working_time,
    periods_of_day,
    public_days,
    read_periods,
    working_time_between,
)

OFFICE_PERIODS = dict.fromkeys(range(1, 6), ((540, 720), (810, 1080)))
OFFICE = CalendarFacts("Asia/Shanghai", periods=OFFICE_PERIODS, holiday_country="CN")
ALWAYS = CalendarFacts("Asia/Shanghai", is_round_the_clock=True)
BERLIN_NIGHT = CalendarFacts("Europe/Berlin", periods=dict.fromkeys(range(1, 8), ((0, 1440),)))
BERLIN_ENDS_IN_THE_DOUBLE_HOUR = CalendarFacts("Europe/Berlin", periods={7: ((60, 150),), 1: ((540, 720),)})
BERLIN_SHIFT = CalendarFacts("Europe/Berlin", periods={7: ((60, 240),)})


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)


TABLE = [
    # calendar, start, hours of work, due
    pytest.param(OFFICE, shanghai("2026-03-10 11:00"), 2, shanghai("2026-03-10 14:30"), id="across lunch"),
    pytest.param(OFFICE, shanghai("2026-03-10 12:30"), 1, shanghai("2026-03-10 14:30"), id="begins at lunch"),
    pytest.param(OFFICE, shanghai("2026-03-10 09:00"), 3, shanghai("2026-03-10 12:00"), id="ends with the period"),
    pytest.param(OFFICE, shanghai("2026-03-10 17:00"), 2, shanghai("2026-03-11 10:00"), id="over night"),
    pytest.param(OFFICE, shanghai("2026-03-10 20:00"), 1, shanghai("2026-03-11 10:00"), id="begins after hours"),
    pytest.param(OFFICE, shanghai("2026-03-13 17:00"), 2, shanghai("2026-03-16 10:00"), id="over a weekend"),
    pytest.param(OFFICE, shanghai("2026-03-10 11:00"), 0, shanghai("2026-03-10 11:00"), id="no time at all"),
    # National Day 2026: 1–7 October off, Sunday 20 September and Saturday 10 October are worked.
    pytest.param(OFFICE, shanghai("2026-09-30 17:00"), 2, shanghai("2026-10-08 10:00"), id="over National Day"),
    pytest.param(OFFICE, shanghai("2026-10-09 17:00"), 2, shanghai("2026-10-10 10:00"), id="into a make-up Saturday"),
    pytest.param(OFFICE, shanghai("2026-10-10 17:00"), 2, shanghai("2026-10-12 10:00"), id="from a make-up Saturday"),
    pytest.param(OFFICE, shanghai("2026-09-18 17:00"), 2, shanghai("2026-09-20 10:00"), id="into a make-up Sunday"),
    # Spring Festival 2026: 15–23 February off, Saturdays 14 and 28 February are worked.
    pytest.param(OFFICE, shanghai("2026-02-14 17:00"), 2, shanghai("2026-02-24 10:00"), id="over Spring Festival"),
    pytest.param(
        OFFICE, shanghai("2026-02-13 17:00"), 9.5, shanghai("2026-02-24 10:00"), id="through the make-up day before it"
    ),
    pytest.param(
        ALWAYS, shanghai("2026-09-30 17:00"), 24, shanghai("2026-10-01 17:00"), id="round the clock knows no holiday"
    ),
    pytest.param(
        ALWAYS, shanghai("2026-03-10 23:30"), 1, shanghai("2026-03-11 00:30"), id="round the clock over midnight"
    ),
    # Berlin: 29 March 2026 has 23 hours, 25 October 2026 has 25.
    pytest.param(BERLIN_NIGHT, berlin("2026-03-29 00:00"), 23, berlin("2026-03-30 00:00"), id="the short day"),
    pytest.param(BERLIN_NIGHT, berlin("2026-10-25 00:00"), 25, berlin("2026-10-26 00:00"), id="the long day"),
    pytest.param(
        BERLIN_SHIFT, berlin("2026-03-29 01:00"), 2, berlin("2026-03-29 04:00"), id="a shift in the short night"
    ),
    pytest.param(
        BERLIN_SHIFT, berlin("2026-10-25 01:00"), 4, berlin("2026-10-25 04:00"), id="a shift in the long night"
    ),
    pytest.param(
        BERLIN_ENDS_IN_THE_DOUBLE_HOUR,
        berlin("2026-10-25 01:00"),
        2.5,
        berlin("2026-10-25 02:30", fold=1),
        id="a shift that ends when the hour comes a second time",
    ),
    pytest.param(
        ALWAYS, berlin("2026-03-28 12:00"), 24, berlin("2026-03-29 13:00"), id="24 real hours over a clock change"
    ),
]


@pytest.mark.parametrize(("calendar", "start", "hours", "due"), TABLE)
def test_add_working_time_gives_the_due_time(
    calendar: CalendarFacts, start: datetime, hours: float, due: datetime
) -> None:
    assert add_working_time(start, timedelta(hours=hours), calendar) == due.astimezone(UTC)


@pytest.mark.parametrize(("calendar", "start", "hours", "due"), TABLE)
def test_working_time_between_is_the_way_back(
    calendar: CalendarFacts, start: datetime, hours: float, due: datetime
) -> None:
    assert working_time_between(start, due, calendar) == timedelta(hours=hours)


def test_working_time_between_is_zero_backwards() -> None:
    assert working_time_between(shanghai("2026-03-11 10:00"), shanghai("2026-03-10 10:00"), OFFICE) == timedelta(0)


def test_add_working_time_refuses_to_count_backwards() -> None:
    with pytest.raises(ValueError, match="not counted backwards"):
        add_working_time(shanghai("2026-03-10 10:00"), timedelta(hours=-1), OFFICE)


def test_special_day_wins_over_holiday_library() -> None:
    opened = CalendarFacts(
        "Asia/Shanghai", periods=OFFICE_PERIODS, holiday_country="CN", special_days={date(2026, 10, 1): True}
    )
    closed = CalendarFacts(
        "Asia/Shanghai", periods=OFFICE_PERIODS, holiday_country="CN", special_days={date(2026, 10, 10): False}
    )
    assert periods_of_day(date(2026, 10, 1), OFFICE) == ()
    assert periods_of_day(date(2026, 10, 1), opened) == ((540, 720), (810, 1080))
    assert periods_of_day(date(2026, 10, 10), OFFICE) == ((540, 720), (810, 1080))
    assert periods_of_day(date(2026, 10, 10), closed) == ()


def test_makeup_day_works_like_its_weekday() -> None:
    fridays_are_short = {**OFFICE_PERIODS, 5: ((540, 720),)}
    calendar = CalendarFacts("Asia/Shanghai", periods=fridays_are_short, makeup_weekday=5, holiday_country="CN")
    assert periods_of_day(date(2026, 10, 10), calendar) == ((540, 720),)


def test_public_days_says_whether_makeup_days_are_announced() -> None:
    known, unknown = public_days("CN", 2026), public_days("CN", 2090)
    assert known.makeup == {
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    }
    assert (known.is_announced, unknown.is_announced, unknown.makeup) == (True, False, frozenset())
    assert date(2090, 10, 1) in unknown.off


def test_public_days_of_unknown_country_or_far_year_are_plain() -> None:
    assert public_days("XX", 2026).off == frozenset()
    assert (public_days("CN", 2101).off, public_days("CN", 2101).is_announced) == (frozenset(), False)
    assert (public_days("", 2026).off, public_days("", 2026).is_announced) == (frozenset(), True)


def test_public_days_of_country_without_makeup_days_are_complete() -> None:
    assert public_days("DE", 2026).is_announced is True


def test_calendar_without_periods_is_refused_instead_of_searched_for_ever() -> None:
    with pytest.raises(CalendarHasNoWorkingTime):
        add_working_time(shanghai("2026-03-10 10:00"), timedelta(hours=1), CalendarFacts("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("stored", "problem"),
    [
        ({"8": [["09:00", "12:00"]]}, "no weekday"),
        ({"1": [["9", "12:00"]]}, "no time of day"),
        ({"1": [["09:00", "12:60"]]}, "no time of day"),
        ({"1": [["09:00", "24:01"]]}, "ends at 24:00"),
        ({"1": [["22:00", "06:00"]]}, "split it at midnight"),
        ({"1": [["09:00", "12:00"], ["11:00", "13:00"]]}, "overlap"),
    ],
)
def test_read_periods_names_what_it_cannot_read(stored: dict[str, list[list[str]]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_periods(stored)


def test_read_periods_sorts_and_reads_the_end_of_the_day() -> None:
    assert read_periods({"1": [["22:00", "24:00"], ["00:00", "06:00"]]}) == {1: ((0, 360), (1320, 1440))}


@given(
    start=st.integers(0, 2 * 365 * 1440).map(lambda minutes: shanghai("2026-01-01") + timedelta(minutes=minutes)),
    first=st.timedeltas(timedelta(0), timedelta(hours=60)),
    second=st.timedeltas(timedelta(0), timedelta(hours=60)),
)
def test_working_time_adds_up(start: datetime, first: timedelta, second: timedelta) -> None:
    once = add_working_time(start, first + second, OFFICE)
    assert add_working_time(add_working_time(start, first, OFFICE), second, OFFICE) == once
    assert working_time_between(start, once, OFFICE) == first + second
