"""Giving packed parcels to a courier: into the bag one by one, out of the house together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from inventory import services as inventory
from orders import policies
from orders.errors import HandOverRefused
from orders.models import Courier, HandOver, Order, OrderLine, Parcel, Wave
from orders.selectors import bench
from orders.services._locks import lock_orders
from orders.services._transitions import transition_many
from orders.states import OrderStatus, ParcelState, StockStatus, WaveState


@transaction.atomic
def bag_parcel(*, courier_id: int, location_id: int, code: str, actor: Actor, now: datetime) -> Parcel:
    """Put a scanned parcel (waybill or shipping note) into a courier's bag; again changes nothing. Locks the parcel.

    Raises HandOverRefused for a parcel that is not packed, lies elsewhere, belongs to another courier or is on hold.
    """
    found = bench.parcels_by_code(code)
    if len(found) != 1:
        raise HandOverRefused(field="code", problem=_("No parcel has the number %s.") % code.strip()[:60])
    parcel = Parcel.objects.select_for_update(of=("self",)).select_related("order", "courier").get(pk=found[0].pk)
    _require_deliverable(parcel, courier_id, location_id)
    if parcel.bagged_at is None:
        parcel.bagged_at = now
        parcel.save(update_fields=["bagged_at"])
    return parcel


@transaction.atomic
def unbag_parcel(*, parcel_id: int, actor: Actor, now: datetime) -> Parcel:
    """Take a parcel out of the bag again. Raises HandOverRefused once the courier has it."""
    parcel = Parcel.objects.select_for_update().get(pk=parcel_id)
    if parcel.state != ParcelState.PACKED:
        raise HandOverRefused(problem=_("%s is with the courier already.") % parcel.note_number)
    parcel.bagged_at = None
    parcel.save(update_fields=["bagged_at"])
    return parcel


@transaction.atomic
def hand_over(
    *, courier_id: int, location_id: int, parcel_ids: Sequence[int], taken_by: str, actor: Actor, now: datetime
) -> HandOver:
    """Give parcels to a courier, all or none: their orders are shipped, pieces leave the stock, shipping clocks are met.

    Locks the orders, the parcels, their waves, then stock, each in key order. The statements do not grow with the parcels. Raises
    HandOverRefused without parcels or without a name, and naming the first parcel that must not leave.
    """
    if not taken_by.strip():
        raise HandOverRefused(field="taken_by", problem=_("Write the name of who takes the parcels."))
    wanted = sorted(set(parcel_ids))
    orders = lock_orders(list(Parcel.objects.filter(pk__in=wanted).values_list("order_id", flat=True)))
    parcels = list(
        Parcel.objects.filter(pk__in=wanted)
        .order_by("pk")
        .select_for_update(of=("self",))
        .select_related("order", "courier")
    )
    if not parcels or len(parcels) != len(wanted):
        raise HandOverRefused(problem=_("There is no parcel to hand over: scan the parcels into the bag first."))
    for parcel in parcels:
        _require_deliverable(parcel, courier_id, location_id)
    handover = HandOver.objects.create(
        courier_id=courier_id,
        location_id=location_id,
        taken_by=taken_by.strip()[:80],
        parcel_count=len(parcels),
        at=now,
        created_by_id=actor.user_id,
    )
    # The trigger holds the same table: only a packed parcel becomes a handed-over one.
    Parcel.objects.filter(pk__in=wanted, state=ParcelState.PACKED).update(
        state=ParcelState.HANDED_OVER, state_at=now, handover=handover, bagged_at=None
    )
    _ship(orders, parcels, handover, actor=actor, now=now)
    return handover


def _ship(orders: list[Order], parcels: list[Parcel], handover: HandOver, *, actor: Actor, now: datetime) -> None:
    ids = [order.pk for order in orders]
    transition_many(orders, OrderStatus.SHIPPED, at=now)
    Order.objects.filter(pk__in=ids, stock_status=StockStatus.RESERVED).update(stock_status=StockStatus.SHIPPED)
    _finish_waves(orders, now)
    line_ids = list(OrderLine.objects.filter(order__in=ids).order_by("pk").values_list("pk", flat=True))
    inventory.ship_reservations(line_ids=line_ids, actor=actor, now=now)
    approvals.meet_deadlines(subject_type="orders.order", subject_ids=ids, rules=["order_ship"], actor=actor, now=now)
    approvals.record_many(
        [
            approvals.Act(
                "orders.handed_over",
                "orders.order",
                parcel.order_id,
                store_id=parcel.store_id,
                changes={"waybill": [None, parcel.waybill], "taken_by": [None, handover.taken_by]},
            )
            for parcel in parcels
        ],
        actor=actor,
        at=now,
    )


def _finish_waves(orders: list[Order], now: datetime) -> None:
    # Two hand-overs that empty one wave together: whoever locks it second sees that it is empty.
    wave_ids = sorted({order.wave_id for order in orders if order.wave_id is not None})
    list(Wave.objects.filter(pk__in=wave_ids).order_by("pk").select_for_update())
    busy = Order.objects.filter(wave__in=wave_ids, status__in=(OrderStatus.PICKING, OrderStatus.PACKED)).values("wave")
    Wave.objects.filter(pk__in=wave_ids).exclude(state=WaveState.FINISHED).exclude(pk__in=busy).update(
        state=WaveState.FINISHED, finished_at=now
    )


def _require_deliverable(parcel: Parcel, courier_id: int, location_id: int) -> None:
    if parcel.state != ParcelState.PACKED or parcel.order.status != OrderStatus.PACKED:
        raise HandOverRefused(
            field="code",
            problem=_("%(note)s is %(state)s: only a packed parcel can be handed over.")
            % {"note": parcel.note_number, "state": ParcelState(parcel.state).label},
        )
    if parcel.courier_id != courier_id:
        problem = _("%(note)s goes with %(own)s, not with %(other)s.") % {
            "note": parcel.note_number,
            "own": parcel.courier.name if parcel.courier else "–",
            "other": Courier.objects.get(pk=courier_id).name,
        }
        raise HandOverRefused(field="code", problem=problem)
    if parcel.location_id != location_id:
        raise HandOverRefused(field="code", problem=_("%s lies at another location.") % parcel.note_number)
    policies.require_nothing_holds(parcel.order.number, parcel.order.open_holds, HandOverRefused)
