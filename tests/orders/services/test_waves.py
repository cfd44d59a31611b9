"""Building waves, and leaving them."""

from datetime import timedelta

import pytest

from approvals.models import TrailEntry
from inventory.models import Reservation, StockLevel
from orders.errors import WaveRefused
from orders.models import Order, Parcel, ParcelLine, PickLine, Wave
from orders.services import WaveRule, build_wave, hold_order, leave_wave, pick, scan_unit
from orders.services.waves import PutBack, walk_key
from orders.states import HoldKind
from tests.factories.bench import ready_order, stocked, wave_of
from tests.factories.inventory import LocationFactory
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea():
    return stocked("TEA", bin_code="B-02")


@pytest.fixture
def cup():
    return stocked("CUP", bin_code="A-10")


@pytest.fixture
def pot():
    return stocked("POT", bin_code="A-2")


def rule(**facts):
    return WaveRule(location_id=LocationFactory().pk, **facts)


def test_build_wave_sums_each_bin_and_sorts_the_walk(tea, cup, pot, now, staff):
    first = ready_order([(tea, 2), (cup, 1)], now=now)
    second = ready_order([(tea, 3), (pot, 1)], now=now)

    wave = build_wave(rule=rule(), actor=staff, now=now)

    lines = (
        PickLine.objects.filter(wave=wave).order_by("walk_order").values_list("level__bin_code", "quantity", "picked")
    )
    assert list(lines) == [("A-2", 1, 0), ("A-10", 1, 0), ("B-02", 5, 0)]
    assert set(Order.objects.values_list("pk", "status", "wave")) == {
        (first.pk, "picking", wave.pk),
        (second.pk, "picking", wave.pk),
    }
    assert wave.number == f"W260310{wave.pk:05d}"
    assert wave.created_by_id == staff.user_id
    parcels = Parcel.objects.order_by("order")
    assert [(p.order_id, p.state, p.note_number) for p in parcels] == [
        (order.pk, "packing", f"N260310{parcel.pk:06d}") for order, parcel in zip([first, second], parcels, strict=True)
    ]
    assert list(ParcelLine.objects.filter(parcel__order=second).order_by("pk").values_list("quantity", "scanned")) == [
        (3, 0),
        (1, 0),
    ]
    assert list(TrailEntry.objects.about("orders.order", first.pk).order_by("pk").values_list("action", flat=True)) == [
        "orders.taken",
        "orders.wave_joined",
    ]
    assert TrailEntry.objects.about("orders.wave", wave.pk).get().changes == {"orders": [None, 2]}


def test_build_wave_takes_the_most_urgent_first_up_to_its_limit(tea, now, actor):
    late = ready_order([(tea, 1)], now=now, ship_by=now + timedelta(hours=9))
    soon = ready_order([(tea, 1)], now=now, ship_by=now + timedelta(hours=1))

    wave = build_wave(rule=rule(limit=1), actor=actor, now=now)

    assert list(wave.orders.all()) == [soon]
    late.refresh_from_db()
    assert (late.status, late.wave_id) == ("ready", None)


@pytest.mark.parametrize(("single_item", "taken"), [(True, {"one"}), (False, {"two"}), (None, {"one", "two"})])
def test_build_wave_separates_orders_of_one_piece(tea, now, actor, single_item, taken):
    ready_order([(tea, 1)], now=now, external_id="one")
    ready_order([(tea, 2)], now=now, external_id="two")

    wave = build_wave(rule=rule(single_item=single_item), actor=actor, now=now)

    assert set(wave.orders.values_list("external_id", flat=True)) == taken


def test_build_wave_before_a_cut_off_leaves_later_orders(tea, now, actor):
    ready_order([(tea, 1)], now=now, external_id="later", ship_by=now + timedelta(hours=5))
    ready_order([(tea, 1)], now=now, external_id="sooner", ship_by=now + timedelta(hours=4))

    wave = build_wave(rule=rule(ship_by_before=now + timedelta(hours=5)), actor=actor, now=now)

    assert list(wave.orders.values_list("external_id", flat=True)) == ["sooner"]


def test_build_wave_takes_only_stock_of_its_location(tea, now, actor):
    branch = LocationFactory(code="branch", shop=ShopFactory(code="branch-shop"), serves_online=False)
    stocked("MUG", location=branch)
    other = ready_order([(tea, 1)], now=now)

    with pytest.raises(WaveRefused):
        build_wave(rule=WaveRule(location_id=branch.pk), actor=actor, now=now)

    other.refresh_from_db()
    assert (other.status, Wave.objects.count(), Parcel.objects.count()) == ("ready", 0, 0)


def test_build_wave_leaves_out_named_orders_that_are_not_ready(tea, now, actor):
    held, ready = ready_order([(tea, 1)], now=now), ready_order([(tea, 1)], now=now)
    hold_order(order_id=held.pk, kind=HoldKind.ADDRESS, reason="street?", actor=actor, now=now)

    wave = build_wave(rule=rule(order_ids=(held.pk, ready.pk)), actor=actor, now=now)

    assert list(wave.orders.all()) == [ready]


def test_build_wave_costs_the_same_for_one_and_for_many(tea, now, actor, django_assert_num_queries):
    ready_order([(tea, 1)], now=now)
    with django_assert_num_queries(17):
        build_wave(rule=rule(), actor=actor, now=now)
    for _ in range(3):
        ready_order([(tea, 1)], now=now)
    with django_assert_num_queries(17):
        build_wave(rule=rule(), actor=actor, now=now)


def test_leave_wave_makes_the_order_ready_and_shortens_the_list(tea, cup, now, actor):
    leaving, staying = ready_order([(tea, 2), (cup, 1)], now=now), ready_order([(tea, 1)], now=now)
    wave = wave_of([leaving, staying], now=now)

    put_back = leave_wave(order_id=leaving.pk, reason="customer called", actor=actor, now=now)

    leaving.refresh_from_db()
    assert (leaving.status, leaving.wave_id, leaving.stock_status, put_back) == ("ready", None, "reserved", [])
    assert list(wave.pick_lines.values_list("level__variant__sku", "quantity")) == [("TEA", 1)]
    assert StockLevel.objects.get(variant=tea).reserved == 3
    assert TrailEntry.objects.about("orders.order", leaving.pk).last().action == "orders.wave_left"


def test_leave_wave_names_what_was_picked_already(tea, now, actor):
    leaving, staying = ready_order([(tea, 2)], now=now), ready_order([(tea, 1)], now=now)
    wave = wave_of([leaving, staying], now=now)
    line = wave.pick_lines.get()
    pick(wave_id=wave.pk, pick_line_id=line.pk, quantity=2, actor=actor, now=now)

    put_back = leave_wave(order_id=leaving.pk, reason="", actor=actor, now=now)

    assert put_back == [PutBack(line.level_id, "TEA", "B-02", 1)]
    line.refresh_from_db()
    assert (line.quantity, line.picked) == (1, 1)


def test_leave_wave_of_a_held_order_leaves_it_held(tea, now, actor):
    order = ready_order([(tea, 1)], now=now)
    wave = wave_of([order], now=now)
    hold_order(order_id=order.pk, kind=HoldKind.ADDRESS, reason="street?", actor=actor, now=now)

    leave_wave(order_id=order.pk, reason="", actor=actor, now=now)

    order.refresh_from_db()
    wave.refresh_from_db()
    assert (order.status, order.wave_id, wave.state) == ("held", None, "finished")


def test_leave_wave_refuses_an_order_that_is_in_none(tea, now, actor):
    order = ready_order([(tea, 1)], now=now)

    with pytest.raises(WaveRefused):
        leave_wave(order_id=order.pk, reason="", actor=actor, now=now)

    order.refresh_from_db()
    assert order.status == "ready"
    assert Reservation.objects.get().state == "held"


def test_an_order_that_left_keeps_its_note_in_the_next_wave_and_is_scanned_anew(tea, now, actor):
    order, other = ready_order([(tea, 2)], now=now), ready_order([(tea, 1)], now=now)
    wave_of([order, other], now=now)
    parcel = Parcel.objects.get(order=order)
    scan_unit(parcel_id=parcel.pk, code="TEA", actor=actor, now=now)
    leave_wave(order_id=order.pk, reason="", actor=actor, now=now)

    wave_of([order], now=now)

    again = Parcel.objects.get(order=order)
    assert (again.pk, again.note_number) == (parcel.pk, parcel.note_number)
    assert list(again.lines.values_list("quantity", "scanned")) == [(2, 0)]


def test_walk_key_sorts_as_people_walk():
    bins = ["B-1", "", "A-10-2", "a-2-1", "A-2"]
    assert sorted(bins, key=walk_key) == ["A-2", "a-2-1", "A-10-2", "B-1", ""]
