"""Reserving, releasing and shipping pieces: many order lines in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from config.kit.actor import Actor
from config.kit.errors import Busy
from inventory.models import Reservation
from inventory.policies import Allocation, Allocator, OrderNeed, Shortage
from inventory.services._locks import lock_held_reservations, lock_levels_of_variants
from inventory.signals import stock_replenished
from inventory.states import MovementKind, ReservationState

# One statement: the condition on the update decides even if somebody changes the locking above it.
_RESERVE = """
    WITH wanted AS (
        SELECT * FROM unnest(%(levels)s::bigint[], %(variants)s::bigint[], %(locations)s::bigint[], %(lines)s::bigint[],
                             %(stores)s::bigint[], %(quantities)s::int[])
                      AS w(level_id, variant_id, location_id, line_id, store_id, quantity)
    ), per_level AS (
        SELECT level_id, sum(quantity)::int AS quantity FROM wanted GROUP BY level_id
    ), taken AS (
        UPDATE inventory_stocklevel l SET reserved = l.reserved + p.quantity
        FROM per_level p WHERE l.id = p.level_id AND l.on_hand - l.reserved >= p.quantity
        RETURNING l.id
    ), held AS (
        INSERT INTO inventory_reservation (level_id, line_id, store_id, quantity, state, created_at)
        SELECT level_id, line_id, store_id, quantity, 'held', %(now)s FROM wanted
    ), moved AS (
        INSERT INTO inventory_stockmovement (variant_id, location_id, store_id, kind, on_hand_delta, reserved_delta,
                                             source_type, source_id, reason, actor_label, actor_user_id, at)
        SELECT variant_id, location_id, store_id, 'reserve', 0, quantity, 'orders.orderline', line_id, '',
               %(actor_label)s, %(actor_user)s, %(now)s FROM wanted
    )
    SELECT (SELECT count(*) FROM per_level) - (SELECT count(*) FROM taken)
"""

_END = """
    WITH ended AS (
        UPDATE inventory_reservation SET state = %(state)s, ended_at = %(now)s
        WHERE id = ANY(%(ids)s) AND state = 'held'
        RETURNING level_id, line_id, store_id, quantity
    ), per_level AS (
        SELECT level_id, sum(quantity)::int AS quantity FROM ended GROUP BY level_id
    ), given AS (
        UPDATE inventory_stocklevel l
        SET reserved = l.reserved - p.quantity, on_hand = l.on_hand - p.quantity * %(leaves)s
        FROM per_level p WHERE l.id = p.level_id
        RETURNING l.id, l.variant_id, l.location_id
    )
    INSERT INTO inventory_stockmovement (variant_id, location_id, store_id, kind, on_hand_delta, reserved_delta,
                                         source_type, source_id, reason, actor_label, actor_user_id, at)
    SELECT g.variant_id, g.location_id, e.store_id, %(kind)s, -e.quantity * %(leaves)s, -e.quantity, 'orders.orderline',
           e.line_id, %(reason)s, %(actor_label)s, %(actor_user)s, %(now)s
    FROM ended e JOIN given g ON g.id = e.level_id
"""


@transaction.atomic(savepoint=False)  # inside intake a savepoint would cost two statements and save nothing
def reserve(*, orders: Sequence[OrderNeed], actor: Actor, now: datetime) -> dict[int, list[Shortage]]:
    """Reserve all that each order needs, in the given order, or nothing of it. Returns order key → shortages (empty: reserved).

    Locks the levels of all the variants in key order. Never takes a level below what is promised: the database refuses too.
    """
    variant_ids = [need.variant_id for order in orders for need in order.needs]
    if not variant_ids:
        return {order.order_id: [] for order in orders}
    allocator = Allocator(lock_levels_of_variants(variant_ids))
    taken: list[Allocation] = []
    shortages: dict[int, list[Shortage]] = {}
    for order in orders:
        outcome = allocator.allocate(order)
        shortages[order.order_id] = [item for item in outcome if isinstance(item, Shortage)]
        taken += [item for item in outcome if isinstance(item, Allocation)]
    if taken:
        _write_reservations(taken, actor=actor, now=now)
    return shortages


def _write_reservations(taken: Sequence[Allocation], *, actor: Actor, now: datetime) -> None:
    params = {
        "levels": [item.level_id for item in taken],
        "variants": [item.variant_id for item in taken],
        "locations": [item.location_id for item in taken],
        "lines": [item.line_id for item in taken],
        "stores": [item.store_id for item in taken],
        "quantities": [item.quantity for item in taken],
        "actor_label": actor.label,
        "actor_user": actor.user_id,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, params)
        if cursor.fetchone()[0]:
            raise Busy


@transaction.atomic
def release_reservations(*, line_ids: Sequence[int], actor: Actor, reason: str, now: datetime) -> int:
    """Give back what the order lines hold and tell the floors above. Returns how many reservations ended."""
    released = _end(line_ids, ReservationState.RELEASED, MovementKind.RELEASE, actor=actor, reason=reason, now=now)
    variant_ids = sorted({reservation.level.variant_id for reservation in released})
    if variant_ids:
        transaction.on_commit(lambda: stock_replenished.send(Reservation, variant_ids=variant_ids, now=now))
    return len(released)


@transaction.atomic
def ship_reservations(*, line_ids: Sequence[int], actor: Actor, now: datetime) -> int:
    """Book the reserved pieces of the order lines out of the stock. Returns how many reservations ended."""
    return len(_end(line_ids, ReservationState.SHIPPED, MovementKind.SHIP, actor=actor, reason="", now=now))


def _end(
    line_ids: Sequence[int], state: ReservationState, kind: MovementKind, *, actor: Actor, reason: str, now: datetime
) -> list[Reservation]:
    rows = lock_held_reservations(line_ids)
    if rows:
        params = {
            "ids": [row.pk for row in rows],
            "state": str(state),
            "kind": str(kind),
            "leaves": 1 if kind == MovementKind.SHIP else 0,
            "reason": reason[:200],
            "actor_label": actor.label,
            "actor_user": actor.user_id,
            "now": now,
        }
        with connection.cursor() as cursor:
            cursor.execute(_END, params)
    return rows
