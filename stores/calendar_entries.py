"""What of the shops stands in the calendar: publications at a set time, slots of promotion zones, ends of pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.models import ChangeRequest
from approvals.states import RequestState
from stores.models import Page, Shop
from stores.registries import CALENDAR, CalendarEntry, CalendarProvider
from stores.selectors.zones import bookings_between
from stores.states import BookingState

_LIMIT = 400
PUBLICATION, ZONE, END = "stores.publication", "stores.zone", "stores.page_end"


def publications(user: Any, start: datetime, end: datetime) -> list[CalendarEntry]:
    """Requests with a set time of publication: approved ones, and in grey those that are still in review."""
    requests = ChangeRequest.objects.visible_to(user).filter(
        state__in=(RequestState.IN_REVIEW, RequestState.APPROVED), publish_at__gte=start, publish_at__lt=end
    )
    return [
        CalendarEntry(
            request.publish_at,
            request.subject_label,
            request.get_absolute_url(),
            PUBLICATION,
            tone="info" if request.state == RequestState.APPROVED else "muted",
            note=str(request.get_state_display()),
        )
        for request in requests.order_by("publish_at", "pk")[:_LIMIT]
        if request.publish_at is not None
    ]


def zone_slots(user: Any, start: datetime, end: datetime) -> list[CalendarEntry]:
    """Booked slots of promotion zones."""
    bookings = bookings_between(start, end)
    if not user.has_perm("stores.see_all_shops"):
        bookings = bookings.filter(zone__shop__in=Shop.objects.visible_to(user))
    tones = {BookingState.SHOWN: "good", BookingState.OVER: "muted"}
    return [
        CalendarEntry(
            booking.starts_at,
            booking.page.name,
            booking.zone.get_absolute_url(),
            ZONE,
            ends_at=booking.ends_at,
            tone=tones.get(BookingState(booking.state), "info"),
            note=f"{booking.zone.name} · {booking.zone.shop}",
        )
        for booking in bookings[:_LIMIT]
    ]


def page_ends(user: Any, start: datetime, end: datetime) -> list[CalendarEntry]:
    """Live pages that are taken down by themselves."""
    pages = Page.objects.visible_to(user).filter(ends_at__gte=start, ends_at__lt=end, live__snapshot__isnull=False)
    return [
        CalendarEntry(page.ends_at, page.name, page.get_absolute_url(), END, tone="warn", note=str(page.shop))
        for page in pages.select_related("shop").order_by("ends_at", "pk")[:_LIMIT]
        if page.ends_at is not None
    ]


CALENDAR.register(
    PUBLICATION, CalendarProvider(_("Publications"), "send", publications, "stores.view_calendar", order=0)
)
CALENDAR.register(ZONE, CalendarProvider(_("Promotion zones"), "replace", zone_slots, "stores.view_page", order=10))
CALENDAR.register(END, CalendarProvider(_("Pages that end"), "calendar-x", page_ends, "stores.view_page", order=20))
