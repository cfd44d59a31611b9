"""What of the catalogue stands in the calendar: content to be refreshed, products to be listed."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from catalog.models import Listing, ListingPlanLine, RefreshClock
from stores.models import Shop
from stores.registries import CALENDAR, CalendarEntry, CalendarProvider

_LIMIT = 400
REFRESH, PLAN = "catalog.refresh", "catalog.plan"


def refreshes(user: Any, start: datetime, end: datetime) -> list[CalendarEntry]:
    """Refresh clocks that are due in the time, the earliest first (index refresh_by_due)."""
    clocks = RefreshClock.objects.filter(is_running=True, due_at__gte=start, due_at__lt=end)
    clocks = clocks.filter(listing__in=Listing.objects.visible_to(user)).select_related(
        "listing__shop", "listing__product"
    )
    now = timezone.now()
    return [
        CalendarEntry(
            clock.due_at,
            str(clock.listing),
            _address("catalog:listing", clock.listing_id),
            REFRESH,
            tone="bad" if clock.due_at < now else "warn",
            note=_now("refresh: %(group)s") % {"group": clock.get_group_display()},
        )
        for clock in clocks.order_by("due_at", "pk")[:_LIMIT]
    ]


def plan_lines(user: Any, start: datetime, end: datetime) -> list[CalendarEntry]:
    """Lines of listing plans, on their day."""
    first, last = timezone.localdate(start), timezone.localdate(end)
    lines = ListingPlanLine.objects.filter(planned_on__gte=first, planned_on__lte=last)
    if not user.has_perm("stores.see_all_shops"):
        lines = lines.filter(shop__in=Shop.objects.visible_to(user))
    lines = lines.select_related("product", "shop").order_by("planned_on", "pk")[:_LIMIT]
    entries = []
    for line in lines:
        at = timezone.make_aware(datetime.combine(line.planned_on, time()))
        if start <= at < end:
            late = line.done_at is None and line.planned_on < timezone.localdate()
            entries.append(
                CalendarEntry(
                    at,
                    f"{line.product} · {line.shop}",
                    _address("catalog:plan", line.plan_id),
                    PLAN,
                    tone="good" if line.done_at else "bad" if late else "info",
                    note=_now("listed") if line.done_at else _now("to be listed"),
                )
            )
    return entries


def _address(name: str, pk: int) -> str:
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""


CALENDAR.register(
    REFRESH, CalendarProvider(_("Content refresh"), "refresh", refreshes, "catalog.view_listing", order=30)
)
CALENDAR.register(
    PLAN, CalendarProvider(_("Listing plans"), "list-check", plan_lines, "catalog.view_listing", order=40)
)
