"""Reads of the ledger: lines with running balances, and the proof that levels are the sums of their lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from config.kit.web.keyset import page_of
from inventory.models import StockLevel, StockMovement

PAGE = 50

_DIFFERENCES = """
    SELECT l.id, coalesce(l.variant_id, m.variant_id), coalesce(l.location_id, m.location_id),
           coalesce(l.on_hand, 0), coalesce(l.reserved, 0),
           coalesce(m.on_hand, 0)::int, coalesce(m.reserved, 0)::int, coalesce(r.promised, 0)::int
    FROM inventory_stocklevel l
    FULL JOIN (
        SELECT variant_id, location_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved
        FROM inventory_stockmovement GROUP BY variant_id, location_id
    ) m ON m.variant_id = l.variant_id AND m.location_id = l.location_id
    LEFT JOIN (
        SELECT level_id, sum(quantity) AS promised FROM inventory_reservation WHERE state = 'held' GROUP BY level_id
    ) r ON r.level_id = l.id
    WHERE coalesce(l.on_hand, 0) <> coalesce(m.on_hand, 0)
       OR coalesce(l.reserved, 0) <> coalesce(m.reserved, 0)
       OR coalesce(l.reserved, 0) <> coalesce(r.promised, 0)
    ORDER BY 2, 3
"""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One movement with the balances after it."""

    movement: StockMovement
    on_hand: int
    reserved: int

    @property
    def available(self) -> int:
        """Pieces that nobody was promised after this movement."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Lines, newest first, and the cursors of the neighbouring pages."""

    lines: list[LedgerLine]
    next: str
    previous: str


@dataclass(frozen=True, slots=True)
class LedgerDifference:
    """A level that is not the sum of its movements, or whose reserved pieces are not those of its held reservations."""

    level_id: int | None
    variant_id: int
    location_id: int
    on_hand: int
    reserved: int
    ledger_on_hand: int
    ledger_reserved: int
    promised: int


def ledger_page(level: StockLevel, *, after: str = "", before: str = "") -> LedgerPage:
    """A page of a level's movements. Balances are counted back from the level, read in the same statement."""
    pair = {"variant_id": level.variant_id, "location_id": level.location_id}
    there = StockLevel.objects.filter(variant_id=OuterRef("variant_id"), location_id=OuterRef("location_id"))
    rows = StockMovement.objects.filter(**pair).annotate(
        level_on_hand=Subquery(there.values("on_hand")), level_reserved=Subquery(there.values("reserved"))
    )
    found = page_of(rows, "-pk", PAGE, after=after, before=before)
    if not found.rows:
        return LedgerPage([], "", "")
    first = found.rows[0]
    on_hand, reserved = first.level_on_hand, first.level_reserved
    if found.previous:
        newer = StockMovement.objects.filter(**pair, pk__gt=first.pk).aggregate(
            on_hand=Sum("on_hand_delta", default=0), reserved=Sum("reserved_delta", default=0)
        )
        on_hand, reserved = on_hand - newer["on_hand"], reserved - newer["reserved"]
    lines = []
    for movement in found.rows:
        lines.append(LedgerLine(movement, on_hand, reserved))
        on_hand, reserved = on_hand - movement.on_hand_delta, reserved - movement.reserved_delta
    return LedgerPage(lines, found.next, found.previous)


def stock_movements(user: Any) -> QuerySet[StockMovement]:
    """The ledger in the person's scope."""
    return (
        StockMovement.objects.visible_to(user)
        .select_related("variant__product", "location")
        .annotate(available_delta=F("on_hand_delta") - F("reserved_delta"))
    )


def ledger_differences() -> list[LedgerDifference]:
    """Every level that disagrees with the ledger or its reservations, in one statement; none is what must be."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES)
        return [LedgerDifference(*row) for row in cursor.fetchall()]
