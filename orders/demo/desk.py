"""What people at the desk do with orders: holds, notes, payments that come late, cancellations, refunds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from config.kit.actor import Actor
from orders import services
from orders.demo import names
from orders.demo.intake import draft_of, pays_late
from orders.demo.plan import INTL, MAIN, Fate, PlannedOrder
from orders.demo.world import World
from orders.drafts import CancellationDraft
from orders.models import Order, OrderLine
from orders.states import CancellationKind, HoldKind, NoteKind

_HOLD_WORDS = {
    HoldKind.NOTE: "买家留言要改地址，等客服电话确认。",
    HoldKind.PRESALE: "预售款，下周一到货后放行。",
}


def look_at_new(world: World, order: PlannedOrder, now: datetime) -> None:
    """What the desk does soon after an order came in."""
    order_id, cs = world.order_ids[order.key], world.staff("cs" if order.key % 2 else "cs-yu")
    if order.hold in _HOLD_WORDS:
        services.hold_order(order_id=order_id, kind=order.hold, reason=_HOLD_WORDS[order.hold], actor=cs, now=now)
    if order.hold == HoldKind.CHANGED:
        _change_by_channel(world, order, now)
    if order.luck("warehouse note") < 0.03:
        _note(order_id, NoteKind.WAREHOUSE, names.WAREHOUSE_NOTES, order, cs, now)
    elif order.luck("internal note") < 0.02:
        _note(order_id, NoteKind.INTERNAL, ("老客户，优先处理。", "已电话确认收货时间。"), order, cs, now)
    if order.fate == Fate.THROUGH and order.luck("checked") < 0.02:
        reason = "收货地址写得不清楚，先打电话确认。"
        services.hold_order(order_id=order_id, kind=HoldKind.ADDRESS, reason=reason, actor=cs, now=now)


def settle_doubts(world: World, order: PlannedOrder, now: datetime) -> None:
    """Before the afternoon's wave: late payers have paid, doubtful addresses are confirmed, cancellations are done."""
    order_id, cs = world.order_ids[order.key], world.staff("cs" if order.key % 2 else "cs-yu")
    if order.fate == Fate.CANCELLED:
        reason = names.CANCEL_REASONS[order.key % len(names.CANCEL_REASONS)]
        services.cancel_order(order_id=order_id, reason=reason, actor=cs, now=now)
        world.tell_news()
    elif order.fate == Fate.UNPAID:
        services.cancel_by_channel(order_id=order_id, actor=Actor.client(f"{order.shop} {order.channel}"), now=now)
        world.tell_news()
    elif pays_late(order):
        paid = replace(
            draft_of(order, world), paid_at=now - timedelta(minutes=5), payment_reference=f"PAY{order.external_id}"
        )
        services.apply_channel_update(
            order_id=order_id, draft=paid, actor=Actor.client(f"{order.shop} {order.channel}"), now=now
        )
    if order.fate == Fate.THROUGH and order.luck("checked") < 0.02:
        services.release_hold(
            order_id=order_id, kind=HoldKind.ADDRESS, resolution="已电话核对，地址无误。", actor=cs, now=now
        )


def refund(world: World, order: PlannedOrder, now: datetime) -> None:
    """The channel reports that a buyer of a delivered order got money back: a piece, or everything."""
    row = Order.objects.get(pk=world.order_ids[order.key])
    line = OrderLine.objects.filter(order=row).order_by("pk")[0]
    is_whole = order.luck("whole refund") < 0.4
    amount = row.amount_total if is_whole else min(line.unit_price, row.amount_total)
    [planned] = [one for one in draft_of(order, world).lines if one.seller_code == line.seller_code][:1]
    reasons = names.REFUND_REASONS[4:] if order.shop == INTL else names.REFUND_REASONS[:4]
    draft = CancellationDraft(
        external_id=f"RF{order.external_id}", placed_at=now - timedelta(minutes=2), lines=(replace(planned, quantity=1),),
        currency=row.currency, reason=reasons[order.key % len(reasons)],
    )  # fmt: skip
    services.take_cancellation(
        shop_id=row.shop_id, draft=draft, kind=CancellationKind.REFUND, order_id=row.pk, customer_id=row.customer_id,
        variant_ids=[line.variant_id], currency=row.currency, amount=Decimal(amount),
        actor=Actor.client(f"{order.shop} {order.channel}"), now=now,
    )  # fmt: skip


def wants_money_back(order: PlannedOrder) -> bool:
    """One buyer in twenty, in the shops whose channels report refunds."""
    return order.shop in (MAIN, INTL) and order.luck("refund") < 0.05


def _change_by_channel(world: World, order: PlannedOrder, now: datetime) -> None:
    draft = draft_of(order, world)
    moved = replace(draft, recipient=replace(draft.recipient, street="望江路 8 号（买家改了地址）"), updated_at=now)
    services.apply_channel_update(
        order_id=world.order_ids[order.key], draft=moved, actor=Actor.client(f"{order.shop} {order.channel}"), now=now
    )


def _note(
    order_id: int, kind: NoteKind, words: tuple[str, ...], order: PlannedOrder, actor: Actor, now: datetime
) -> None:
    services.write_note(order_id=order_id, kind=kind, text=words[order.key % len(words)], actor=actor, now=now)
