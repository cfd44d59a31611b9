"""The calendar of everything scheduled: month, week, and on a phone a list of days."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date

from config.kit.web import page, require
from stores.selectors.calendar import days_between, providers_for, week_of, weeks_of_month

_FIRST, _LAST = date(2020, 1, 1), date(2100, 1, 1)


@require("stores.view_calendar")
def calendar(request: HttpRequest) -> HttpResponse:
    """`?view=week&day=2026-11-20&kind=stores.zone`; without them this month with everything."""
    view = "week" if request.GET.get("view") == "week" else "month"
    day = _day(request.GET.get("day", ""))
    providers = providers_for(request.user)
    kinds = [key for key in request.GET.getlist("kind") if key in dict(providers)]
    start, end = week_of(day) if view == "week" else weeks_of_month(day)
    days = days_between(request.user, start, end, kinds=kinds, month=day.month if view == "month" else None)
    first = day.replace(day=1)
    before, after = (
        (day - timedelta(days=7), day + timedelta(days=7))
        if view == "week"
        else ((first - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1))
    )
    context = {
        "view": view,
        "day": day,
        "today": timezone.localdate(),
        "days": days,
        "agenda": [one for one in days if one.entries and one.is_in_month],
        "weeks": [days[number : number + 7] for number in range(0, len(days), 7)],
        "providers": [(key, provider, not kinds or key in kinds) for key, provider in providers],
        "icons": {key: provider.icon for key, provider in providers},
        "kinds": kinds,
        "before": before,
        "after": after,
        "last": end - timedelta(days=1),
        "start": start,
    }
    return page(request, "stores/pages/calendar.html", context)


def _day(words: str) -> date:
    try:
        day = parse_date(words)
    except ValueError:
        day = None
    return day if day is not None and _FIRST <= day < _LAST else timezone.localdate()
