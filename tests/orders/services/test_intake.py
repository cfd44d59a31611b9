"""Taking orders in: what is made, what is refused, what is left alone."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from approvals.models import Deadline, TrailEntry
from catalog.models import Product
from config.kit.errors import InvalidInput
from customers.models import Customer, Message
from inventory.models import Reservation, StockLevel, StockMovement
from orders.drafts import BuyerDraft, RecipientDraft
from orders.models import Hold, Order, OrderLine, Payment
from orders.services import TakenResult, UnknownCodes, take_orders
from orders.states import OrderMode
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import LocationFactory, stock
from tests.factories.stores import ShopFactory
from tests.support.orders import draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return ShopFactory(ship_within_minutes=120)


@pytest.fixture
def level():
    return stock(5, variant=VariantFactory(sku="SKU-1"))


def take(shop, drafts, now, actor, **options):
    return take_orders(shop_id=shop.pk, channel="api", drafts=drafts, actor=actor, now=now, **options)


def holds_of(order):
    return sorted(order.holds.filter(released_at__isnull=True).values_list("kind", flat=True))


def test_take_orders_reserves_confirms_and_starts_the_clock(shop, level, now, actor):
    [taken] = take(shop, [draft(lines=[("SKU-1", 2)])], now, actor)

    order = Order.objects.get()
    assert (taken.result, taken.number, taken.holds) == (TakenResult.CREATED, order.number, ())
    assert (order.status, order.stock_status, order.payment_status) == ("ready", "reserved", "paid")
    assert (order.amount_goods, order.amount_total, order.currency) == (
        Decimal("20.00"),
        Decimal("20.00"),
        shop.currency,
    )
    assert order.ship_by == now + timedelta(minutes=120)
    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (5, 2)
    assert list(Reservation.objects.values_list("line_id", "quantity", "state")) == [(order.lines.get().pk, 2, "held")]
    assert list(StockMovement.objects.filter(kind="reserve").values_list("reserved_delta", "on_hand_delta")) == [(2, 0)]
    assert Message.objects.get().key == f"order_confirmation:{order.pk}"
    assert Deadline.objects.get().due_at == order.ship_by
    assert list(TrailEntry.objects.about("orders.order", order.pk).values_list("action", flat=True)) == ["orders.taken"]
    assert Payment.objects.get().amount_captured == Decimal("20.00")


def test_take_orders_same_draft_again_changes_nothing(shop, level, now, actor):
    take(shop, [draft()], now, actor)
    [again] = take(shop, [draft()], now + timedelta(hours=1), actor)

    assert again.result == TakenResult.UNCHANGED
    assert (Order.objects.count(), Message.objects.count(), Reservation.objects.count()) == (1, 1, 1)


def test_take_orders_same_id_with_other_content_is_reported_and_changes_nothing(shop, level, now, actor):
    take(shop, [draft()], now, actor)
    [again] = take(shop, [draft(lines=[("SKU-1", 3)])], now, actor)

    assert again.result == TakenResult.DIFFERS
    assert OrderLine.objects.get().quantity == 1
    level.refresh_from_db()
    assert level.reserved == 1


def test_take_orders_twice_in_one_batch_makes_one_order(shop, level, now, actor):
    results = [taken.result for taken in take(shop, [draft(), draft(), draft(lines=[("SKU-1", 4)])], now, actor)]

    assert results == [TakenResult.CREATED, TakenResult.UNCHANGED, TakenResult.DIFFERS]
    assert Order.objects.count() == 1


def test_take_orders_same_number_in_two_shops_makes_two_orders(shop, level, now, actor):
    take(shop, [draft()], now, actor)
    take(ShopFactory(), [draft()], now, actor)

    assert Order.objects.count() == 2


def test_take_orders_shortage_holds_the_order_and_takes_nothing(shop, level, now, actor):
    [taken] = take(shop, [draft(lines=[("SKU-1", 6)])], now, actor)

    order = Order.objects.get()
    assert (order.status, order.stock_status, taken.holds) == ("held", "short", ("stock",))
    assert Hold.objects.get().reason == "SKU-1: 6 asked for, 5 available"
    level.refresh_from_db()
    assert level.reserved == 0
    assert set(Deadline.objects.values_list("rule__code", flat=True)) == {"order_ship", "order_hold"}


def test_take_orders_batch_serves_in_order_until_the_stock_is_gone(shop, level, now, actor):
    drafts = [draft(f"B-{n}", lines=[("SKU-1", 2)]) for n in range(3)]
    taken = take(shop, drafts, now, actor)

    assert [one.status for one in taken] == ["ready", "ready", "held"]
    level.refresh_from_db()
    assert level.reserved == 4


def test_take_orders_never_spreads_an_order_over_locations(shop, level, now, actor):
    stock(5, variant=VariantFactory(sku="SKU-2"), location=LocationFactory(code="second"))
    take(shop, [draft(lines=[("SKU-1", 1), ("SKU-2", 1)])], now, actor)

    assert Order.objects.get().stock_status == "short"
    assert Hold.objects.get().reason.endswith("(no single location has them all)")


def test_take_orders_unknown_code_holds_as_unmapped_and_reserves_nothing(shop, level, now, actor):
    take(shop, [draft(lines=[("SKU-1", 1), ("WHAT", 1)])], now, actor)

    order = Order.objects.get()
    assert (order.stock_status, holds_of(order)) == ("unmapped", ["unmapped"])
    assert Reservation.objects.count() == 0


def test_take_orders_unknown_code_becomes_a_draft_product_when_the_run_says_so(shop, now, actor):
    take(shop, [draft(lines=[("NEW-1", 1)])], now, actor, unknown_codes=UnknownCodes.DRAFT, mode=OrderMode.HISTORY)

    product = Product.objects.get()
    assert (product.name, product.state) == ("Title of NEW-1", "draft")
    assert OrderLine.objects.get().variant.product == product


def test_take_orders_history_makes_no_reservation_mail_or_clock(shop, level, now, actor):
    take(shop, [draft()], now, actor, mode=OrderMode.HISTORY)

    assert Order.objects.get().status == "completed"
    assert (Reservation.objects.count(), Message.objects.count(), Deadline.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "hold"),
    [
        ({"paid_at": None}, "payment"),
        ({"recipient": RecipientDraft()}, "address"),
        ({"is_test": True}, "fraud"),
        ({"amount_total": Decimal("9.99")}, "price"),
    ],
)
def test_take_orders_holds_with_the_reason(shop, level, now, actor, change, hold):
    take(shop, [draft(**change)], now, actor)

    order = Order.objects.get()
    assert (order.status, holds_of(order), order.open_holds) == ("held", [hold], 1)


def test_take_orders_cancelled_by_the_channel_before_it_came_takes_nothing(shop, level, now, actor):
    take(shop, [draft(cancelled_at=now)], now, actor)

    assert Order.objects.get().status == "cancelled"
    assert (Reservation.objects.count(), Message.objects.count(), Deadline.objects.count()) == (0, 0, 0)


def test_take_orders_finds_the_buyer_again_by_phone_in_another_shop(shop, level, now, actor):
    take(shop, [draft()], now, actor)
    other = draft("A-2", buyer=BuyerDraft(platform_id="other", name="小明", phone="+86 138-0013-8000"))
    take(ShopFactory(), [other], now, actor)

    customer = Customer.objects.get()
    assert Order.objects.filter(customer=customer).count() == 2
    assert set(customer.identities.values_list("kind", "value")) == {
        ("platform", "buyer-A-1"), ("phone", "+8613800138000"), ("email", "buyer@example.com"), ("platform", "other"),
    }  # fmt: skip


def test_take_orders_without_any_identity_makes_no_customer(shop, level, now, actor):
    take(shop, [draft(buyer=BuyerDraft(name="somebody", phone="138****8000"))], now, actor)

    assert (Order.objects.get().customer, Customer.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"external_id": ""}, "external_id"),
        ({"lines": ()}, "lines"),
        ({"lines": (replace(draft().lines[0], quantity=0),)}, "lines.0.quantity"),
        ({"lines": (replace(draft().lines[0], unit_price=Decimal("-1")),)}, "lines.0.unit_price"),
    ],
)
def test_take_orders_refuses_what_cannot_be_stored_and_makes_nothing(shop, level, now, actor, change, field):
    with pytest.raises(InvalidInput) as refusal:
        take(shop, [draft("GOOD"), replace(draft(), **change)], now, actor)

    assert refusal.value.field == field
    assert (Order.objects.count(), Customer.objects.count(), Reservation.objects.count()) == (0, 0, 0)


def test_take_orders_own_location_of_a_shop_is_asked_first(level, now, actor):
    shop = ShopFactory(kind="physical")
    own = stock(3, variant=level.variant, location=LocationFactory(code="own", shop=shop, priority=99))
    take(shop, [draft()], now, actor)

    assert Reservation.objects.get().level_id == own.pk
    assert StockLevel.objects.get(pk=level.pk).reserved == 0
