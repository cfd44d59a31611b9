"""Orders on their way through the warehouse, made with the services that the bench uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from catalog.models import Variant
from config.kit.actor import Actor
from inventory.models import Location
from orders import services
from orders.drafts import BuyerDraft, LineDraft, OrderDraft, RecipientDraft
from orders.models import Courier, Order, Parcel, Wave
from orders.selectors.bench import WaveRule
from stores.models import Shop
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.inventory import LocationFactory, stock
from tests.factories.stores import ShopFactory

_RECIPIENT = RecipientDraft(
    name="王小明",
    phone="13800138000",
    country="中国",
    region="浙江省",
    city="杭州市",
    district="西湖区",
    street="文三路 90 号",
)


def stocked(
    sku: str,
    quantity: int = 100,
    *,
    bin_code: str = "A-01",
    barcode: str = "",
    location: Location | None = None,
    name: str = "",
) -> Variant:
    """A variant with stock in a bin."""
    product = ProductFactory(name=name or sku)
    variant = VariantFactory(sku=sku, barcode=barcode, product=product, weight_grams=250, price=Decimal("10"))
    stock(quantity, variant=variant, location=location, bin_code=bin_code)
    return variant


def ready_order(
    lines: Sequence[tuple[Variant, int]],
    *,
    now: datetime,
    shop: Shop | None = None,
    external_id: str = "",
    ship_by: datetime | None = None,
    recipient: RecipientDraft = _RECIPIENT,
) -> Order:
    """A paid order whose stock is reserved."""
    number = external_id or f"T{Order.objects.count() + 1:04d}"
    draft = OrderDraft(
        external_id=number,
        placed_at=now - timedelta(minutes=10),
        paid_at=now - timedelta(minutes=5),
        lines=tuple(
            LineDraft(variant.sku, variant.product.name, quantity, variant.price) for variant, quantity in lines
        ),
        buyer=BuyerDraft(name=recipient.name, phone=recipient.phone),
        recipient=recipient,
    )
    [taken] = services.take_orders(
        shop_id=(shop or ShopFactory()).pk, channel="api", drafts=[draft], actor=Actor.system("tests"), now=now
    )
    if ship_by is not None:
        Order.objects.filter(pk=taken.order_id).update(ship_by=ship_by)
    order = Order.objects.get(pk=taken.order_id)
    assert order.status == "ready", (order.status, list(order.holds.values_list("kind", "reason")))
    return order


def wave_of(orders: Sequence[Order], *, now: datetime, actor: Actor | None = None) -> Wave:
    """A wave of exactly these orders at the main location."""
    rule = WaveRule(location_id=LocationFactory().pk, order_ids=tuple(order.pk for order in orders))
    return services.build_wave(rule=rule, actor=actor or Actor.system("tests"), now=now)


def parcel_of(order: Order) -> Parcel:
    """The order's parcel."""
    return Parcel.objects.get(order=order)


def packed(order: Order, waybill: str, *, now: datetime, courier: str = "zto") -> Parcel:
    """A parcel of an order in a wave, scanned and closed."""
    parcel = parcel_of(order)
    system = Actor.system("tests")
    for line in parcel.lines.select_related("order_line__variant"):
        for _unit in range(line.quantity):
            scan = services.scan_unit(parcel_id=parcel.pk, code=line.order_line.variant.sku, actor=system, now=now)
            assert scan.is_right
    return services.close_parcel(
        parcel_id=parcel.pk,
        waybill=waybill,
        courier_id=Courier.objects.get(code=courier).pk,
        weight_grams=500,
        actor=system,
        now=now,
    ).parcel


def handed_over(parcels: Sequence[Parcel], *, now: datetime) -> None:
    """Given to their courier, all of whom must be the same."""
    services.hand_over(
        courier_id=parcels[0].courier_id,
        location_id=parcels[0].location_id,
        parcel_ids=[parcel.pk for parcel in parcels],
        taken_by="王师傅",
        actor=Actor.system("tests"),
        now=now,
    )
