"""Figures about products from orders: for refresh tasks, ranks and the effect of a version. Cancelled orders count nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.db.models.functions import Floor
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.registries import Fact
from orders.models import CancellationLine, OrderLine
from orders.states import OrderMode, OrderStatus

_WEEK = timedelta(days=7)
_REASONS = 5


def units_sold(
    since: datetime, until: datetime, product_ids: Collection[int] | None = None, shop_id: int | None = None
) -> dict[int, int]:
    """Product → pieces ordered in the period, in one shop or in all. One query."""
    rows = _lines(since, until)
    if product_ids is not None:
        rows = rows.filter(variant__product__in=product_ids)
    if shop_id is not None:
        rows = rows.filter(order__shop=shop_id)
    found = rows.values("variant__product").annotate(units=Sum("quantity")).order_by()
    return {row["variant__product"]: row["units"] for row in found}


def sales(product_ids: Collection[int], since: datetime, until: datetime) -> Mapping[int, list[Fact]]:
    """Orders, pieces and amount by week, the weeks counted back from `until`; an amount for each currency. One query."""
    weeks = max(1, -(-(until - since) // _WEEK))
    rows = (
        _lines(since, until)
        .filter(variant__product__in=product_ids)
        .annotate(
            back=Floor(RawSQL("EXTRACT(EPOCH FROM (%s - orders_order.placed_at)) / 604800.0000001", (until,))),
        )
        .values("variant__product", "order__currency", "back")
        .annotate(orders=Count("order", distinct=True), units=Sum("quantity"), amount=Sum("amount_total"))
        .order_by()
    )
    orders: defaultdict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * weeks)
    units: defaultdict[int, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * weeks)
    amounts: defaultdict[int, dict[str, list[Decimal]]] = defaultdict(dict)
    for row in rows:
        product, week = row["variant__product"], weeks - 1 - min(weeks - 1, int(row["back"]))
        orders[product][week] += row["orders"]
        units[product][week] += row["units"]
        money = amounts[product].setdefault(row["order__currency"], [Decimal(0)] * weeks)
        money[week] += row["amount"]
    return {
        product: [
            Fact(_("Orders"), f"{sum(orders[product]):,}", tuple(orders[product])),
            Fact(_("Pieces"), f"{sum(units[product]):,}", tuple(units[product]), _trend(units[product])),
            *(
                Fact(_("Amount"), f"{sum(series):,.2f} {currency}", tuple(series))
                for currency, series in sorted(amounts[product].items(), key=lambda item: (-sum(item[1]), item[0]))
            ),
        ]
        for product in orders
    }


def returns(product_ids: Collection[int], since: datetime, until: datetime) -> Mapping[int, list[Fact]]:
    """Pieces that channels report as taken back, by the reason they gave, the most frequent first. One query."""
    rows = (
        CancellationLine.objects.filter(
            variant__product__in=product_ids, cancellation__placed_at__gte=since, cancellation__placed_at__lt=until
        )
        .values("variant__product", "cancellation__reason")
        .annotate(pieces=Sum("quantity"))
        .order_by("variant__product", "-pieces", "cancellation__reason")
    )
    found: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for row in rows:
        found[row["variant__product"]].append((row["cancellation__reason"], row["pieces"]))
    return {
        product: [
            Fact(_("Pieces taken back"), f"{sum(pieces for _reason, pieces in reasons):,}", tone="warn"),
            *(Fact(reason or gettext("no reason given"), f"{pieces:,}") for reason, pieces in reasons[:_REASONS]),
        ]
        for product, reasons in found.items()
    }


def _lines(since: datetime, until: datetime) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(
        variant__isnull=False, order__mode=OrderMode.LIVE, order__placed_at__gte=since, order__placed_at__lt=until
    ).exclude(order__status=OrderStatus.CANCELLED)


def _trend(series: list[Decimal]) -> str:
    """Warn when the later half sold a fifth less than the earlier one, praise when it sold a fifth more."""
    half = len(series) // 2
    before, after = sum(series[:half]), sum(series[-half:]) if half else Decimal(0)
    if not before:
        return "neutral"
    return "warn" if after <= before * Decimal("0.8") else "good" if after >= before * Decimal("1.2") else "neutral"
