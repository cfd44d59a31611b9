"""Receiving and correcting stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from approvals.services import Act, record_many
from config.kit.actor import Actor
from config.kit.sql import insert_rows
from inventory.errors import InsufficientStock, NothingToMove, ReasonMissing
from inventory.models import StockLevel, StockMovement
from inventory.services._locks import lock_levels
from inventory.signals import stock_replenished
from inventory.states import MovementKind


@dataclass(frozen=True, slots=True)
class StockLine:
    """Pieces of one variant at one location; negative only in corrections."""

    variant_id: int
    location_id: int
    quantity: int


@transaction.atomic
def receive_stock(*, lines: Sequence[StockLine], reference: str, actor: Actor, now: datetime) -> list[StockLevel]:
    """Book a receipt. Returns the fresh levels, sorted by key. Raises NothingToMove unless every quantity is above 0."""
    if not lines or any(line.quantity <= 0 for line in lines):
        raise NothingToMove(field="quantity")
    return _book(lines, MovementKind.RECEIPT, "inventory.stock_received", reason=reference, actor=actor, now=now)


@transaction.atomic
def correct_stock(*, lines: Sequence[StockLine], reason: str, actor: Actor, now: datetime) -> list[StockLevel]:
    """Book differences that somebody found, with the reason. Returns the fresh levels.

    Raises ReasonMissing, NothingToMove for a line of 0, InsufficientStock when a level would fall below what is promised; then
    nothing of the whole correction is booked.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    if not lines or any(line.quantity == 0 for line in lines):
        raise NothingToMove(field="quantity")
    return _book(lines, MovementKind.CORRECTION, "inventory.stock_corrected", reason=reason, actor=actor, now=now)


def _book(
    lines: Sequence[StockLine], kind: MovementKind, action: str, *, reason: str, actor: Actor, now: datetime
) -> list[StockLevel]:
    totals: dict[tuple[int, int], int] = {}
    for line in lines:
        pair = (line.variant_id, line.location_id)
        totals[pair] = totals.get(pair, 0) + line.quantity
    if not all(totals.values()):
        raise NothingToMove(field="quantity")
    pairs = sorted(totals)
    insert_rows(
        StockLevel,
        ("variant", "location", "on_hand", "reserved", "bin_code"),
        [(variant_id, location_id, 0, 0, "") for variant_id, location_id in pairs],
        tail="ON CONFLICT DO NOTHING",
    )
    levels = lock_levels(pairs)
    for level in levels:
        delta = totals[level.variant_id, level.location_id]
        if level.on_hand + delta < level.reserved:
            raise InsufficientStock(
                field="quantity",
                sku=level.variant.sku,
                location=level.location.name,
                asked=-delta,
                available=level.on_hand - level.reserved,
                reserved=level.reserved,
                on_hand=level.on_hand,
            )
    _write(levels, totals, kind, reason=reason, actor=actor, now=now)
    acts = []
    for level in levels:
        delta = totals[level.variant_id, level.location_id]
        changes = {"on_hand": [level.on_hand, level.on_hand + delta]}
        acts.append(Act(action, "inventory.stocklevel", level.pk, reason=reason, changes=changes))
        level.on_hand += delta
    record_many(acts, actor=actor, at=now)
    grown = sorted({variant_id for (variant_id, _location), delta in totals.items() if delta > 0})
    if grown:
        transaction.on_commit(lambda: stock_replenished.send(StockLevel, variant_ids=grown, now=now))
    return levels


def _write(
    levels: Sequence[StockLevel],
    totals: dict[tuple[int, int], int],
    kind: MovementKind,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    deltas = [totals[level.variant_id, level.location_id] for level in levels]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_stocklevel l SET on_hand = l.on_hand + d.delta"
            " FROM unnest(%s::bigint[], %s::int[]) AS d(id, delta) WHERE l.id = d.id",
            [[level.pk for level in levels], deltas],
        )
    columns = (
        "variant", "location", "store_id", "kind", "on_hand_delta", "reserved_delta", "source_type", "source_id",
        "reason", "actor_label", "actor_user", "at",
    )  # fmt: skip
    insert_rows(
        StockMovement,
        columns,
        [
            (level.variant_id, level.location_id, None, str(kind), delta, 0, "inventory.stocklevel", level.pk, reason[:200],
             actor.label, actor.user_id, now)
            for level, delta in zip(levels, deltas, strict=True)
        ],
    )  # fmt: skip
