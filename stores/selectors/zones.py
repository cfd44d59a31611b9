"""Promotion zones: what is shown in them at a time, and what is booked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from stores.models import Page, Zone, ZoneBooking
from stores.policies.contents import is_shown
from stores.states import BookingState, PageKind

OPEN_BOOKINGS = (BookingState.PLANNED, BookingState.SHOWN)


def shown_in(zones: Iterable[Zone], at: datetime) -> dict[int, Page | None]:
    """The page that each zone shows at that time, by the zone's id: the booked one, else the fallback, else none.

    Computed from the bookings, never from `Zone.shown`, so it is right even while nothing is swept. A page that was taken
    down or has ended is not shown. Two queries at most.
    """
    wanted = list(zones)
    bookings = (
        ZoneBooking.objects.filter(zone__in=[zone.pk for zone in wanted], starts_at__lte=at, ends_at__gt=at)
        .exclude(state=BookingState.CANCELLED)
        .select_related("page__live__snapshot")
    )
    shown: dict[int, Page | None] = {booking.zone_id: booking.page for booking in bookings}
    shown = {zone: page for zone, page in shown.items() if page is not None and is_shown(page, at)}
    needs = {zone.fallback_id for zone in wanted if zone.pk not in shown and zone.fallback_id}
    fallbacks = Page.objects.select_related("live__snapshot").in_bulk(list(needs)) if needs else {}
    for zone in wanted:
        if zone.pk in shown:
            continue
        page = fallbacks.get(zone.fallback_id or 0)
        shown[zone.pk] = page if page is not None and is_shown(page, at) else None
    return shown


def library(shop_id: int) -> QuerySet[Page]:
    """The zone pages of a shop that are approved and live, by name: what may be booked."""
    return (
        Page.objects.filter(shop_id=shop_id, kind=PageKind.ZONE, live__snapshot__isnull=False)
        .select_related("live__snapshot", "shop")
        .order_by("name", "pk")
    )


def overlapping(
    zone_id: int, starts_at: datetime, ends_at: datetime, *, without: int | None = None
) -> QuerySet[ZoneBooking]:
    """Bookings of the zone that touch the time, the earliest first. Ends are exclusive."""
    found = ZoneBooking.objects.filter(zone_id=zone_id, starts_at__lt=ends_at, ends_at__gt=starts_at)
    return (
        found.exclude(state=BookingState.CANCELLED)
        .exclude(pk=without or 0)
        .select_related("page", "zone", "booked_by")
        .order_by("starts_at")
    )


def bookings_of(zone_id: int, *, since: datetime) -> QuerySet[ZoneBooking]:
    """Bookings that are not over before `since`, the earliest first; cancelled ones too, because they happened."""
    return (
        ZoneBooking.objects.filter(zone_id=zone_id, ends_at__gte=since)
        .select_related("page", "booked_by")
        .order_by("starts_at", "pk")
    )


def bookings_between(start: datetime, end: datetime) -> QuerySet[ZoneBooking]:
    """Bookings of every shop that touch the time, without cancelled ones."""
    return (
        ZoneBooking.objects.filter(starts_at__lt=end, ends_at__gt=start)
        .exclude(state=BookingState.CANCELLED)
        .select_related("zone__shop", "page")
        .order_by("starts_at", "pk")
    )


def swaps_due(now: datetime) -> QuerySet[ZoneBooking]:
    """Bookings whose next swap is due, the earliest first; answered by the index `booking_to_swap`."""
    return ZoneBooking.objects.filter(Q(state__in=OPEN_BOOKINGS), next_at__lte=now).order_by("next_at", "pk")


def swaps_waiting(now: datetime) -> tuple[int, datetime | None]:
    """How many swaps are due and since when the oldest."""
    due = list(swaps_due(now).values_list("next_at", flat=True)[:1000])
    return len(due), due[0] if due else None
