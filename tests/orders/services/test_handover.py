"""Giving parcels to a courier."""

from datetime import timedelta

import pytest

from approvals.models import Deadline, TrailEntry
from inventory.models import Reservation, StockLevel, StockMovement
from orders.errors import HandOverRefused
from orders.models import Courier, HandOver, Order, Parcel
from orders.services import bag_parcel, hand_over, hold_order, unbag_parcel, unpack_parcel
from orders.states import HoldKind
from tests.factories.bench import packed, ready_order, stocked, wave_of
from tests.factories.inventory import LocationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea():
    return stocked("TEA", 10)


@pytest.fixture
def orders(tea, now):
    orders = [ready_order([(tea, 1)], now=now), ready_order([(tea, 2)], now=now)]
    wave_of(orders, now=now)
    return orders


@pytest.fixture
def parcels(orders, now):
    return [packed(orders[0], "73123456789012", now=now), packed(orders[1], "SF1234567890123", now=now, courier="sf")]


def courier(code="zto"):
    return Courier.objects.get(code=code).pk


def give(parcels, actor, now, code="zto", **facts):
    facts = {"taken_by": "王师傅", "location_id": LocationFactory().pk} | facts
    ids = [parcel.pk for parcel in parcels]
    return hand_over(courier_id=courier(code), parcel_ids=ids, actor=actor, now=now, **facts)


def bag(code, actor, now):
    return bag_parcel(courier_id=courier(), location_id=LocationFactory().pk, code=code, actor=actor, now=now)


def test_hand_over_ships_the_order_takes_its_stock_and_meets_its_clock(tea, orders, parcels, staff, now):
    later = now + timedelta(hours=2)

    handover = give(parcels[:1], staff, later)

    shipped, waiting = Order.objects.order_by("pk")
    assert (shipped.status, shipped.status_at, shipped.stock_status) == ("shipped", later, "shipped")
    assert (waiting.status, waiting.stock_status) == ("packed", "reserved")
    parcel = Parcel.objects.get(order=shipped)
    assert (parcel.state, parcel.state_at, parcel.handover_id) == ("handed_over", later, handover.pk)
    assert (handover.parcel_count, handover.taken_by, handover.created_by_id) == (1, "王师傅", staff.user_id)
    level = StockLevel.objects.get(variant=tea)
    assert (level.on_hand, level.reserved) == (9, 2)
    assert StockMovement.objects.get(kind="ship").on_hand_delta == -1
    clocks = dict(Deadline.objects.filter(rule__code="order_ship").values_list("subject_id", "state"))
    assert clocks == {shipped.pk: "met", waiting.pk: "running"}
    assert TrailEntry.objects.about("orders.order", shipped.pk).filter(action="orders.handed_over").count() == 1


def test_hand_over_of_the_last_parcel_finishes_the_wave(orders, parcels, actor, now):
    wave = orders[0].wave or Order.objects.get(pk=orders[0].pk).wave
    give(parcels[:1], actor, now)
    wave.refresh_from_db()
    assert wave.state == "picking"

    give(parcels[1:], actor, now, code="sf")

    wave.refresh_from_db()
    assert (wave.state, wave.finished_at) == ("finished", now)


def test_hand_over_costs_the_same_for_one_and_for_three(tea, now, actor, django_assert_num_queries):
    orders = [ready_order([(tea, 1)], now=now) for _ in range(4)]
    wave_of(orders, now=now)
    parcels = [packed(order, f"7312345678901{index}", now=now) for index, order in enumerate(orders)]
    with django_assert_num_queries(25):
        give(parcels[:1], actor, now)
    with django_assert_num_queries(25):
        give(parcels[1:], actor, now)


def assert_nothing_left(tea):
    assert not HandOver.objects.exists()
    assert set(Parcel.objects.values_list("state", flat=True)) == {"packed"}
    assert set(Order.objects.values_list("status", flat=True)) == {"packed"}
    assert set(Reservation.objects.values_list("state", flat=True)) == {"held"}
    assert StockLevel.objects.get(variant=tea).on_hand == 10


def test_hand_over_refuses_all_when_one_goes_with_another_courier(tea, parcels, actor, now):
    with pytest.raises(HandOverRefused):
        give(parcels, actor, now)

    assert_nothing_left(tea)


def test_hand_over_refuses_a_parcel_whose_order_is_held(tea, orders, parcels, actor, now):
    hold_order(order_id=orders[0].pk, kind=HoldKind.CANCEL_REQUESTED, reason="buyer called", actor=actor, now=now)

    with pytest.raises(HandOverRefused):
        give(parcels[:1], actor, now)

    assert_nothing_left(tea)


@pytest.mark.parametrize("facts", [{"taken_by": " "}, {"location_id": 0}])
def test_hand_over_refuses_without_a_name_or_elsewhere(tea, parcels, actor, now, facts):
    with pytest.raises(HandOverRefused):
        give(parcels[:1], actor, now, **facts)

    assert_nothing_left(tea)


def test_hand_over_refuses_an_empty_bag_and_unknown_parcels(tea, parcels, actor, now):
    with pytest.raises(HandOverRefused):
        give([], actor, now)
    with pytest.raises(HandOverRefused):
        hand_over(
            courier_id=courier(),
            location_id=LocationFactory().pk,
            parcel_ids=[parcels[0].pk, 0],
            taken_by="王师傅",
            actor=actor,
            now=now,
        )

    assert_nothing_left(tea)


def test_hand_over_a_second_time_is_refused_and_takes_no_stock(tea, parcels, actor, now):
    give(parcels[:1], actor, now)

    with pytest.raises(HandOverRefused):
        give(parcels[:1], actor, now)

    assert StockLevel.objects.get(variant=tea).on_hand == 9
    assert HandOver.objects.count() == 1


@pytest.mark.parametrize("code", ["73123456789012", "note"])
def test_bag_parcel_takes_waybill_and_note(parcels, actor, now, code):
    bagged = bag(parcels[0].note_number.lower() if code == "note" else code, actor, now)

    assert (bagged.pk, bagged.bagged_at) == (parcels[0].pk, now)
    assert bag("73123456789012", actor, now + timedelta(hours=1)).bagged_at == now


@pytest.mark.parametrize("code", ["SF1234567890123", "999", ""])
def test_bag_parcel_refuses_other_couriers_and_unknown_numbers(parcels, actor, now, code):
    with pytest.raises(HandOverRefused):
        bag(code, actor, now)

    assert not Parcel.objects.filter(bagged_at__isnull=False).exists()


def test_unbag_and_unpack_take_the_parcel_out_of_the_bag(parcels, actor, now):
    bag("73123456789012", actor, now)
    assert unbag_parcel(parcel_id=parcels[0].pk, actor=actor, now=now).bagged_at is None

    bag("73123456789012", actor, now)
    unpack_parcel(parcel_id=parcels[0].pk, reason="wrong box", actor=actor, now=now)

    assert Parcel.objects.get(pk=parcels[0].pk).bagged_at is None


def test_unbag_refuses_what_the_courier_has(parcels, actor, now):
    give(parcels[:1], actor, now)

    with pytest.raises(HandOverRefused):
        unbag_parcel(parcel_id=parcels[0].pk, actor=actor, now=now)
