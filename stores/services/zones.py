"""Promotion zones: made, booked, moved, swapped at the minute and back (STORE-12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.sweep import SweepResult, sweep
from stores.errors import (
    BookingHasEnded,
    NotAZonePage,
    PageIsNotLive,
    ReasonMissing,
    SlotIsWrong,
    SlotTaken,
    ZoneCodeTaken,
)
from stores.models import Page, Shop, Zone, ZoneBooking
from stores.policies.contents import ends_at_of, live_fields
from stores.policies.lines import is_blank, written_line
from stores.selectors.moments import shown_moment
from stores.selectors.zones import overlapping, shown_in, swaps_due
from stores.services._sweeps import leave_for_the_next_sweep
from stores.states import BOOKING_TRANSITIONS, BookingState, PageKind


@transaction.atomic
def create_zone(
    *, shop_id: int, code: str, name: str, actor: Actor, now: datetime, fallback_id: int | None = None
) -> Zone:
    """Make a promotion zone; pages place it by its code. Locks the shop. Raises ZoneCodeTaken, NotAZonePage, `written_line`'s."""
    shop = Shop.objects.select_for_update(of=("self",)).get(pk=shop_id)
    if Zone.objects.filter(shop=shop, code=code).exists():
        raise ZoneCodeTaken(shop=shop.name, code=code, field="code")
    name = written_line(name, field="name", limit=80)
    zone = Zone(shop=shop, code=code, name=name, fallback=_of_library(fallback_id, shop))
    zone.shown = zone.fallback if zone.fallback and live_fields(zone.fallback) else None
    zone.swapped_at = now
    zone.save(force_insert=True)
    _tell("stores.zone_created", zone, actor, now, changes={"name": [None, zone.name], "code": [None, code]})
    return zone


@transaction.atomic
def change_zone(*, zone_id: int, name: str, fallback_id: int | None, reason: str, actor: Actor, now: datetime) -> Zone:
    """Change a zone's name and what it shows while nothing is booked. Locks it. Raises ReasonMissing, NotAZonePage."""
    if is_blank(reason):
        raise ReasonMissing(field="reason")
    zone = _lock_zone(zone_id)
    before = {"name": zone.name, "fallback": str(zone.fallback or "")}
    zone.name = written_line(name, field="name", limit=80)
    zone.fallback = _of_library(fallback_id, zone.shop)
    zone.save(update_fields=["name", "fallback"])
    changes = approvals.changed(before, {"name": zone.name, "fallback": str(zone.fallback or "")})
    if changes:
        _tell("stores.zone_changed", zone, actor, now, reason=reason, changes=changes)
    _show([zone], actor, now)
    return zone


@transaction.atomic
def book_zone(
    *,
    zone_id: int,
    page_id: int,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    actor: Actor,
    now: datetime,
) -> ZoneBooking:
    """Book a slot for a live page of the shop's zone library.

    Locks the zone, so that a second booking sees the first; the exclusion constraint is the last judge. Raises SlotTaken
    naming the other booking, SlotIsWrong, NotAZonePage, PageIsNotLive. A slot that begins now is swapped in by the next sweep;
    shoppers see it at once.
    """
    zone = _lock_zone(zone_id)
    page = _bookable(page_id, zone)
    _require_time(starts_at, ends_at, page, now=now)
    _require_free(zone, starts_at, ends_at)
    booking = ZoneBooking(
        zone=zone,
        page=page,
        starts_at=starts_at,
        ends_at=ends_at,
        booked_by_id=actor.user_id,
        reason=written_line(reason, field="reason", limit=200, required=False),
        next_at=starts_at,
        created_at=now,
    )
    _save(booking, zone)
    changes = {
        "page": [None, page.name],
        "from": [None, shown_moment(starts_at)],
        "until": [None, shown_moment(ends_at)],
    }
    _tell("stores.zone_booked", zone, actor, now, reason=booking.reason, changes=changes)
    return booking


@transaction.atomic
def move_booking(
    *, booking_id: int, starts_at: datetime, ends_at: datetime, reason: str, actor: Actor, now: datetime
) -> ZoneBooking:
    """Give a slot other times. One that is shown keeps its beginning; only its end moves.

    Locks zone, then booking. Raises BookingHasEnded, SlotTaken, SlotIsWrong, ReasonMissing.
    """
    if is_blank(reason):
        raise ReasonMissing(field="reason")
    booking, zone = _lock_booking(booking_id)
    if booking.state == BookingState.SHOWN:
        starts_at = booking.starts_at
    _require_time(starts_at, ends_at, booking.page, now=None if booking.state == BookingState.SHOWN else now)
    if ends_at <= now:
        raise SlotIsWrong(problem=_("The end has passed. To end it now, cancel the slot."), field="ends_at")
    _require_free(zone, starts_at, ends_at, without=booking.pk)
    before = (booking.starts_at, booking.ends_at)
    booking.starts_at, booking.ends_at = starts_at, ends_at
    booking.next_at = ends_at if booking.state == BookingState.SHOWN else starts_at
    _save(booking, zone)
    changes = {
        "page": [booking.page.name, booking.page.name],
        "from": [shown_moment(before[0]), shown_moment(starts_at)],
        "until": [shown_moment(before[1]), shown_moment(ends_at)],
    }
    _tell("stores.zone_booking_moved", zone, actor, now, reason=reason, changes=changes)
    return booking


@transaction.atomic
def cancel_booking(*, booking_id: int, reason: str, actor: Actor, now: datetime) -> ZoneBooking:
    """Give a slot back; one that is shown ends at once and the fallback is there.

    Locks zone, then booking. Raises ReasonMissing, BookingHasEnded.
    """
    if is_blank(reason):
        raise ReasonMissing(field="reason")
    booking, zone = _lock_booking(booking_id)
    was_shown = booking.state == BookingState.SHOWN
    booking.state, booking.next_at = BookingState.CANCELLED, None
    booking.ended_at = now if was_shown else None
    booking.save(update_fields=["state", "next_at", "ended_at"])
    _tell(
        "stores.zone_booking_cancelled",
        zone,
        actor,
        now,
        reason=reason,
        changes={"page": [booking.page.name, None], "from": [shown_moment(booking.starts_at), None]},
    )
    _show([zone], actor, now)
    return booking


def swap_zones(*, now: datetime, actor: Actor) -> SweepResult:
    """Take every swap that is due, the earliest first: in at the beginning, back at the end, each with its trail row.

    What shoppers see is computed from the bookings; this keeps the evidence and `Zone.shown`. Swaps that were missed
    while nothing ran are each written down once, with the time when they were planned. Safe to run side by side.
    """
    result = sweep(
        lambda: Zone.objects.filter(pk__in=swaps_due(now).values("zone")).order_by("pk"),
        lambda zone: _swap(zone.pk, actor, now),
        postpone=leave_for_the_next_sweep,  # a swap keeps its time, which is what shoppers see
    )
    approvals.beat("zones", now=now, handled=result.handled, failed=result.failed)
    return result


@transaction.atomic
def refresh_zones(*, shop_id: int, actor: Actor, now: datetime) -> None:
    """Look anew at what a shop's zones show, after a page went live or was taken down. Locks them in key order."""
    zones = list(
        Zone.objects.select_for_update(of=("self",))
        .select_related("shop", "shown")
        .filter(shop_id=shop_id)
        .order_by("pk")
    )
    _show(zones, actor, now)


def _swap(zone_id: int, actor: Actor, now: datetime) -> None:
    """The earliest swap of a zone that is due; the sweep comes again for the next one."""
    zone = _lock_zone(zone_id)
    due = swaps_due(now).filter(zone=zone).select_for_update(of=("self",)).select_related("page")
    booking = due.first()
    if booking is None:
        return
    if booking.state == BookingState.PLANNED:
        action, planned = "stores.zone_swapped_in", booking.starts_at
        _move(booking, BookingState.SHOWN)
        booking.shown_at, booking.next_at = now, booking.ends_at
    else:
        action, planned = "stores.zone_swapped_out", booking.ends_at
        _move(booking, BookingState.OVER)
        booking.ended_at, booking.next_at = now, None
    booking.save(update_fields=["state", "shown_at", "ended_at", "next_at"])
    shown = shown_in([zone], now)[zone.pk]
    changes = {
        "page": [None, booking.page.name],
        "planned": [None, shown_moment(planned)],
        "shown": [str(zone.shown or "–"), str(shown or "–")],
    }
    if zone.shown_id != (shown.pk if shown else None):
        zone.shown, zone.swapped_at = shown, now
        zone.save(update_fields=["shown", "swapped_at"])
    _tell(action, zone, actor, now, changes=changes)


def _show(zones: list[Zone], actor: Actor, now: datetime) -> None:
    """Note what locked zones show now where it is something else than noted."""
    shown = shown_in(zones, now)
    for zone in zones:
        page = shown[zone.pk]
        if zone.shown_id == (page.pk if page else None):
            continue
        before = str(zone.shown or "–")
        zone.shown, zone.swapped_at = page, now
        zone.save(update_fields=["shown", "swapped_at"])
        _tell("stores.zone_shows", zone, actor, now, changes={"shown": [before, str(page or "–")]})


def _move(booking: ZoneBooking, target: BookingState) -> None:
    if target not in BOOKING_TRANSITIONS[booking.state]:
        raise BookingHasEnded(page=booking.page.name, state=booking.get_state_display())
    booking.state = target


def _lock_zone(zone_id: int) -> Zone:
    rows = Zone.objects.select_for_update(of=("self",)).select_related("shop", "fallback", "shown")
    return rows.get(pk=zone_id)


def _lock_booking(booking_id: int) -> tuple[ZoneBooking, Zone]:
    """An open booking with its zone, locked in the order of every writer: zone, booking. Raises BookingHasEnded."""
    zone = _lock_zone(ZoneBooking.objects.values_list("zone_id", flat=True).get(pk=booking_id))
    booking = (
        ZoneBooking.objects.select_for_update(of=("self",)).select_related("page__live__snapshot").get(pk=booking_id)
    )
    if booking.state not in (BookingState.PLANNED, BookingState.SHOWN):
        raise BookingHasEnded(page=booking.page.name, state=booking.get_state_display())
    return booking, zone


def _of_library(page_id: int | None, shop: Shop) -> Page | None:
    if page_id is None:
        return None
    page = Page.objects.select_related("live__snapshot").get(pk=page_id)
    if page.shop_id != shop.pk or page.kind != PageKind.ZONE:
        raise NotAZonePage(page=page.name, shop=shop.name, field="page")
    return page


def _bookable(page_id: int, zone: Zone) -> Page:
    page = _of_library(page_id, zone.shop)
    if page is None or live_fields(page) is None:
        raise PageIsNotLive(page=page.name if page else "–", field="page")
    return page


def _require_time(starts_at: datetime, ends_at: datetime, page: Page, *, now: datetime | None) -> None:
    if ends_at <= starts_at:
        raise SlotIsWrong(problem=_("The slot must end after it begins."), field="ends_at")
    # A minute of grace: forms give whole minutes.
    if now is not None and (now - starts_at).total_seconds() >= 60:
        raise SlotIsWrong(problem=_("The slot must not begin in the past."), field="starts_at")
    page_ends = ends_at_of(live_fields(page) or {})
    if page_ends is not None and ends_at > page_ends:
        raise SlotIsWrong(
            problem=_("The page itself ends at %(at)s.") % {"at": shown_moment(page_ends)}, field="ends_at"
        )


def _require_free(zone: Zone, starts_at: datetime, ends_at: datetime, *, without: int | None = None) -> None:
    other = overlapping(zone.pk, starts_at, ends_at, without=without).first()
    if other is not None:
        raise _taken(zone, other)


def _save(booking: ZoneBooking, zone: Zone) -> None:
    """Write it; what the exclusion constraint refuses becomes the same refusal that the check would have given."""
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError as error:
        if "one_page_per_slot_and_time" not in str(error):
            raise
        other = overlapping(zone.pk, booking.starts_at, booking.ends_at, without=booking.pk).first()
        if other is None:
            raise
        raise _taken(zone, other) from error


def _taken(zone: Zone, other: ZoneBooking) -> SlotTaken:
    return SlotTaken(
        field="starts_at",
        **{
            "zone": zone.name,
            "from": shown_moment(other.starts_at),
            "until": shown_moment(other.ends_at),
            "page": other.page.name,
            "person": str(other.booked_by or "–"),
        },
    )


def _tell(
    action: str, zone: Zone, actor: Actor, now: datetime, *, reason: str = "", changes: Mapping[str, Any] | None = None
) -> None:
    act = approvals.Act(action, "stores.zone", zone.pk, zone.shop_id, reason, dict(changes or {}))
    approvals.record_many([act], actor=actor, at=now)
