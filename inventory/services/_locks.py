"""Locks on stock: functions that return rows, in key order (orders/README.md holds the house's lock order)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from inventory.models import Reservation, StockLevel
from inventory.policies import LevelFacts
from inventory.states import ReservationState

_LEVELS_OF_VARIANTS = """
    SELECT l.id, l.variant_id, l.location_id, l.on_hand, l.reserved, p.shop_id, p.priority, p.serves_online
    FROM inventory_stocklevel l JOIN inventory_location p ON p.id = l.location_id
    WHERE l.variant_id = ANY(%s) AND p.is_active
    ORDER BY l.id
    FOR UPDATE OF l
"""


def lock_levels_of_variants(variant_ids: Sequence[int]) -> list[LevelFacts]:
    """Lock every active location's level of the variants."""
    with connection.cursor() as cursor:
        cursor.execute(_LEVELS_OF_VARIANTS, [sorted(set(variant_ids))])
        return [LevelFacts(*row) for row in cursor.fetchall()]


def lock_levels(pairs: Sequence[tuple[int, int]]) -> list[StockLevel]:
    """Lock the levels of (variant, location) pairs."""
    variants, locations = zip(*pairs, strict=True)
    ids = StockLevel.objects.raw(
        "SELECT l.* FROM inventory_stocklevel l JOIN unnest(%s::bigint[], %s::bigint[]) AS w(variant_id, location_id)"
        " ON l.variant_id = w.variant_id AND l.location_id = w.location_id ORDER BY l.id FOR UPDATE OF l",
        [list(variants), list(locations)],
    )
    return list(ids)


def lock_held_reservations(line_ids: Sequence[int]) -> list[Reservation]:
    """Lock the held reservations of order lines together with their levels, levels first in key order."""
    level_ids = Reservation.objects.filter(line_id__in=line_ids, state=ReservationState.HELD).values("level_id")
    list(StockLevel.objects.filter(pk__in=level_ids).order_by("pk").select_for_update())
    return list(
        Reservation.objects.filter(line_id__in=line_ids, state=ReservationState.HELD)
        .select_related("level")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
