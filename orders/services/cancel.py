"""Cancelling an order before it is picked."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.errors import InvalidInput
from inventory import services as inventory
from orders import policies
from orders.models import Order
from orders.services._locks import lock_order
from orders.services._transitions import transition
from orders.states import OrderStatus, StockStatus


@transaction.atomic
def cancel_order(*, order_id: int, reason: str, actor: Actor, now: datetime) -> Order:
    """Cancel an order and give its stock back. Locks the order, then its stock.

    Raises InvalidInput without a reason, CancellationRefused once it is in a wave or further.
    """
    if not reason.strip():
        raise InvalidInput(field="reason", problem=_("Write why the order is cancelled."))
    order = lock_order(order_id)
    policies.require_cancellable(order.number, order.status)
    cancel_locked(order, reason=reason, actor=actor, now=now)
    return order


def cancel_locked(order: Order, *, reason: str, actor: Actor, now: datetime) -> None:
    """Cancel a locked order that may be cancelled: stock, holds, clocks and trail."""
    before = order.status
    released = inventory.release_reservations(
        line_ids=list(order.lines.values_list("pk", flat=True)), actor=actor, reason=reason, now=now
    )
    order.holds.filter(released_at__isnull=True).update(released_at=now, resolution=reason[:500])
    order.open_holds = 0
    order.stock_status = StockStatus.RELEASED if released else StockStatus.NOT_NEEDED
    order.save(update_fields=["open_holds", "stock_status"])
    transition(order, OrderStatus.CANCELLED, at=now)
    approvals.withdraw_deadlines(
        subject_type="orders.order", subject_ids=[order.pk], actor=actor, reason=reason, now=now
    )
    approvals.record(
        "orders.cancelled", order, actor=actor, reason=reason, changes={"status": [before, order.status]}, at=now
    )
