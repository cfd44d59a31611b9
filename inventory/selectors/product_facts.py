"""Figures about products from the ledger, for refresh tasks. Set-based."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Variant
from catalog.registries import Fact
from inventory.models import StockLevel, StockMovement
from inventory.states import MovementKind

_SCARCE_DAYS = 14


def stock(product_ids: Collection[int], since: datetime, until: datetime) -> Mapping[int, list[Fact]]:
    """On hand and available now at all active locations, and for how many days that lasts at the pace of the period. Three queries.

    Products that are not kept in stock are left out. Nothing left the stock in the period: no days are told.
    """
    kept = set(
        Variant.objects.filter(product__in=product_ids, is_stocked=True).values_list("product", flat=True).distinct()
    )
    levels: dict[int, tuple[int, int]] = {
        row["variant__product"]: (row["there"], row["promised"])
        for row in StockLevel.objects.filter(variant__product__in=kept, location__is_active=True)
        .values("variant__product")
        .annotate(there=Sum("on_hand"), promised=Sum("reserved"))
        .order_by()
    }
    left = dict(
        StockMovement.objects.filter(
            variant__product__in=kept,
            kind__in=(MovementKind.SHIP, MovementKind.SALE),
            at__gte=since,
            at__lt=until,
        )
        .values_list("variant__product")
        .annotate(pieces=-Sum("on_hand_delta"))
        .order_by()
    )
    days = max(Decimal((until - since).total_seconds()) / 86400, Decimal(1))
    found = {}
    for product in kept:
        there, promised = levels.get(product, (0, 0))
        found[product] = [
            Fact(_("On hand"), f"{there:,}"),
            Fact(_("Available"), f"{there - promised:,}", tone="bad" if there <= promised else "neutral"),
            _cover(there - promised, left.get(product, 0), days),
        ]
    return found


def _cover(available: int, pieces: int, days: Decimal) -> Fact:
    if pieces <= 0:
        return Fact(_("Lasts for"), gettext("nothing left the stock"), tone="muted")
    lasts = int(available * days / pieces)
    return Fact(
        _("Lasts for"), gettext("%(days)d days") % {"days": lasts}, tone="warn" if lasts < _SCARCE_DAYS else "neutral"
    )
