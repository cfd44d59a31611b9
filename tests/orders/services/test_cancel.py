"""Cancelling before the warehouse has begun."""

import pytest

from approvals.models import Deadline, TrailEntry
from config.kit.errors import InvalidInput
from inventory.models import Reservation, StockLevel
from inventory.selectors import ledger_differences
from orders.errors import CancellationRefused
from orders.models import Hold, Order
from orders.services import cancel_order, hold_order
from orders.states import HoldKind
from tests.factories.bench import ready_order, stocked, wave_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(now):
    return ready_order([(stocked("TEA", 5), 2), (stocked("CUP", 5), 1)], now=now)


def test_cancel_gives_back_stock_and_ends_clocks_with_the_reason(order, now, actor):
    cancelled = cancel_order(order_id=order.pk, reason="buyer asked", actor=actor, now=now)

    assert (cancelled.status, cancelled.stock_status, cancelled.status_at) == ("cancelled", "released", now)
    assert set(StockLevel.objects.values_list("on_hand", "reserved")) == {(5, 0)}
    assert set(Reservation.objects.values_list("state", flat=True)) == {"released"}
    assert ledger_differences() == []
    assert set(Deadline.objects.values_list("state", flat=True)) == {"withdrawn"}
    entry = TrailEntry.objects.get(action="orders.cancelled")
    assert (entry.reason, entry.changes) == ("buyer asked", {"status": ["ready", "cancelled"]})


def test_cancel_closes_open_holds(order, now, actor):
    hold_order(order_id=order.pk, kind=HoldKind.FRAUD, reason="odd", actor=actor, now=now)
    cancel_order(order_id=order.pk, reason="fraud", actor=actor, now=now)

    assert Order.objects.get().open_holds == 0
    assert Hold.objects.values_list("released_at", "resolution").get() == (now, "fraud")


def test_cancel_gives_its_pieces_to_the_order_that_waits(order, now, actor, django_capture_on_commit_callbacks):
    from orders.services import take_orders
    from tests.support.orders import draft

    [waiting] = take_orders(
        shop_id=order.shop_id, channel="api", drafts=[draft(lines=[("TEA", 4)])], actor=actor, now=now
    )
    assert waiting.status == "held"
    with django_capture_on_commit_callbacks(execute=True):
        cancel_order(order_id=order.pk, reason="buyer asked", actor=actor, now=now)

    assert Order.objects.get(pk=waiting.order_id).status == "ready"
    assert StockLevel.objects.get(variant__sku="TEA").reserved == 4


def test_cancel_without_a_reason_is_refused_and_changes_nothing(order, now, actor):
    with pytest.raises(InvalidInput):
        cancel_order(order_id=order.pk, reason="  ", actor=actor, now=now)

    assert Order.objects.get().status == "ready"
    assert set(Reservation.objects.values_list("state", flat=True)) == {"held"}


def test_cancel_in_a_wave_is_refused_and_changes_nothing(order, now, actor):
    wave_of([order], now=now)
    with pytest.raises(CancellationRefused):
        cancel_order(order_id=order.pk, reason="too late", actor=actor, now=now)

    assert Order.objects.get().status == "picking"
    assert not TrailEntry.objects.filter(action="orders.cancelled").exists()


def test_cancel_twice_is_refused_and_gives_nothing_back_twice(order, now, actor):
    cancel_order(order_id=order.pk, reason="once", actor=actor, now=now)
    with pytest.raises(CancellationRefused):
        cancel_order(order_id=order.pk, reason="twice", actor=actor, now=now)

    assert set(StockLevel.objects.values_list("on_hand", "reserved")) == {(5, 0)}
    assert TrailEntry.objects.filter(action="orders.cancelled").count() == 1
