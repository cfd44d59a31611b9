"""Reads of stock levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from catalog.selectors import variants_matching
from inventory.models import Reservation, StockLevel
from inventory.states import ReservationState


@dataclass(frozen=True, slots=True)
class VariantStock:
    """One total and its parts by location, as far as the person may see them."""

    parts: list[StockLevel]

    @property
    def on_hand(self) -> int:
        """Pieces that lie there."""
        return sum(part.on_hand for part in self.parts)

    @property
    def reserved(self) -> int:
        """Pieces that are promised."""
        return sum(part.reserved for part in self.parts)

    @property
    def available(self) -> int:
        """Pieces that nobody is promised."""
        return self.on_hand - self.reserved


def stock_levels(user: Any) -> QuerySet[StockLevel]:
    """Levels in the person's scope with variant, product, location and what is available."""
    return StockLevel.objects.visible_to(user).with_available().select_related("variant__product", "location")


def levels_matching(rows: QuerySet[StockLevel], words: str) -> QuerySet[StockLevel]:
    """Levels of the variants that the words find."""
    return rows.filter(variant__in=variants_matching(words))


def variant_stock(variant_id: int, user: Any) -> VariantStock:
    """A variant's stock at every location that the person may see, in the order in which orders take from them."""
    rows = stock_levels(user).filter(variant_id=variant_id, location__is_active=True)
    return VariantStock(list(rows.order_by("location__priority", "location_id")))


def held_reservations(level_id: int) -> QuerySet[Reservation]:
    """Whom the reserved pieces of a level are promised to, oldest first."""
    return Reservation.objects.filter(level_id=level_id, state=ReservationState.HELD).order_by("created_at", "pk")
