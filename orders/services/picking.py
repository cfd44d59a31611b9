"""Walking a wave: what was taken from a bin, and what was not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from inventory import services as inventory
from inventory.models import Reservation
from inventory.states import ReservationState
from orders.errors import WaveRefused
from orders.models import Order, OrderLine, PickLine, Wave
from orders.services._locks import lock_orders, lock_wave
from orders.services._transitions import transition_many
from orders.services.holds import place_hold
from orders.services.waves import PutBack, settle_wave, take_out
from orders.states import HoldKind, OrderStatus, StockStatus, WaveState


@dataclass(frozen=True, slots=True)
class ShortPick:
    """What a short pick led to: the orders that lost out, and what was picked for them and goes back."""

    wave: Wave
    orders: list[Order]
    put_back: list[PutBack]


@transaction.atomic
def pick(*, wave_id: int, pick_line_id: int, quantity: int, actor: Actor, now: datetime) -> PickLine:
    """Note pieces as taken from their bin; the wave goes on to packing with its last line.

    Locks the wave. Raises WaveRefused for more than the list asks for, or for a wave that is picked.
    """
    wave = lock_wave(wave_id)
    _require_open(wave)
    if quantity < 1:
        raise WaveRefused(field="quantity", problem=_("Type how many pieces you took."))
    taken = PickLine.objects.filter(
        pk=pick_line_id, wave=wave, quantity__gte=F("picked") + F("short") + quantity
    ).update(picked=F("picked") + quantity)
    if not taken:
        raise WaveRefused(
            field="quantity", problem=_("The list asks for fewer pieces from this bin. Nothing was changed.")
        )
    settle_wave(wave, actor=actor, now=now)
    return PickLine.objects.select_related("level__variant", "wave").get(pk=pick_line_id)


@transaction.atomic
def short_pick(
    *,
    wave_id: int,
    pick_line_id: int,
    quantity: int,
    reason: str,
    actor: Actor,
    now: datetime,
    corrects_stock: bool = False,
) -> ShortPick:
    """Note pieces as not found: the least urgent orders that wait for them leave the wave, held, their stock given back.

    With `corrects_stock` the missing pieces are booked off in the same transaction (the actor needs the right to correct stock);
    without, the stock still counts them until somebody does. Locks the wave's orders, the wave, then stock. Raises WaveRefused.
    """
    in_it = Order.objects.filter(wave_id=wave_id, status=OrderStatus.PICKING)
    locked = lock_orders(list(in_it.values_list("pk", flat=True)))
    orders = [order for order in locked if order.wave_id == wave_id and order.status == OrderStatus.PICKING]
    wave = lock_wave(wave_id)
    _require_open(wave)
    line = PickLine.objects.select_related("level__variant").filter(pk=pick_line_id, wave=wave).first()
    if line is None or not 0 < quantity <= line.open_quantity:
        raise WaveRefused(
            field="quantity", problem=_("The list asks for fewer pieces from this bin. Nothing was changed.")
        )
    if not reason.strip():
        raise WaveRefused(field="reason", problem=_("Write what you found: shelf empty, damaged, another article …"))
    losers = _who_loses_out(orders, line.level_id, quantity)
    PickLine.objects.filter(pk=line.pk).update(short=F("short") + quantity)
    put_back = take_out(losers, wave, covered={line.level_id: quantity})
    _hold(losers, wave, line, quantity, reason, actor=actor, now=now)
    if corrects_stock:
        missing = inventory.StockLine(line.level.variant_id, line.level.location_id, -quantity)
        inventory.correct_stock(lines=[missing], reason=f"{wave.number}: {reason}"[:200], actor=actor, now=now)
    settle_wave(wave, actor=actor, now=now)
    return ShortPick(wave, losers, put_back)


def _who_loses_out(orders: list[Order], level_id: int, quantity: int) -> list[Order]:
    line_order = dict(OrderLine.objects.filter(order__in=orders).values_list("pk", "order_id"))
    wants: dict[int, int] = {}
    held = Reservation.objects.filter(line_id__in=line_order, level_id=level_id, state=ReservationState.HELD)
    for line_id, pieces in held.values_list("line_id", "quantity"):
        wants[line_order[line_id]] = wants.get(line_order[line_id], 0) + pieces
    waiting = sorted((order for order in orders if order.pk in wants), key=_urgency, reverse=True)
    losers, missing = [], quantity
    for order in waiting:
        if missing <= 0:
            break
        losers.append(order)
        missing -= wants[order.pk]
    return sorted(losers, key=lambda order: order.pk)


def _urgency(order: Order) -> tuple[bool, float, int]:
    return (order.ship_by is None, order.ship_by.timestamp() if order.ship_by else 0.0, order.pk)


def _hold(
    losers: list[Order], wave: Wave, line: PickLine, quantity: int, reason: str, *, actor: Actor, now: datetime
) -> None:
    words = _("%(count)s × %(sku)s not found at %(bin)s: %(reason)s") % {
        "count": quantity,
        "sku": line.level.variant.sku,
        "bin": line.level.bin_code or _("no bin"),
        "reason": reason,
    }
    for order in losers:
        place_hold(order, HoldKind.SHORT_PICK, words, actor=actor, now=now)
        # The stock hold is what allocation lifts when the pieces turn up; the other one is a person's decision.
        place_hold(order, HoldKind.STOCK, words, actor=actor, now=now)
    transition_many(losers, OrderStatus.HELD, at=now)
    Order.objects.filter(pk__in=[order.pk for order in losers]).update(stock_status=StockStatus.SHORT)
    approvals.record_many(
        [
            approvals.Act(
                "orders.short_picked",
                "orders.order",
                order.pk,
                store_id=order.shop_id,
                reason=words,
                changes={"wave": [wave.number, None], "stock": [order.stock_status, str(StockStatus.SHORT)]},
            )
            for order in losers
        ],
        actor=actor,
        at=now,
    )
    for order in losers:
        order.stock_status = StockStatus.SHORT
    inventory.release_reservations(
        line_ids=list(OrderLine.objects.filter(order__in=losers).values_list("pk", flat=True)),
        actor=actor,
        reason=words[:200],
        now=now,
    )


def _require_open(wave: Wave) -> None:
    if wave.state != WaveState.PICKING:
        raise WaveRefused(
            problem=_("Wave %(number)s is %(state)s: there is nothing left to pick.")
            % {"number": wave.number, "state": WaveState(wave.state).label}
        )
