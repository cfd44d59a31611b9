"""Time rules as facts, from a short-lived cache in this process."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from approvals.models import CalendarDay, Deadline, TimeRule, WorkCalendar
from approvals.policies.calendars import CalendarFacts, read_periods
from approvals.policies.steps import LadderRung, RuleFacts, due_time

# A rule is read for every order that comes in and changes a few times a year. Each process may use what it read for
# half a minute: a deadline that starts in that time runs by the version before, as if it had started half a minute
# earlier. Versions are never edited (trigger), so an old one is never wrong, only old.
_TTL_SECONDS = 30.0


@dataclass(slots=True)
class _Known:
    """What one reading of the tables gave."""

    read_at: float
    by_code: dict[str, RuleFacts] = field(default_factory=dict)
    by_id: dict[int, RuleFacts] = field(default_factory=dict)


# One place, replaced as a whole: threads need no lock.
_kept: list[_Known] = []


def rule_in_force(code: str) -> RuleFacts:
    """The current version of a rule. Raises KeyError naming a code that no app declared."""
    try:
        return _current().by_code[code]
    except KeyError:
        raise KeyError(f"time rules: unknown code {code!r}; known: {', '.join(sorted(_current().by_code))}") from None


def rule_version(rule_id: int) -> RuleFacts:
    """A rule in the version that a deadline runs by."""
    known = _current()
    if rule_id not in known.by_id:
        known.by_id[rule_id] = facts_of(TimeRule.objects.select_related("calendar").get(pk=rule_id))
    return known.by_id[rule_id]


def forget_rules() -> None:
    """Read the rules anew at the next use: after a change in this process."""
    _kept.clear()


def facts_of(rule: TimeRule) -> RuleFacts:
    """A rule's row as facts, with its calendar's special days."""
    days = dict(rule.calendar.days.values_list("on", "is_working"))
    return _rule_facts(rule, calendar_facts(rule.calendar, days))


def calendar_facts(calendar: WorkCalendar, special_days: dict[date, bool]) -> CalendarFacts:
    """A calendar's row as facts."""
    return CalendarFacts(
        time_zone=calendar.time_zone,
        is_round_the_clock=calendar.is_round_the_clock,
        periods=read_periods(calendar.periods),
        makeup_weekday=calendar.makeup_weekday,
        holiday_country=calendar.holiday_country,
        special_days=special_days,
    )


def _current() -> _Known:
    known = next(iter(_kept), None)
    if known is None or time.monotonic() - known.read_at > _TTL_SECONDS:
        known = _read()
        _kept[:] = [known]
    return known


def _read() -> _Known:
    known = _Known(read_at=time.monotonic())
    rows = CalendarDay.objects.order_by("calendar_id").values_list("calendar_id", "on", "is_working")
    days = {pk: {on: works for _pk, on, works in group} for pk, group in groupby(rows, key=lambda row: row[0])}
    calendars: dict[int, CalendarFacts] = {}
    for rule in TimeRule.objects.filter(is_current=True).select_related("calendar"):
        pk = rule.calendar_id
        if pk not in calendars:
            calendars[pk] = calendar_facts(rule.calendar, days.get(pk, {}))
        known.by_code[rule.code] = known.by_id[rule.pk] = _rule_facts(rule, calendars[pk])
    return known


def _rule_facts(rule: TimeRule, calendar: CalendarFacts) -> RuleFacts:
    return RuleFacts(
        id=rule.pk,
        code=rule.code,
        length=timedelta(minutes=rule.length_minutes),
        calendar=calendar,
        warn_at=tuple(rule.warn_at),
        ladder=tuple(LadderRung(timedelta(minutes=rung["after_minutes"]), rung["to"]) for rung in rule.ladder),
        consequence=rule.consequence,
    )


@dataclass(frozen=True, slots=True)
class WouldChange:
    """An open deadline and when it would be due, had it started by the proposed rule."""

    deadline: Deadline
    due_at: datetime

    @property
    def is_earlier(self) -> bool:
        """Whether the proposal is the stricter one for it."""
        return self.due_at < self.deadline.due_at


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What a proposed version means for work that is open now. Nothing of it changes: running clocks keep their version."""

    open_count: int
    sample: list[WouldChange]


def preview_rule(code: str, *, length_minutes: int, calendar: WorkCalendar, limit: int = 10) -> RulePreview:
    """The open deadlines of a rule beside the due times that the proposal would have given them, the most urgent first."""
    days = dict(calendar.days.values_list("on", "is_working"))
    facts = RuleFacts(0, code, timedelta(minutes=length_minutes), calendar_facts(calendar, days))
    running = Deadline.objects.open().filter(rule__code=code)
    sample = [WouldChange(row, due_time(row.started_at, facts)) for row in running.order_by("due_at", "pk")[:limit]]
    return RulePreview(running.count(), sample)
