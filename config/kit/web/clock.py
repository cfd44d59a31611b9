"""Clocks on screens: remaining time, due time, colour and words, from a due time and a given now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """`state` is ok, soon or late; `text` names it in words ("2 h 10 min left"), `due` says when."""

    state: str
    text: str
    due: str
    due_at: datetime

    def __html__(self) -> SafeString:
        icon = {"ok": "clock", "soon": "alarm", "late": "alert-triangle"}[self.state]
        return format_html(
            '<span class="clock clock-{}" title="{}"><span class="clock-text"><i class="ti ti-{}" aria-hidden="true"></i>'
            '{}</span> <time class="clock-due" datetime="{}">{}</time></span>',
            self.state,
            absolute(self.due_at),
            icon,
            self.text,
            self.due_at.isoformat(),
            self.due,
        )


def time_left(due_at: datetime, now: datetime, *, soon: timedelta = SOON) -> TimeLeft:
    """Compare a due time with now: late once it has passed, soon within `soon` of it."""
    left = due_at - now
    span = duration(abs(left))
    if left < timedelta(0):
        state, text = "late", gettext("%(span)s overdue") % {"span": span}
    else:
        state = "soon" if left <= soon else "ok"
        text = gettext("%(span)s left") % {"span": span}
    return TimeLeft(state, text, gettext("due %(time)s") % {"time": short_moment(due_at, now)}, due_at)


def duration(span: timedelta) -> str:
    """A length in its two largest units, rounded down: "3 d 4 h", "2 h 10 min", "under a minute"."""
    minutes = int(span.total_seconds() // 60)
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    if days:
        parts = [_days(days), _hours(hours)] if hours else [_days(days)]
    elif hours:
        parts = [_hours(hours), _minutes(minutes)] if minutes else [_hours(hours)]
    elif minutes:
        parts = [_minutes(minutes)]
    else:
        return gettext("under a minute")
    return " ".join(parts)


def short_moment(moment: datetime, now: datetime) -> str:
    """The shortest text that is still clear in the active time zone.

    Time today, date and time this year, else with the year.
    """
    local, today = timezone.localtime(moment), timezone.localtime(now)
    if local.date() == today.date():
        return date_format(local, "H:i")
    return date_format(local, "m-d H:i" if local.year == today.year else "Y-m-d H:i")


def absolute(moment: datetime) -> str:
    """The full time with its zone, for the hover and for print."""
    local = timezone.localtime(moment)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()} (UTC{local:%z})"


def _days(count: int) -> str:
    return ngettext("%(count)d d", "%(count)d d", count) % {"count": count}


def _hours(count: int) -> str:
    return ngettext("%(count)d h", "%(count)d h", count) % {"count": count}


def _minutes(count: int) -> str:
    return ngettext("%(count)d min", "%(count)d min", count) % {"count": count}
