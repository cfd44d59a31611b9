"""Giving stock that arrives, or codes that get a meaning, to the orders that wait: oldest promise first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from approvals import services as approvals
from catalog import services as catalog
from config.kit.actor import Actor
from inventory import services as inventory
from orders import policies
from orders.models import Order, OrderLine
from orders.services._locks import lock_orders
from orders.services.holds import lift_hold, place_hold
from orders.states import HoldKind, OrderMode, OrderStatus, StockStatus

CHUNK = 100


def allocate_waiting(
    *, actor: Actor, now: datetime, variant_ids: Sequence[int] | None = None, limit: int = 1000
) -> int:
    """Try to reserve for held orders that are short (of these variants). Returns how many got their stock.

    Oldest promise first, in chunks of a transaction each. Orders that somebody else holds at the moment are left to the next sweep.
    """
    waiting = Order.objects.filter(
        status=OrderStatus.HELD, stock_status=StockStatus.SHORT, mode=OrderMode.LIVE
    ).order_by(F("ship_by").asc(nulls_last=True), "pk")
    if variant_ids is not None:
        waiting = waiting.filter(pk__in=OrderLine.objects.filter(variant_id__in=variant_ids).values("order_id"))
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    return sum(_allocate_chunk(ids[start : start + CHUNK], actor, now) for start in range(0, len(ids), CHUNK))


@transaction.atomic
def _allocate_chunk(order_ids: Sequence[int], actor: Actor, now: datetime) -> int:
    locked = {
        order.pk: order
        for order in lock_orders(order_ids, skip_locked=True)
        if order.status == OrderStatus.HELD and order.stock_status == StockStatus.SHORT
    }
    orders = [locked[pk] for pk in order_ids if pk in locked]
    return sum(1 for satisfied in reserve_for(orders, actor=actor, now=now).values() if satisfied)


def reserve_for(orders: Sequence[Order], *, actor: Actor, now: datetime) -> dict[int, bool]:
    """Reserve for locked, fully mapped orders in the given order; lift or renew their stock holds. Returns order key → reserved."""
    lines: dict[int, list[OrderLine]] = {order.pk: [] for order in orders}
    for line in OrderLine.objects.filter(order__in=lines).select_related("variant").order_by("pk"):
        lines[line.order_id].append(line)
    needs = [
        inventory.OrderNeed(
            order.pk,
            order.shop_id,
            tuple(
                inventory.Need(line.pk, line.variant.pk, line.quantity)
                for line in lines[order.pk]
                if line.variant is not None and line.variant.is_stocked
            ),
        )
        for order in orders
    ]
    shortages = inventory.reserve(orders=needs, actor=actor, now=now)
    for order, need in zip(orders, needs, strict=True):
        missing = shortages[order.pk]
        order.stock_checked_at = now
        if missing:
            order.stock_status = StockStatus.SHORT
        else:
            order.stock_status = StockStatus.RESERVED if need.needs else StockStatus.NOT_NEEDED
        order.save(update_fields=["stock_status", "stock_checked_at"])
        if missing:
            sku_of = {line.variant.pk: line.variant.sku for line in lines[order.pk] if line.variant}
            place_hold(order, HoldKind.STOCK, policies.describe_shortages(missing, sku_of), actor=actor, now=now)
        else:
            approvals.record("orders.stock_reserved", order, actor=actor, at=now)
            lift_hold(order, HoldKind.STOCK, _("Stock arrived and is reserved."), actor=actor, now=now)
    return {order.pk: not shortages[order.pk] for order in orders}


@transaction.atomic
def map_lines(*, order_id: int, actor: Actor, now: datetime) -> Order:
    """Look up the unknown seller codes of a held order again and go on with the stock check when all are known now.

    Locks the order, then its stock.
    """
    [order] = lock_orders([order_id])
    unknown = list(order.lines.filter(variant__isnull=True).order_by("pk"))
    found = catalog.find_variants(shop_id=order.shop_id, codes=[line.seller_code for line in unknown])
    mapped = [line for line in unknown if line.seller_code in found]
    for line in mapped:
        line.variant_id = found[line.seller_code].variant_id
    OrderLine.objects.bulk_update(mapped, ["variant"])
    if mapped:
        changes = {line.seller_code: [None, found[line.seller_code].sku] for line in mapped}
        approvals.record("orders.lines_mapped", order, actor=actor, changes=changes, at=now)
    if len(mapped) == len(unknown) and order.stock_status == StockStatus.UNMAPPED and order.status == OrderStatus.HELD:
        reserve_for([order], actor=actor, now=now)
        lift_hold(order, HoldKind.UNMAPPED, _("All seller codes are known."), actor=actor, now=now)
    return order
