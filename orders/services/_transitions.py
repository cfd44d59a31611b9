"""The only place that assigns a status. Called with locked rows; the database holds the same tables as triggers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.kit.errors import TransitionNotAllowed
from orders.models import Order, Parcel
from orders.states import ORDER_TRANSITIONS, PARCEL_TRANSITIONS, OrderStatus, ParcelState


def transition(order: Order, target: OrderStatus, *, at: datetime) -> None:
    """Move one locked order. Raises TransitionNotAllowed."""
    transition_many([order], target, at=at)


def transition_many(orders: Sequence[Order], target: OrderStatus, *, at: datetime) -> None:
    """Move many locked orders in one statement. Raises TransitionNotAllowed naming the first that cannot; then none has moved."""
    for order in orders:
        if target not in ORDER_TRANSITIONS[order.status]:
            raise TransitionNotAllowed(
                subject=order.number, current=OrderStatus(order.status).label, target=OrderStatus(target).label
            )
    for order in orders:
        order.status, order.status_at = target, at
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(status=target, status_at=at)


def move_parcel(parcel: Parcel, target: ParcelState, *, at: datetime) -> bool:
    """Move one locked parcel; False when it is there already or would fall back. Raises TransitionNotAllowed before hand-over."""
    if parcel.state == target:
        return False
    if target not in PARCEL_TRANSITIONS[parcel.state]:
        if parcel.handover_id is None:
            raise TransitionNotAllowed(
                subject=parcel.note_number,
                current=ParcelState(parcel.state).label,
                target=ParcelState(target).label,
            )
        return False
    parcel.state, parcel.state_at = target, at
    if target in (ParcelState.SIGNED, ParcelState.SIGNED_BY_OTHER):
        parcel.delivered_at = at
    parcel.save(update_fields=["state", "state_at", "delivered_at"])
    return True
