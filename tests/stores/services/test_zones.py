"""Promotion zones: booked without conflict, swapped at the minute, back by themselves (STORE-12)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from approvals.models import TrailEntry
from config.kit.actor import Actor
from stores import services
from stores.errors import (
    BookingHasEnded,
    NotAZonePage,
    PageIsNotLive,
    ReasonMissing,
    SlotIsWrong,
    SlotTaken,
    ZoneCodeTaken,
)
from stores.models import ZoneBooking
from stores.selectors.storefront import shown_page
from stores.selectors.zones import shown_in
from stores.states import BookingState, PageKind
from tests.factories.pages import a_page, a_zone, live_page, staff, zone_page
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
HOUR = timedelta(hours=1)


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def fallback(shop, now):
    return zone_page(shop, "always", now=now)


@pytest.fixture
def zone(shop, fallback, now):
    return a_zone(shop, now=now, fallback=fallback)


def book(zone, page, starts_at, ends_at, now, actor=None):
    return services.book_zone(
        zone_id=zone.pk,
        page_id=page.pk,
        starts_at=starts_at,
        ends_at=ends_at,
        reason="spring",
        actor=actor or staff("MKTG"),
        now=now,
    )


def name_at(zone, at):
    page = shown_in([zone], at)[zone.pk]
    return page.slug if page else None


def swaps(zone):
    entries = TrailEntry.objects.filter(subject_type="stores.zone", subject_id=zone.pk, action__contains="swapped")
    return [(entry.action, entry.changes["page"][1]) for entry in entries.order_by("pk")]


def test_a_slot_is_shown_from_its_minute_to_its_end_and_then_the_fallback(zone, now):
    sale = zone_page(zone.shop, "sale", now=now)
    book(zone, sale, now + HOUR, now + 2 * HOUR, now)
    moments = [
        now,
        now + HOUR - timedelta(seconds=1),
        now + HOUR,
        now + 2 * HOUR - timedelta(seconds=1),
        now + 2 * HOUR,
    ]
    assert [name_at(zone, at) for at in moments] == ["always", "always", "sale", "sale", "always"]


def test_shoppers_see_the_swap_inside_the_page_even_when_nothing_is_swept(zone, now):
    module = {"key": "zone", "kind": "zone", "region": "main", "data": {"zone": zone.code}}
    page = live_page(zone.shop, now=now, slug="front", modules=[module])
    book(zone, zone_page(zone.shop, "sale", now=now), now + HOUR, now + 2 * HOUR, now)

    def inside(at):
        shown = shown_page(page.shop.code, page.slug, at)
        return [
            inner.data["title"]
            for region in shown.regions
            for one in region.modules
            for r in one.zone
            for inner in r.modules
        ]

    assert [inside(now), inside(now + HOUR), inside(now + 2 * HOUR)] == [["Always"], ["Sale"], ["Always"]]


def test_two_pages_for_the_same_slot_and_time_are_refused_by_name(zone, now):
    first, second = zone_page(zone.shop, "sale", now=now), zone_page(zone.shop, "tea", now=now)
    planner = staff("MKTG")
    book(zone, first, now + HOUR, now + 3 * HOUR, now, planner)
    for start, end in ((1, 3), (0, 2), (2, 4), (1.5, 2), (0, 9)):
        with pytest.raises(SlotTaken) as refusal:
            book(zone, second, now + start * HOUR, now + end * HOUR, now)
        assert planner.label in str(refusal.value) and "“Sale”" in str(refusal.value)
    assert ZoneBooking.objects.count() == 1
    book(zone, second, now, now + HOUR, now)
    book(zone, second, now + 3 * HOUR, now + 4 * HOUR, now)
    other = a_zone(zone.shop, now=now, code="other")
    book(other, second, now + HOUR, now + 3 * HOUR, now)
    assert ZoneBooking.objects.count() == 4


def test_the_database_refuses_what_no_service_saw(zone, now):
    sale = zone_page(zone.shop, "sale", now=now)
    book(zone, sale, now + HOUR, now + 3 * HOUR, now)
    with pytest.raises(IntegrityError, match="one_page_per_slot_and_time"), transaction.atomic():
        ZoneBooking.objects.create(
            zone=zone, page=sale, starts_at=now + 2 * HOUR, ends_at=now + 4 * HOUR, next_at=now, created_at=now
        )
    assert ZoneBooking.objects.count() == 1


def test_only_live_pages_of_the_shops_library_are_booked(zone, now):
    draft = a_page(zone.shop, now=now, kind=PageKind.ZONE, slug="draft")
    normal = live_page(zone.shop, now=now, slug="normal")
    stranger = zone_page(ShopFactory(), "strange", now=now)
    for page, refusal in ((draft, PageIsNotLive), (normal, NotAZonePage), (stranger, NotAZonePage)):
        with pytest.raises(refusal):
            book(zone, page, now + HOUR, now + 2 * HOUR, now)
    ending = zone_page(zone.shop, "ending", now=now, ends_at=now + 2 * HOUR)
    wrong = [(2 * HOUR, HOUR), (-HOUR, HOUR), (HOUR, 3 * HOUR)]
    for start, end in wrong:
        with pytest.raises(SlotIsWrong):
            book(zone, ending, now + start, now + end, now)
    with pytest.raises(ZoneCodeTaken):
        a_zone(zone.shop, now=now)
    assert not ZoneBooking.objects.exists()


def test_the_sweep_swaps_in_and_back_once_each_with_a_trail_row(zone, fallback, now):
    sale = zone_page(zone.shop, "sale", now=now)
    booking = book(zone, sale, now + HOUR, now + 2 * HOUR, now)
    assert services.swap_zones(now=now + HOUR - timedelta(seconds=1), actor=SYSTEM).handled == 0
    for _twice in range(2):
        services.swap_zones(now=now + HOUR, actor=SYSTEM)
    zone.refresh_from_db()
    booking.refresh_from_db()
    assert (zone.shown_id, booking.state, booking.shown_at) == (sale.pk, BookingState.SHOWN, now + HOUR)
    for _twice in range(2):
        services.swap_zones(now=now + 2 * HOUR, actor=SYSTEM)
    zone.refresh_from_db()
    booking.refresh_from_db()
    assert (zone.shown_id, booking.state, booking.next_at) == (fallback.pk, BookingState.OVER, None)
    assert swaps(zone) == [("stores.zone_swapped_in", "Sale"), ("stores.zone_swapped_out", "Sale")]


def test_a_beat_that_stood_still_for_three_hours_catches_up(zone, now):
    sale, tea = zone_page(zone.shop, "sale", now=now), zone_page(zone.shop, "tea", now=now)
    # The later slot has the lower key: the order of time counts, not that of keys.
    second = book(zone, tea, now + 2 * HOUR, now + 4 * HOUR, now)
    first = book(zone, sale, now + HOUR, now + 2 * HOUR, now)
    late = now + 3 * HOUR
    assert name_at(zone, late) == "tea"
    services.swap_zones(now=late, actor=SYSTEM)
    services.swap_zones(now=late, actor=SYSTEM)
    first.refresh_from_db()
    second.refresh_from_db()
    zone.refresh_from_db()
    assert (first.state, second.state, zone.shown_id) == (BookingState.OVER, BookingState.SHOWN, tea.pk)
    assert sorted(swaps(zone)) == sorted(
        [("stores.zone_swapped_in", "Sale"), ("stores.zone_swapped_out", "Sale"), ("stores.zone_swapped_in", "Tea")]
    )


def test_moving_and_cancelling(zone, fallback, now):
    sale, tea = zone_page(zone.shop, "sale", now=now), zone_page(zone.shop, "tea", now=now)
    booking = book(zone, sale, now + HOUR, now + 2 * HOUR, now)
    book(zone, tea, now + 4 * HOUR, now + 5 * HOUR, now)

    def move(start, end, at=now, reason="later"):
        return services.move_booking(
            booking_id=booking.pk, starts_at=now + start, ends_at=now + end, reason=reason, actor=SYSTEM, now=at
        )

    for call, refusal in (
        (lambda: move(HOUR, 2 * HOUR, reason=""), ReasonMissing),
        (lambda: move(3 * HOUR, 5 * HOUR), SlotTaken),
        (lambda: move(-HOUR, HOUR), SlotIsWrong),
    ):
        with pytest.raises(refusal):
            call()
    booking.refresh_from_db()
    assert (booking.starts_at, booking.ends_at) == (now + HOUR, now + 2 * HOUR)
    move(2 * HOUR, 3 * HOUR)
    assert [name_at(zone, now + hours * HOUR) for hours in (1, 2)] == ["always", "sale"]
    services.swap_zones(now=now + 2 * HOUR, actor=SYSTEM)
    moved = move(0 * HOUR, 4 * HOUR, at=now + 2 * HOUR)  # shown: only the end moves
    assert (moved.starts_at, moved.next_at) == (now + 2 * HOUR, now + 4 * HOUR)
    at = now + 3 * HOUR
    with pytest.raises(ReasonMissing):
        services.cancel_booking(booking_id=booking.pk, reason=" ", actor=SYSTEM, now=at)
    services.cancel_booking(booking_id=booking.pk, reason="sold out", actor=SYSTEM, now=at)
    zone.refresh_from_db()
    assert (zone.shown_id, name_at(zone, at)) == (fallback.pk, "always")
    with pytest.raises(BookingHasEnded):
        services.cancel_booking(booking_id=booking.pk, reason="again", actor=SYSTEM, now=at)
    with pytest.raises(BookingHasEnded):
        move(4 * HOUR, 5 * HOUR, at=at)


def test_a_page_that_is_taken_down_gives_way_to_the_fallback_at_once(zone, fallback, now):
    sale = zone_page(zone.shop, "sale", now=now)
    book(zone, sale, now, now + 2 * HOUR, now)
    services.swap_zones(now=now, actor=SYSTEM)
    services.take_down_page(page_id=sale.pk, reason="wrong price", actor=SYSTEM, now=now + HOUR)
    zone.refresh_from_db()
    assert (zone.shown_id, name_at(zone, now + HOUR)) == (fallback.pk, "always")
    assert TrailEntry.objects.filter(action="stores.zone_shows", subject_id=zone.pk).count() == 1
