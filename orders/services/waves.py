"""Building waves and taking orders out of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.sql import insert_rows, next_ids
from inventory.models import Reservation
from inventory.states import ReservationState
from orders.errors import WaveRefused
from orders.models import Order, OrderLine, Parcel, ParcelLine, PickLine, Wave
from orders.selectors.bench import WaveRule, orders_for_wave
from orders.services._locks import lock_order, lock_orders, lock_wave
from orders.services._transitions import transition, transition_many
from orders.states import OrderStatus, ParcelState, StockStatus, WaveState


@dataclass(frozen=True, slots=True)
class ReservedPieces:
    """Pieces of one order line that a stock level holds for it."""

    order_id: int
    line_id: int
    level_id: int
    location_id: int
    bin_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PutBack:
    """Pieces that were picked already and go back into their bin."""

    level_id: int
    sku: str
    bin_code: str
    quantity: int


@transaction.atomic
def build_wave(*, rule: WaveRule, actor: Actor, now: datetime) -> Wave:
    """Put ready orders of one location into a wave, with its pick list and a parcel for each order.

    Locks the orders in key order and leaves out those that somebody else has at this moment. Raises WaveRefused when none is left.
    """
    wanted = list(orders_for_wave(rule).values_list("pk", flat=True)[: rule.limit])
    orders = [order for order in lock_orders(wanted, skip_locked=True) if _can_be_picked(order)]
    pieces = _reserved_pieces([order.pk for order in orders])
    orders = [
        order
        for order in orders
        if pieces[order.pk] and all(piece.location_id == rule.location_id for piece in pieces[order.pk])
    ]
    if not orders:
        raise WaveRefused(
            problem=_("No ready order with stock at this location is free for a wave. Nothing was changed.")
        )
    [wave_id] = next_ids((Wave, 1))[0]
    wave = Wave.objects.create(
        pk=wave_id,
        number=f"W{_day(now)}{wave_id:05d}",
        location_id=rule.location_id,
        created_by_id=actor.user_id,
        created_at=now,
    )
    transition_many(orders, OrderStatus.PICKING, at=now)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(wave=wave)
    taken = [piece for order in orders for piece in pieces[order.pk]]
    _write_pick_lines(wave, taken)
    _write_parcels(rule, orders, taken, now)
    acts = [
        approvals.Act(
            "orders.wave_joined",
            "orders.order",
            order.pk,
            store_id=order.shop_id,
            changes={"wave": [None, wave.number]},
        )
        for order in orders
    ]
    built = approvals.Act("orders.wave_built", "orders.wave", wave.pk, changes={"orders": [None, len(orders)]})
    approvals.record_many([*acts, built], actor=actor, at=now)
    return wave


@transaction.atomic
def leave_wave(*, order_id: int, reason: str, actor: Actor, now: datetime) -> list[PutBack]:
    """Take an order out of its wave; its stock stays reserved. Returns what was picked for it already and goes back.

    The order becomes ready again, or held when something holds it. Locks the order, then the wave. Raises WaveRefused unless
    the order is being picked: a packed one is unpacked first.
    """
    order = lock_order(order_id)
    if order.status != OrderStatus.PICKING or order.wave_id is None:
        raise WaveRefused(
            problem=_(
                "%(number)s is %(status)s: it is in no wave that it could leave. Unpack it first if it is packed."
            )
            % {"number": order.number, "status": OrderStatus(order.status).label}
        )
    wave = lock_wave(order.wave_id)
    put_back = take_out([order], wave, covered={})
    transition(order, OrderStatus.HELD if order.open_holds else OrderStatus.READY, at=now)
    approvals.record(
        "orders.wave_left", order, actor=actor, reason=reason, changes={"wave": [wave.number, None]}, at=now
    )
    settle_wave(wave, actor=actor, now=now)
    return put_back


def take_out(orders: Sequence[Order], wave: Wave, *, covered: Mapping[int, int]) -> list[PutBack]:
    """Take locked orders off the pick list of their locked wave; the caller moves their status.

    `covered` are pieces per stock level that are known to be missing: they count as taken off. What is no longer asked for comes
    off the pieces not yet picked; the rest goes back into its bin and is returned.
    """
    demand: dict[int, int] = defaultdict(int)
    for rows in _reserved_pieces([order.pk for order in orders]).values():
        for piece in rows:
            demand[piece.level_id] += piece.quantity
    put_back = []
    lines = PickLine.objects.filter(wave=wave, level__in=demand).select_related("level__variant").order_by("walk_order")
    for line in lines:
        asked = max(demand[line.level_id] - covered.get(line.level_id, 0), 0)
        cut = min(asked, line.quantity - line.picked - line.short)
        if asked > cut:
            put_back.append(PutBack(line.level_id, line.level.variant.sku, line.level.bin_code, asked - cut))
            line.picked -= asked - cut
        line.quantity -= asked
    PickLine.objects.bulk_update(lines, ["quantity", "picked"])
    PickLine.objects.filter(wave=wave, quantity=0).delete()
    ids = [order.pk for order in orders]
    ParcelLine.objects.filter(parcel__order__in=ids, parcel__state=ParcelState.PACKING).update(scanned=0)
    Order.objects.filter(pk__in=ids).update(wave=None)
    for order in orders:
        order.wave = None
    return put_back


def settle_wave(wave: Wave, *, actor: Actor, now: datetime) -> None:
    """Move a locked wave on when its state is over: packing once every line is settled, finished once no order is in it."""
    before = wave.state
    if not wave.orders.filter(status__in=(OrderStatus.PICKING, OrderStatus.PACKED)).exists():
        wave.state, wave.finished_at = WaveState.FINISHED, now
    elif wave.state == WaveState.PICKING and not any(line.is_open for line in wave.pick_lines.all()):
        wave.state, wave.picked_at = WaveState.PACKING, now
    if wave.state != before:
        wave.save(update_fields=["state", "picked_at", "finished_at"])
    if wave.state == WaveState.PACKING != before:
        approvals.record("orders.wave_picked", wave, actor=actor, changes={"state": [before, wave.state]}, at=now)


def _can_be_picked(order: Order) -> bool:
    # Read again under the lock: the list of candidates is older than it.
    return order.status == OrderStatus.READY and order.stock_status == StockStatus.RESERVED and order.open_holds == 0


def _reserved_pieces(order_ids: Sequence[int]) -> dict[int, list[ReservedPieces]]:
    line_order = dict(OrderLine.objects.filter(order__in=order_ids).order_by("pk").values_list("pk", "order_id"))
    held = Reservation.objects.filter(line_id__in=line_order, state=ReservationState.HELD).order_by("line_id")
    found: dict[int, list[ReservedPieces]] = {order_id: [] for order_id in order_ids}
    for line_id, level_id, location_id, bin_code, quantity in held.values_list(
        "line_id", "level_id", "level__location_id", "level__bin_code", "quantity"
    ):
        order_id = line_order[line_id]
        found[order_id].append(ReservedPieces(order_id, line_id, level_id, location_id, bin_code, quantity))
    return found


def _write_pick_lines(wave: Wave, taken: Sequence[ReservedPieces]) -> None:
    totals: dict[int, int] = defaultdict(int)
    bins: dict[int, str] = {}
    for piece in taken:
        totals[piece.level_id] += piece.quantity
        bins[piece.level_id] = piece.bin_code
    walk = sorted(totals, key=lambda level_id: (walk_key(bins[level_id]), level_id))
    insert_rows(
        PickLine,
        ("wave", "level", "walk_order", "quantity", "picked", "short"),
        [(wave.pk, level_id, position, totals[level_id], 0, 0) for position, level_id in enumerate(walk, start=1)],
    )


def walk_key(bin_code: str) -> tuple[bool, list[tuple[int, str]]]:
    """Bins in the order in which people walk: A-2 before A-10; goods without a bin last."""
    parts = re.findall(r"\d+|\D+", bin_code.upper())
    return (not bin_code, [(int(part), "") if part.isdigit() else (-1, part) for part in parts])


def _write_parcels(rule: WaveRule, orders: Sequence[Order], taken: Sequence[ReservedPieces], now: datetime) -> None:
    # An order that left an earlier wave keeps its parcel, and with it the note that may be printed already.
    kept = dict(
        Parcel.objects.filter(order__in=orders, state=ParcelState.PACKING).order_by("pk").values_list("order_id", "pk")
    )
    Parcel.objects.filter(pk__in=kept.values()).update(location=rule.location_id, courier=rule.courier_id, state_at=now)
    ParcelLine.objects.filter(parcel__in=kept.values()).delete()
    new = [order for order in orders if order.pk not in kept]
    ids = next_ids((Parcel, len(new)))[0]
    insert_rows(
        Parcel,
        (
            "id", "order", "store_id", "note_number", "location", "state", "courier", "waybill", "print_count", "created_at",
            "state_at",
        ),
        [
            (pk, order.pk, order.shop_id, f"N{_day(now)}{pk:06d}", rule.location_id, str(ParcelState.PACKING), rule.courier_id,
             "", 0, now, now)
            for pk, order in zip(ids, new, strict=True)
        ],
    )  # fmt: skip
    parcel_of = kept | {order.pk: pk for pk, order in zip(ids, new, strict=True)}
    insert_rows(
        ParcelLine,
        ("parcel", "order_line", "quantity", "scanned"),
        [(parcel_of[piece.order_id], piece.line_id, piece.quantity, 0) for piece in taken],
    )


def _day(now: datetime) -> str:
    return f"{timezone.localtime(now):%y%m%d}"
