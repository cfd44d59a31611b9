"""What a channel says after it sent an order, beyond what the webhooks' tests cover."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from approvals.models import Deadline, TrailEntry
from inventory.models import StockLevel
from orders.drafts import CancellationDraft, LineDraft
from orders.models import Cancellation, CancellationLine, Order, Payment
from orders.services import Applied, apply_channel_update, cancel_by_channel, take_cancellation, take_orders
from orders.states import CancellationKind
from tests.factories.bench import handed_over, packed, stocked, wave_of
from tests.factories.stores import ShopFactory
from tests.support.orders import draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return ShopFactory(ship_within_minutes=120)


@pytest.fixture
def tea():
    return stocked("SKU-1", 5)


@pytest.fixture
def take(shop, tea, now, actor):
    def one(**changes):
        [taken] = take_orders(shop_id=shop.pk, channel="shopify", drafts=[draft(**changes)], actor=actor, now=now)
        return Order.objects.get(pk=taken.order_id)

    return one


@pytest.fixture
def tell(now, actor):
    def update(order, at=now, **changes):
        return apply_channel_update(order_id=order.pk, draft=draft(**changes), actor=actor, now=at).applied

    return update


def test_same_content_again_does_nothing(take, tell):
    order = take()
    before = TrailEntry.objects.count()

    assert tell(order) == Applied.NOTHING
    assert (Order.objects.get().status, TrailEntry.objects.count()) == ("ready", before)


def test_payment_starts_the_promise_when_it_comes(take, tell, now):
    order = take(paid_at=None)
    assert (order.status, order.ship_by, Payment.objects.count()) == ("held", None, 0)
    later = now + timedelta(hours=1)

    assert tell(order, at=later) == Applied.CHANGED
    order.refresh_from_db()
    assert (order.status, order.payment_status, order.ship_by) == ("ready", "paid", later + timedelta(minutes=120))
    assert Payment.objects.get().amount_captured == order.amount_total
    clocks = dict(Deadline.objects.values_list("rule__code", "state"))
    assert clocks == {"order_hold": "met", "order_ship": "running"}


def test_payment_twice_is_captured_once(take, tell):
    order = take(paid_at=None)
    tell(order)

    assert tell(order) == Applied.NOTHING
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("stage", ["picking", "packed"])
def test_cancellation_in_the_warehouse_holds_the_order_before_it_leaves(take, tell, now, stage):
    order = take()
    wave_of([order], now=now)
    if stage == "packed":
        packed(order, "ZTO1", now=now)

    assert tell(order, cancelled_at=now) == Applied.CHANGED
    order.refresh_from_db()
    assert (order.status, order.open_holds, order.holds.get().kind) == (stage, 1, "cancel_requested")
    assert StockLevel.objects.get().reserved == 1


def test_cancellation_after_it_left_only_stands_in_the_trail(take, now, actor):
    order = take()
    wave_of([order], now=now)
    handed_over([packed(order, "ZTO1", now=now)], now=now)

    assert cancel_by_channel(order_id=order.pk, actor=actor, now=now) == Applied.CHANGED
    order.refresh_from_db()
    assert (order.status, order.open_holds) == ("shipped", 0)
    assert TrailEntry.objects.filter(action="orders.changed_by_channel").get().reason == "Cancelled by the channel."


def test_cancellation_by_the_channel_twice_does_nothing_more(take, now, actor):
    order = take()

    assert cancel_by_channel(order_id=order.pk, actor=actor, now=now) == Applied.CHANGED
    assert cancel_by_channel(order_id=order.pk, actor=actor, now=now) == Applied.NOTHING
    assert (Order.objects.get().status, StockLevel.objects.get().reserved) == ("cancelled", 0)
    assert TrailEntry.objects.filter(action="orders.cancelled").count() == 1


def test_change_is_told_once_and_renews_one_hold(take, tell):
    order = take()
    two = draft(lines=[("SKU-1", 2)]).lines

    assert tell(order, lines=[("SKU-1", 2)]) == Applied.CHANGED
    assert tell(order, lines=[("SKU-1", 2)]) == Applied.NOTHING
    assert tell(order, lines=[("SKU-1", 3)]) == Applied.CHANGED
    order.refresh_from_db()
    assert (order.status, order.open_holds, order.lines.get().quantity, len(two)) == ("held", 1, 1, 1)
    assert "SKU-1 × 3" in order.holds.get().reason


def test_change_of_a_note_alone_holds_nobody(take, tell):
    order = take()

    assert tell(order, buyer_note="please ring") == Applied.NOTHING
    assert Order.objects.get().status == "ready"


def test_message_older_than_the_last_is_stale(take, tell, now):
    order = take(updated_at=now)

    assert tell(order, updated_at=now - timedelta(minutes=1), cancelled_at=now) == Applied.STALE
    assert tell(order, updated_at=now + timedelta(minutes=1)) == Applied.NOTHING
    order.refresh_from_db()
    assert (order.status, order.channel_updated_at) == ("ready", now + timedelta(minutes=1))


# --- refunds -----------------------------------------------------------------------------------------------------------


def refund(external_id="R-1", price="10.00", quantity=1, at=None):
    return CancellationDraft(
        external_id=external_id,
        placed_at=at or draft().placed_at,
        lines=(LineDraft("SKU-1", "Cup", quantity, Decimal(price)),),
        reason="broken",
    )


@pytest.fixture
def give_back(shop, now, actor):
    def keep(order, document, amount=None):
        return take_cancellation(
            shop_id=shop.pk,
            draft=document,
            kind=CancellationKind.REFUND,
            order_id=order.pk if order else None,
            customer_id=order.customer_id if order else None,
            variant_ids=[None for _line in document.lines],
            currency="CNY",
            amount=amount,
            actor=actor,
            now=now,
        )

    return keep


def payment():
    order = Order.objects.get()
    return Payment.objects.get().amount_refunded, order.payment_status


def test_refunds_add_up_to_what_was_captured_and_no_further(take, give_back):
    order = take(lines=[("SKU-1", 2)])
    give_back(order, refund("R-1"))
    assert payment() == (Decimal("10.00"), "part_refunded")
    give_back(order, refund("R-2"))
    assert payment() == (Decimal("20.00"), "refunded")
    give_back(order, refund("R-3"))
    assert payment() == (Decimal("20.00"), "refunded")
    assert Cancellation.objects.count() == 3


def test_refund_of_another_amount_than_its_lines_counts_the_amount(take, give_back):
    order = take(lines=[("SKU-1", 2)])
    document, lines = give_back(order, refund(), amount=Decimal("3.50"))

    assert (document.amount_total, len(lines), payment()) == (Decimal("3.50"), 1, (Decimal("3.50"), "part_refunded"))


def test_refund_twice_is_kept_once(take, give_back):
    order = take()
    give_back(order, refund())

    assert give_back(order, refund()) == (None, [])
    assert (Cancellation.objects.count(), CancellationLine.objects.count(), payment()[0]) == (1, 1, Decimal("10.00"))
    assert TrailEntry.objects.filter(action="orders.refund_reported").count() == 1


def test_refund_without_an_order_is_kept_alone(give_back):
    document, lines = give_back(None, replace(refund(), external_id="C-1"))

    assert (document.order_id, len(lines), Payment.objects.count()) == (None, 1, 0)
