"""Marks on orders."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from approvals import services as approvals
from config.kit.actor import Actor
from orders.models import Order
from orders.services._locks import lock_order
from orders.states import OrderFlag


@transaction.atomic
def flag_order(*, order_id: int, flag: OrderFlag, reason: str, actor: Actor, now: datetime) -> Order:
    """Mark an order, whatever its state. Locks it. The same mark again changes nothing."""
    order = lock_order(order_id)
    if order.flag != flag:
        before, order.flag = order.flag, flag
        order.save(update_fields=["flag"])
        approvals.record(
            "orders.flagged", order, actor=actor, reason=reason, changes={"flag": [before or None, str(flag)]}, at=now
        )
    return order
