"""Picking, and what happens when something is not there."""

from datetime import timedelta

import pytest

from approvals.models import TrailEntry
from inventory.models import Reservation, StockLevel, StockMovement
from orders.errors import WaveRefused
from orders.models import Order
from orders.services import pick, short_pick
from orders.services.waves import PutBack
from tests.factories.bench import ready_order, stocked, wave_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea():
    return stocked("TEA", 10, bin_code="A-1")


@pytest.fixture
def cup():
    return stocked("CUP", 10, bin_code="A-2")


def test_pick_of_the_last_line_starts_packing(tea, cup, now, staff):
    wave = wave_of([ready_order([(tea, 2), (cup, 1)], now=now)], now=now)
    first, second = wave.pick_lines.order_by("walk_order")

    pick(wave_id=wave.pk, pick_line_id=first.pk, quantity=2, actor=staff, now=now)
    wave.refresh_from_db()
    assert (wave.state, wave.picked_at) == ("picking", None)

    line = pick(wave_id=wave.pk, pick_line_id=second.pk, quantity=1, actor=staff, now=now)
    wave.refresh_from_db()
    assert (line.picked, line.open_quantity, wave.state, wave.picked_at) == (1, 0, "packing", now)
    assert TrailEntry.objects.about("orders.wave", wave.pk).last().action == "orders.wave_picked"


@pytest.mark.parametrize("quantity", [0, -1, 3])
def test_pick_refuses_a_quantity_that_the_list_does_not_ask_for(tea, now, actor, quantity):
    wave = wave_of([ready_order([(tea, 2)], now=now)], now=now)
    line = wave.pick_lines.get()

    with pytest.raises(WaveRefused):
        pick(wave_id=wave.pk, pick_line_id=line.pk, quantity=quantity, actor=actor, now=now)

    line.refresh_from_db()
    assert line.picked == 0


def test_pick_refuses_a_wave_that_is_picked(tea, now, actor):
    wave = wave_of([ready_order([(tea, 2)], now=now)], now=now)
    line = wave.pick_lines.get()
    pick(wave_id=wave.pk, pick_line_id=line.pk, quantity=2, actor=actor, now=now)

    with pytest.raises(WaveRefused):
        pick(wave_id=wave.pk, pick_line_id=line.pk, quantity=1, actor=actor, now=now)

    line.refresh_from_db()
    assert line.picked == 2


def test_short_pick_holds_the_least_urgent_order_and_gives_its_stock_back(tea, cup, now, staff):
    urgent = ready_order([(tea, 2)], now=now, ship_by=now + timedelta(hours=1))
    patient = ready_order([(tea, 1), (cup, 1)], now=now, ship_by=now + timedelta(hours=8))
    wave = wave_of([urgent, patient], now=now)
    line = wave.pick_lines.get(level__variant=tea)

    outcome = short_pick(wave_id=wave.pk, pick_line_id=line.pk, quantity=1, reason="shelf empty", actor=staff, now=now)

    assert ([order.pk for order in outcome.orders], outcome.put_back) == ([patient.pk], [])
    patient.refresh_from_db()
    urgent.refresh_from_db()
    assert (patient.status, patient.stock_status, patient.wave_id, patient.open_holds) == ("held", "short", None, 2)
    assert sorted(patient.holds.values_list("kind", "reason")) == [
        ("short_pick", "1 × TEA not found at A-1: shelf empty"),
        ("stock", "1 × TEA not found at A-1: shelf empty"),
    ]
    assert (urgent.status, urgent.wave_id) == ("picking", wave.pk)
    line.refresh_from_db()
    assert (line.quantity, line.picked, line.short, line.open_quantity) == (3, 0, 1, 2)
    assert not wave.pick_lines.filter(level__variant=cup).exists()
    level = StockLevel.objects.get(variant=tea)
    assert (level.on_hand, level.reserved) == (10, 2)
    assert StockLevel.objects.get(variant=cup).reserved == 0
    assert TrailEntry.objects.about("orders.order", patient.pk).filter(action="orders.short_picked").count() == 1


def test_short_pick_can_book_the_missing_pieces_off(tea, now, staff):
    wave = wave_of([ready_order([(tea, 3)], now=now)], now=now)
    line = wave.pick_lines.get()

    short_pick(
        wave_id=wave.pk,
        pick_line_id=line.pk,
        quantity=2,
        reason="broken",
        actor=staff,
        now=now,
        corrects_stock=True,
    )

    level = StockLevel.objects.get(variant=tea)
    assert (level.on_hand, level.reserved) == (8, 0)
    assert StockMovement.objects.filter(kind="correction").get().reason == f"{wave.number}: broken"


def test_short_pick_names_the_pieces_that_go_back(tea, now, actor):
    order = ready_order([(tea, 3)], now=now)
    wave = wave_of([order], now=now)
    line = wave.pick_lines.get()
    pick(wave_id=wave.pk, pick_line_id=line.pk, quantity=2, actor=actor, now=now)

    outcome = short_pick(wave_id=wave.pk, pick_line_id=line.pk, quantity=1, reason="empty", actor=actor, now=now)

    assert outcome.put_back == [PutBack(line.level_id, "TEA", "A-1", 2)]
    wave.refresh_from_db()
    assert wave.state == "finished"


def test_short_pick_takes_as_many_orders_as_the_missing_pieces_need(tea, now, actor):
    orders = [ready_order([(tea, 1)], now=now, ship_by=now + timedelta(hours=hours)) for hours in (1, 2, 3)]
    wave = wave_of(orders, now=now)
    line = wave.pick_lines.get()
    pick(wave_id=wave.pk, pick_line_id=line.pk, quantity=1, actor=actor, now=now)

    short_pick(wave_id=wave.pk, pick_line_id=line.pk, quantity=2, reason="empty", actor=actor, now=now)

    assert list(Order.objects.order_by("pk").values_list("status", flat=True)) == ["picking", "held", "held"]
    wave.refresh_from_db()
    assert wave.state == "packing"


@pytest.mark.parametrize(("quantity", "reason"), [(3, "empty"), (0, "empty"), (1, "  ")])
def test_short_pick_refuses_and_changes_nothing(tea, now, actor, quantity, reason):
    order = ready_order([(tea, 2)], now=now)
    wave = wave_of([order], now=now)
    line = wave.pick_lines.get()

    with pytest.raises(WaveRefused):
        short_pick(wave_id=wave.pk, pick_line_id=line.pk, quantity=quantity, reason=reason, actor=actor, now=now)

    order.refresh_from_db()
    line.refresh_from_db()
    assert (order.status, order.open_holds, line.short, line.quantity) == ("picking", 0, 0, 2)
    assert Reservation.objects.get().state == "held"
