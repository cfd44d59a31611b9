"""What orders and the ledger tell about products, in a constant number of queries (CAT-16)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.selectors.facts import facts_of, units_sold
from inventory.selectors.product_facts import stock as stock_facts
from orders.models import Cancellation, CancellationLine, Order
from orders.selectors.product_facts import returns, sales
from orders.services import take_orders
from orders.states import OrderStatus
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import stock
from tests.factories.stores import ShopFactory
from tests.support.orders import draft

pytestmark = pytest.mark.django_db
WEEK = timedelta(weeks=1)


@pytest.fixture
def shop(db):
    return ShopFactory()


@pytest.fixture
def cup(db):
    variant = VariantFactory(sku="CUP")
    stock(30, variant=variant)
    return variant


def buy(shop, number, quantity, at, actor):
    take_orders(
        shop_id=shop.pk,
        channel="api",
        drafts=[draft(number, [("CUP", quantity)], placed_at=at, paid_at=at)],
        actor=actor,
        now=at,
    )


def told(facts):
    return [(str(fact.label), str(fact.value), fact.series) for fact in facts]


def test_sales_are_told_by_week_and_cancelled_orders_count_nowhere(shop, cup, actor, now):
    buy(shop, "A", 2, now - timedelta(days=1), actor)
    buy(shop, "B", 3, now - 7 * WEEK - timedelta(days=1), actor)
    buy(shop, "C", 9, now - timedelta(days=1), actor)
    Order.objects.filter(external_id="C").update(status=OrderStatus.CANCELLED)
    buy(shop, "old", 9, now - 8 * WEEK - timedelta(seconds=1), actor)
    found = sales([cup.product_id, 0], now - 8 * WEEK, now)
    d = Decimal
    assert told(found[cup.product_id]) == [
        ("Orders", "2", (d(1), d(0), d(0), d(0), d(0), d(0), d(0), d(1))),
        ("Pieces", "5", (d(3), d(0), d(0), d(0), d(0), d(0), d(0), d(2))),
        ("Amount", "50.00 CNY", (d(30), d(0), d(0), d(0), d(0), d(0), d(0), d(20))),
    ]
    assert set(found) == {cup.product_id}


def test_pieces_sold_can_be_asked_for_one_shop(shop, cup, actor, now):
    buy(shop, "A", 2, now - timedelta(days=1), actor)
    buy(ShopFactory(), "B", 3, now - timedelta(days=1), actor)
    period = {"since": now - WEEK, "until": now}
    assert units_sold(**period) == {cup.product_id: 5}
    assert units_sold(**period, shop_id=shop.pk) == {cup.product_id: 2}
    assert units_sold(**period, product_ids=[0]) == {}


def test_what_was_taken_back_is_told_by_reason(shop, cup, now):
    for number, (reason, pieces) in enumerate((("broken", 2), ("", 1), ("broken", 1))):
        row = Cancellation.objects.create(
            shop=shop, kind="refund", external_number=f"R{number}", currency="CNY", amount_total=10, reason=reason,
            placed_at=now - timedelta(days=1), received_at=now,
        )  # fmt: skip
        CancellationLine.objects.create(
            cancellation=row, store_id=shop.pk, seller_code="CUP", title="Cup", variant=cup, quantity=pieces,
            unit_price=10, amount_total=10,
        )  # fmt: skip
    found = returns([cup.product_id], now - WEEK, now)
    assert [(label, value) for label, value, _series in told(found[cup.product_id])] == [
        ("Pieces taken back", "4"), ("broken", "3"), ("no reason given", "1"),
    ]  # fmt: skip


def test_stock_tells_how_long_it_lasts(cup, now):
    [there, free, lasts] = stock_facts([cup.product_id], now - 8 * WEEK, now)[cup.product_id]
    assert (there.value, free.value) == ("30", "30") and str(lasts.value) == "nothing left the stock"


def test_a_hundred_products_cost_as_many_queries_as_one(shop, cup, actor, now, django_assert_num_queries):
    buy(shop, "A", 2, now - timedelta(days=1), actor)
    for ids in ([cup.product_id], [cup.product_id, *(VariantFactory().product_id for _n in range(5))]):
        with django_assert_num_queries(5):
            groups = facts_of(ids, since=now - 8 * WEEK, until=now)
        assert [group.code for group in groups[cup.product_id]] == ["orders.sales", "inventory.stock"]
