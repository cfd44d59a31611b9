"""Moving parcels by couriers' reports."""

from datetime import timedelta

import pytest

from approvals.models import TrailEntry
from config.kit.errors import InvalidInput
from orders.formats.tracking import TrackedEvent, TrackingReport
from orders.models import Order, Parcel, TrackingEvent
from orders.services import apply_tracking_report
from orders.states import ParcelState
from tests.factories.bench import handed_over, packed, ready_order, stocked, wave_of

pytestmark = pytest.mark.django_db
WAYBILL = "73123456789012"


@pytest.fixture
def parcel(now):
    order = ready_order([(stocked("TEA"), 1)], now=now)
    wave_of([order], now=now)
    return packed(order, WAYBILL, now=now)


@pytest.fixture
def on_the_road(parcel, now):
    handed_over([parcel], now=now)
    return parcel


def event(now, hours, state, text="…"):
    return TrackedEvent(now + timedelta(hours=hours), ParcelState(state), text)


def apply(actor, now, *events, waybill=WAYBILL):
    report = TrackingReport(waybill, tuple(events))
    return apply_tracking_report(report=report, source="kuaidi100", actor=actor, now=now + timedelta(days=3))


def state():
    return Parcel.objects.get().state


def test_a_report_moves_the_parcel_to_its_latest_line(on_the_road, actor, now):
    tracked = apply(actor, now, event(now, 1, "collected", "已揽收"), event(now, 5, "in_transit", "到达杭州"))

    on_the_road.refresh_from_db()
    assert (tracked.new_events, tracked.moved) == (2, True)
    assert (on_the_road.state, on_the_road.state_at) == ("in_transit", now + timedelta(hours=5))
    entry = TrailEntry.objects.about("orders.order", on_the_road.order_id).last()
    assert (entry.action, entry.reason, entry.changes["parcel"]) == (
        "orders.parcel_moved",
        "到达杭州",
        ["handed_over", "in_transit"],
    )


def test_the_same_report_again_changes_nothing(on_the_road, actor, now):
    apply(actor, now, event(now, 1, "collected"))
    trail = TrailEntry.objects.count()

    tracked = apply(actor, now, event(now, 1, "collected"))

    assert (tracked.new_events, tracked.moved) == (0, False)
    assert (TrackingEvent.objects.count(), TrailEntry.objects.count(), state()) == (1, trail, "collected")


def test_a_late_report_adds_its_line_and_never_moves_the_parcel_back(on_the_road, actor, now):
    apply(actor, now, event(now, 9, "out_for_delivery"))

    tracked = apply(actor, now, event(now, 5, "in_transit"))

    assert (tracked.new_events, tracked.moved, state()) == (1, False, "out_for_delivery")


def test_a_late_line_of_the_same_rank_does_not_hide_a_problem(on_the_road, actor, now):
    apply(actor, now, event(now, 9, "problem"))

    assert (apply(actor, now, event(now, 8, "in_transit")).moved, state()) == (False, "problem")
    assert (apply(actor, now, event(now, 10, "in_transit")).moved, state()) == (True, "in_transit")


def test_a_problem_shows_after_a_delivery_attempt_and_the_parcel_goes_on_from_it(on_the_road, actor, now):
    seen = []
    for hours, name in enumerate(["out_for_delivery", "problem", "out_for_delivery", "signed"], start=1):
        apply(actor, now, event(now, hours, name))
        seen.append(state())

    assert seen == ["out_for_delivery", "problem", "out_for_delivery", "signed"]


def test_a_signed_parcel_delivers_its_order(on_the_road, actor, now):
    apply(actor, now, event(now, 30, "signed", "本人签收"))

    order = Order.objects.get()
    parcel = Parcel.objects.get()
    assert (parcel.state, parcel.delivered_at) == ("signed", now + timedelta(hours=30))
    assert (order.status, order.status_at) == ("delivered", now + timedelta(hours=30))
    assert TrailEntry.objects.about("orders.order", order.pk).last().action == "orders.delivered"


def test_what_is_over_stays_over_whatever_courtesies_follow(on_the_road, actor, now):
    apply(actor, now, event(now, 30, "signed"), event(now, 31, "in_transit", "感谢使用"))

    assert (state(), Order.objects.get().status) == ("signed", "delivered")


def test_a_returned_parcel_delivers_nothing(on_the_road, actor, now):
    apply(actor, now, event(now, 30, "returning"), event(now, 50, "returned"))

    assert (state(), Order.objects.get().status) == ("returned", "shipped")


def test_lines_before_the_hand_over_wait_for_it(parcel, actor, now):
    early = apply(actor, now, event(now, 1, "collected"))
    assert (early.new_events, early.moved, state()) == (1, False, "packed")

    handed_over([parcel], now=now)

    assert (apply(actor, now, event(now, 1, "collected")).moved, state()) == (True, "collected")


def test_a_waybill_is_found_whatever_its_case_and_blanks(now, actor):
    order = ready_order([(stocked("TEA"), 1)], now=now)
    wave_of([order], now=now)
    handed_over([packed(order, "SF1234567890123", now=now, courier="sf")], now=now)

    assert apply(actor, now, event(now, 1, "collected"), waybill="sf 1234567890123").moved


@pytest.mark.parametrize("waybill", ["999", ""])
def test_an_unknown_waybill_is_refused(parcel, actor, now, waybill):
    with pytest.raises(InvalidInput):
        apply(actor, now, event(now, 1, "collected"), waybill=waybill)

    assert (TrackingEvent.objects.count(), state()) == (0, "packed")
