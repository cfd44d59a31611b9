"""Stock and meanings that come later: oldest promise first."""

from datetime import timedelta

import pytest

from approvals.models import Deadline, TrailEntry
from catalog.services import map_seller_code
from inventory.models import Reservation, StockLevel
from inventory.selectors import ledger_differences
from inventory.services import StockLine, receive_stock
from orders.models import Hold, Order
from orders.services import allocate_waiting, map_lines, take_orders
from orders.services import allocation as module
from tests.factories.bench import stocked
from tests.factories.stores import ShopFactory
from tests.support.orders import draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return ShopFactory(ship_within_minutes=120)


@pytest.fixture
def take(shop, now, actor):
    def one(external_id, lines, at=now, **changes):
        [taken] = take_orders(
            shop_id=shop.pk, channel="api", drafts=[draft(external_id, lines, **changes)], actor=actor, now=at
        )
        return Order.objects.get(pk=taken.order_id)

    return one


@pytest.fixture
def deliver(now, actor):
    """Book pieces in without the signal that would give them out at once."""

    def book(variant, quantity):
        level = StockLevel.objects.get(variant=variant)
        line = StockLine(variant.pk, level.location_id, quantity)
        receive_stock(lines=[line], reference="delivery", actor=actor, now=now)

    return book


def statuses():
    return dict(Order.objects.values_list("external_id", "status"))


def test_oldest_promise_is_served_first_whatever_came_in_first(take, deliver, now, actor):
    tea = stocked("TEA", 1)
    take("THIRD", [("TEA", 2)], at=now + timedelta(hours=2))
    take("FIRST", [("TEA", 2)], at=now)
    take("SECOND", [("TEA", 2)], at=now + timedelta(hours=1))
    deliver(tea, 3)

    assert allocate_waiting(actor=actor, now=now) == 2
    assert statuses() == {"FIRST": "ready", "SECOND": "ready", "THIRD": "held"}
    assert ledger_differences() == []


def test_order_that_is_too_large_does_not_stop_a_smaller_one_behind_it(take, deliver, now, actor):
    tea = stocked("TEA", 1)
    take("LARGE", [("TEA", 9)])
    take("SMALL", [("TEA", 2)], at=now + timedelta(hours=1))
    deliver(tea, 2)

    assert allocate_waiting(actor=actor, now=now) == 1
    assert statuses() == {"LARGE": "held", "SMALL": "ready"}
    assert Hold.objects.get(released_at=None).reason == "TEA: 9 asked for, 3 available"


def test_served_order_lifts_its_hold_and_ends_its_clock(take, deliver, now, actor):
    tea = stocked("TEA", 1)
    order = take("A-1", [("TEA", 2)])
    deliver(tea, 2)
    later = now + timedelta(minutes=5)
    allocate_waiting(actor=actor, now=later)

    order.refresh_from_db()
    assert (order.stock_status, order.open_holds, order.stock_checked_at) == ("reserved", 0, later)
    assert Hold.objects.values_list("released_at", "resolution").get() == (later, "Stock arrived and is reserved.")
    clocks = dict(Deadline.objects.values_list("rule__code", "state"))
    assert clocks == {"order_hold": "met", "order_ship": "running"}
    actions = TrailEntry.objects.about("orders.order", order.pk).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["orders.taken", "orders.stock_reserved", "orders.released"]


def test_order_with_another_hold_gets_its_stock_and_waits_on(take, deliver, now, actor):
    tea = stocked("TEA", 1)
    order = take("A-1", [("TEA", 2)], paid_at=None)
    deliver(tea, 2)
    allocate_waiting(actor=actor, now=now)

    order.refresh_from_db()
    assert (order.status, order.stock_status, order.open_holds) == ("held", "reserved", 1)


def test_allocation_looks_only_at_the_variants_that_it_is_asked_for(take, deliver, now, actor):
    tea, cup = stocked("TEA", 1), stocked("CUP", 1)
    take("T", [("TEA", 2)])
    take("C", [("CUP", 2)])
    deliver(tea, 1)
    deliver(cup, 1)

    assert allocate_waiting(actor=actor, now=now, variant_ids=[cup.pk]) == 1
    assert statuses() == {"T": "held", "C": "ready"}
    assert allocate_waiting(actor=actor, now=now, limit=0) == 0


def test_allocation_in_several_chunks_keeps_the_order_of_promises(take, deliver, now, actor, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 1)
    tea = stocked("TEA", 1)
    for number in (2, 1, 0):
        take(f"A-{number}", [("TEA", 2)], at=now + timedelta(hours=number))
    deliver(tea, 3)

    assert allocate_waiting(actor=actor, now=now) == 2
    assert statuses() == {"A-0": "ready", "A-1": "ready", "A-2": "held"}


def test_nothing_new_changes_nothing(take, now, actor):
    stocked("TEA", 1)
    take("A-1", [("TEA", 2)])

    assert allocate_waiting(actor=actor, now=now + timedelta(hours=1)) == 0
    assert (statuses(), Reservation.objects.count(), Hold.objects.count()) == ({"A-1": "held"}, 0, 1)


def learn(shop, code, variant, actor, now):
    map_seller_code(shop_id=shop.pk, code=code, variant_id=variant.pk, actor=actor, now=now)


def test_mapped_code_reserves_and_frees_the_order(shop, take, now, actor):
    tea = stocked("TEA", 5)
    order = take("A-1", [("THEIRS", 2)])
    assert order.stock_status == "unmapped"
    learn(shop, "THEIRS", tea, actor, now)
    map_lines(order_id=order.pk, actor=actor, now=now)

    order.refresh_from_db()
    assert (order.status, order.stock_status, order.lines.get().variant_id) == ("ready", "reserved", tea.pk)
    assert StockLevel.objects.get().reserved == 2
    assert TrailEntry.objects.get(action="orders.lines_mapped").changes == {"THEIRS": [None, "TEA"]}


def test_mapped_code_without_stock_turns_the_hold_into_a_shortage(shop, take, now, actor):
    tea = stocked("TEA", 1)
    order = take("A-1", [("THEIRS", 2)])
    learn(shop, "THEIRS", tea, actor, now)
    map_lines(order_id=order.pk, actor=actor, now=now)

    order.refresh_from_db()
    assert (order.status, order.stock_status, order.open_holds) == ("held", "short", 1)
    assert Hold.objects.get(released_at=None).kind == "stock"


def test_one_of_two_codes_mapped_waits_for_the_other(shop, take, now, actor):
    tea = stocked("TEA", 5)
    order = take("A-1", [("THEIRS", 1), ("STRANGE", 1)])
    learn(shop, "THEIRS", tea, actor, now)
    map_lines(order_id=order.pk, actor=actor, now=now)

    order.refresh_from_db()
    assert (order.status, order.stock_status, order.open_holds) == ("held", "unmapped", 1)
    assert list(order.lines.order_by("position").values_list("variant_id", flat=True)) == [tea.pk, None]
    assert Reservation.objects.count() == 0


def test_mapping_again_changes_nothing(shop, take, now, actor):
    order = take("A-1", [("STRANGE", 1)])
    map_lines(order_id=order.pk, actor=actor, now=now)

    order.refresh_from_db()
    assert (order.stock_status, order.open_holds) == ("unmapped", 1)
    assert not TrailEntry.objects.filter(action="orders.lines_mapped").exists()
