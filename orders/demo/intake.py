"""Planned orders as drafts, and their way in through `take_orders`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby

from config.kit.actor import Actor
from orders import services
from orders.demo import names
from orders.demo.plan import INTL, MAIN, PHYSICAL, Fate, PlannedOrder
from orders.demo.world import World
from orders.drafts import ZERO, BuyerDraft, LineDraft, OrderDraft
from orders.states import HoldKind

_UNPAID = frozenset({HoldKind.PAYMENT})


def draft_of(order: PlannedOrder, world: World) -> OrderDraft:
    """The order as its channel tells it, with what is wrong with it."""
    placed_at = world.placed_at(order)
    is_paid = order.fate != Fate.UNPAID and order.hold not in _UNPAID and not pays_late(order)
    draft = OrderDraft(
        external_id=order.external_id,
        external_number=f"#{1000 + order.key}" if order.shop == INTL else order.external_id,
        placed_at=placed_at,
        lines=tuple(_lines(order, world)),
        currency="USD" if order.shop == INTL else "CNY",
        buyer=_buyer(order),
        recipient=order.buyer.recipient,
        paid_at=placed_at + timedelta(seconds=40) if is_paid else None,
        payment_reference=f"PAY{order.external_id}" if is_paid else "",
        buyer_note=_note(order),
    )
    draft = replace(
        draft,
        amount_shipping=_shipping(order, draft.amount_goods),
        amount_discount=_discount(order, draft.amount_goods),
    )
    match order.hold:
        case HoldKind.ADDRESS:
            draft = replace(draft, recipient=replace(draft.recipient, street=""))
        case HoldKind.PRICE:
            draft = replace(draft, amount_total=draft.computed_total - 5)
        case HoldKind.FRAUD:
            draft = replace(draft, is_test=True)
    return draft


def pays_late(order: PlannedOrder) -> bool:
    """Some buyers order in the morning and pay at noon."""
    return order.fate == Fate.THROUGH and order.shop == MAIN and order.luck("pays late") < 0.04


def take(world: World, orders: Iterable[PlannedOrder], now: datetime) -> None:
    """Take orders in, one batch for each shop and channel, and tell each order its key."""
    by_door = sorted(orders, key=lambda order: (order.shop, order.channel, order.key))
    for (shop, channel), batch in groupby(by_door, key=lambda order: (order.shop, order.channel)):
        take_batch(world, shop, channel, list(batch), now)


def take_batch(world: World, shop: str, channel: str, orders: Sequence[PlannedOrder], now: datetime) -> None:
    """Take in a batch of one shop's channel."""
    actor = world.staff("off") if shop in PHYSICAL else Actor.client(f"{shop} {channel}")
    taken = services.take_orders(
        shop_id=world.shops[shop].pk,
        channel=channel,
        drafts=[draft_of(order, world) for order in orders],
        actor=actor,
        now=now,
    )
    world.order_ids.update({order.key: one.order_id for order, one in zip(orders, taken, strict=True)})


def _lines(order: PlannedOrder, world: World) -> Iterable[LineDraft]:
    for number, (index, quantity) in enumerate(order.lines, start=1):
        planned = world.plan.variants[index]
        abroad = order.shop == INTL
        code = planned.sku
        if abroad and index < 60 and index % 2 == 0:
            code = f"ZS-{1000 + index}"
        if order.hold == HoldKind.UNMAPPED and number == 1:
            code = f"TB-NEW-{order.key:04d}"
        yield LineDraft(
            seller_code=code,
            title=f"{planned.title_en}, {planned.name_en}" if abroad else f"{planned.title} {planned.name}",
            quantity=quantity,
            unit_price=planned.price_usd if abroad else planned.price,
            external_id=str(number),
        )


def _buyer(order: PlannedOrder) -> BuyerDraft:
    """Physical shops know no platform account; a phone tells them who it is."""
    return replace(order.buyer.buyer, platform_id="", email="") if order.shop in PHYSICAL else order.buyer.buyer


def _note(order: PlannedOrder) -> str:
    if order.hold != HoldKind.NOTE and order.luck("note") > 0.1:
        return ""
    notes = names.ENGLISH_NOTES if order.shop == INTL else names.BUYER_NOTES
    return notes[int(order.luck("which note") * len(notes))]


def _shipping(order: PlannedOrder, goods: Decimal) -> Decimal:
    if order.shop == INTL:
        return ZERO if goods >= 60 else Decimal("6.90")
    return ZERO if order.shop in PHYSICAL or goods >= 99 else Decimal("8.00")


def _discount(order: PlannedOrder, goods: Decimal) -> Decimal:
    """满 200 减 20, in the flagship shop only."""
    return Decimal("20.00") * (goods // 200) if order.shop == MAIN else ZERO
