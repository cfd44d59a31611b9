"""Holding orders and letting them go."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from orders.errors import HoldRefused
from orders.models import Hold, Order
from orders.services._locks import lock_order
from orders.services._transitions import transition
from orders.states import HoldKind, OrderStatus, StockStatus

_AUTOMATIC = frozenset({HoldKind.STOCK, HoldKind.UNMAPPED})
_OVER = frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED, OrderStatus.CANCELLED})


@transaction.atomic
def hold_order(*, order_id: int, kind: HoldKind, reason: str, actor: Actor, now: datetime) -> Order:
    """Hold an order for a reason, with its clock. Locks the order. Raises HoldRefused when it has left or is held so already."""
    order = lock_order(order_id)
    if order.status in _OVER:
        raise HoldRefused(number=order.number, problem=_("it has left or is over; a hold would stop nothing."))
    if not reason.strip():
        raise HoldRefused(field="reason", number=order.number, problem=_("write why it must wait."))
    if order.holds.filter(kind=kind, released_at__isnull=True).exists():
        raise HoldRefused(field="kind", number=order.number, problem=_("it is held for this already."))
    place_hold(order, kind, reason, actor=actor, now=now)
    return order


def place_hold(order: Order, kind: HoldKind, reason: str, *, actor: Actor, now: datetime) -> None:
    """Add a hold to a locked order; a ready order becomes held. One open hold per type: a second one renews the reason."""
    hold, created = Hold.objects.get_or_create(
        order=order,
        kind=kind,
        released_at=None,
        defaults={
            "store_id": order.shop_id,
            "reason": reason[:500],
            "opened_at": now,
            "owner_id": actor.user_id,
        },
    )
    if not created:
        hold.reason = reason[:500]
        hold.save(update_fields=["reason"])
        return
    order.open_holds += 1
    Order.objects.filter(pk=order.pk).update(open_holds=F("open_holds") + 1, **_held_if_ready(order, now))
    approvals.start_deadlines([hold_deadline(order.pk, order.number, order.shop_id, now)], now=now)
    approvals.record("orders.held", order, actor=actor, reason=reason, changes={"hold": [None, kind]}, at=now)


def hold_deadline(order_id: int, number: str, store_id: int, now: datetime) -> approvals.DeadlineStart:
    """The clock of a held order."""
    return approvals.DeadlineStart(
        rule="order_hold",
        subject_type="orders.order",
        subject_id=order_id,
        subject_label=number,
        store_id=store_id,
        owner_role="SELL",
        starts_at=now,
    )


def _held_if_ready(order: Order, now: datetime) -> dict[str, object]:
    if order.status != OrderStatus.READY:
        return {}
    order.status, order.status_at = OrderStatus.HELD, now
    return {"status": OrderStatus.HELD, "status_at": now}


@transaction.atomic
def release_hold(*, order_id: int, kind: HoldKind, resolution: str, actor: Actor, now: datetime) -> Order:
    """Release one hold; without another, an order with its stock becomes ready. Locks the order.

    Raises HoldRefused without a resolution, for a hold that is not there, and for holds that only stock or a mapping can release.
    """
    order = lock_order(order_id)
    if kind in _AUTOMATIC:
        raise HoldRefused(
            number=order.number, problem=_("only stock that arrives or a mapped code releases this hold.")
        )
    if not resolution.strip():
        raise HoldRefused(field="resolution", number=order.number, problem=_("write how it was settled."))
    if not order.holds.filter(kind=kind, released_at__isnull=True).exists():
        raise HoldRefused(number=order.number, problem=_("it is not held for this (any more)."))
    lift_hold(order, kind, resolution, actor=actor, now=now)
    return order


def lift_hold(order: Order, kind: HoldKind, resolution: str, *, actor: Actor, now: datetime) -> None:
    """Close a hold of a locked order and make the order ready when nothing else stops it."""
    closed = order.holds.filter(kind=kind, released_at__isnull=True).update(
        released_at=now, resolution=resolution[:500]
    )
    if not closed:
        return
    order.open_holds -= closed
    order.save(update_fields=["open_holds"])
    approvals.record("orders.released", order, actor=actor, reason=resolution, changes={"hold": [kind, None]}, at=now)
    if order.open_holds == 0:
        approvals.meet_deadlines(
            subject_type="orders.order", subject_ids=[order.pk], rules=["order_hold"], actor=actor, now=now
        )
        if order.status == OrderStatus.HELD and order.stock_status in (StockStatus.RESERVED, StockStatus.NOT_NEEDED):
            transition(order, OrderStatus.READY, at=now)
