"""What a channel says after it sent an order: paid, changed, cancelled, refunded. Only along allowed paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from orders import policies
from orders.drafts import CancellationDraft, OrderDraft
from orders.models import Cancellation, CancellationLine, Order, Payment
from orders.selectors.differences import differences
from orders.services._locks import lock_order
from orders.services.cancel import cancel_locked
from orders.services.holds import lift_hold, place_hold
from orders.states import CancellationKind, HoldKind, OrderStatus, PaymentStatus


class Applied(StrEnum):
    """What an update did."""

    NOTHING = "nothing"
    STALE = "stale"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Update:
    """The outcome of an update and what it touched, in words of the trail's changes."""

    applied: Applied
    number: str


@transaction.atomic
def apply_channel_update(*, order_id: int, draft: OrderDraft, actor: Actor, now: datetime) -> Update:
    """Bring an order into step with what its channel says now. Locks the order, then its stock.

    An older message than the last one applied changes nothing (STALE). A payment releases the payment hold; a
    cancellation cancels what may be cancelled and otherwise holds the order before it leaves; another content holds
    it for a person, with the differences.
    """
    order = lock_order(order_id)
    if draft.updated_at and order.channel_updated_at and draft.updated_at < order.channel_updated_at:
        return Update(Applied.STALE, order.number)
    touched = False
    if draft.cancelled_at is not None and order.status != OrderStatus.CANCELLED:
        touched |= _cancel_by_channel(order, actor, now)
    elif draft.paid_at is not None and order.payment_status == PaymentStatus.PENDING:
        _pay(order, draft, actor, now)
        touched = True
    if order.status != OrderStatus.CANCELLED and order.content_hash != draft.content_hash():
        touched |= _note_differences(order, draft, actor, now)
    if draft.updated_at and draft.updated_at != order.channel_updated_at:
        order.channel_updated_at = draft.updated_at
        order.save(update_fields=["channel_updated_at"])
    return Update(Applied.CHANGED if touched else Applied.NOTHING, order.number)


@transaction.atomic
def cancel_by_channel(*, order_id: int, actor: Actor, now: datetime) -> Applied:
    """The channel has cancelled or deleted an order: cancel what may be cancelled, hold what has not left. Locks the order."""
    order = lock_order(order_id)
    if order.status == OrderStatus.CANCELLED:
        return Applied.NOTHING
    _cancel_by_channel(order, actor, now)
    return Applied.CHANGED


def _cancel_by_channel(order: Order, actor: Actor, now: datetime) -> bool:
    reason = _("Cancelled by the channel.")
    if order.status in policies.CANCELLABLE:
        cancel_locked(order, reason=reason, actor=actor, now=now)
        return True
    if order.status in (OrderStatus.PICKING, OrderStatus.PACKED):
        place_hold(order, HoldKind.CANCEL_REQUESTED, reason, actor=actor, now=now)
        return True
    # It has left: nothing to stop, but the timeline must tell that the channel asked.
    approvals.record("orders.changed_by_channel", order, actor=actor, reason=reason, at=now)
    return True


def _pay(order: Order, draft: OrderDraft, actor: Actor, now: datetime) -> None:
    paid_at = draft.paid_at or now
    Payment.objects.create(
        order=order,
        store_id=order.shop_id,
        reference=draft.payment_reference[:120],
        currency=order.currency,
        amount_captured=order.amount_total,
        captured_at=paid_at,
    )
    order.payment_status, order.paid_at = PaymentStatus.PAID, paid_at
    order.ship_by = now + timedelta(minutes=order.shop.ship_within_minutes)
    order.save(update_fields=["payment_status", "paid_at", "ship_by"])
    approvals.record(
        "orders.paid", order, actor=actor, changes={"payment": [PaymentStatus.PENDING, PaymentStatus.PAID]}, at=now
    )
    clock = approvals.DeadlineStart(
        rule="order_ship",
        subject_type="orders.order",
        subject_id=order.pk,
        subject_label=order.number,
        store_id=order.shop_id,
        owner_role="WH",
        starts_at=now,
        due_at=order.ship_by,
    )
    approvals.start_deadlines([clock], now=now)
    lift_hold(order, HoldKind.PAYMENT, _("The channel reports the payment."), actor=actor, now=now)


def _note_differences(order: Order, draft: OrderDraft, actor: Actor, now: datetime) -> bool:
    found = differences(order, draft)
    order.content_hash = draft.content_hash()
    order.save(update_fields=["content_hash"])
    if not found:
        return False
    changes = {item.field: [item.here, item.sent] for item in found}
    approvals.record("orders.changed_by_channel", order, actor=actor, changes=changes, at=now)
    if order.status in (OrderStatus.HELD, OrderStatus.READY, OrderStatus.PICKING, OrderStatus.PACKED):
        words = "; ".join(f"{item.field}: {item.here} → {item.sent}" for item in found)
        place_hold(order, HoldKind.CHANGED, words[:500], actor=actor, now=now)
    return True


@transaction.atomic
def take_cancellation(
    *,
    shop_id: int,
    draft: CancellationDraft,
    kind: CancellationKind,
    order_id: int | None,
    customer_id: int | None,
    variant_ids: Sequence[int | None],
    currency: str,
    actor: Actor,
    now: datetime,
    amount: Decimal | None = None,
    import_run_id: int | None = None,
) -> tuple[Cancellation | None, list[int]]:
    """Keep a credit note or refund of a channel; (None, []) when it is here already. Returns the document and its lines' keys.

    With an order, its payment's refunded sum grows, at most to what was captured. Locks the order, then its payment.
    """
    order = lock_order(order_id) if order_id else None
    document, created = Cancellation.objects.get_or_create(
        shop_id=shop_id,
        external_number=draft.external_id[:120],
        defaults={
            "kind": kind,
            "order": order,
            "customer_id": customer_id,
            "currency": currency,
            "amount_total": draft.amount_total if amount is None else amount,
            "reason": draft.reason[:300],
            "import_run_id": import_run_id,
            "placed_at": draft.placed_at,
            "received_at": now,
        },
    )
    if not created:
        return None, []
    lines = CancellationLine.objects.bulk_create(
        CancellationLine(
            cancellation=document,
            store_id=shop_id,
            seller_code=line.seller_code[:120],
            title=line.title[:300],
            variant_id=variant_id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount_total=line.amount_total,
        )
        for line, variant_id in zip(draft.lines, variant_ids, strict=True)
    )
    if order is not None:
        _refund(order, document, actor, now)
    return document, [line.pk for line in lines]


def _refund(order: Order, document: Cancellation, actor: Actor, now: datetime) -> None:
    payment = Payment.objects.filter(order=order).select_for_update().order_by("pk").first()
    if payment is not None:
        payment.amount_refunded = min(payment.amount_captured, payment.amount_refunded + document.amount_total)
        payment.save(update_fields=["amount_refunded"])
        order.payment_status = policies.payment_status_of(payment.amount_captured, payment.amount_refunded)
        order.save(update_fields=["payment_status"])
    approvals.record(
        "orders.refund_reported",
        order,
        actor=actor,
        reason=document.reason,
        changes={"refunded": [None, str(document.amount_total)]},
        at=now,
    )
