"""What intake writes: the orders with all their parts as one statement, then message, clock and trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from approvals import services as approvals
from config.kit.actor import Actor, ActorKind
from config.kit.sql import Batch
from customers import services as customers
from orders.models import Hold, Note, Order, OrderLine, Payment
from orders.services.holds import hold_deadline
from orders.services.intake.look_up import ShopFacts
from orders.states import InputState, NoteKind, OrderMode, OrderStatus, PaymentStatus

if TYPE_CHECKING:
    from orders.services.intake.take import Intake

_ORDER = (
    "id", "number", "shop", "external_id", "external_number", "channel", "mode", "customer", "status", "stock_status",
    "payment_status", "open_holds", "flag", "currency", "amount_goods", "amount_shipping", "amount_discount", "amount_tax",
    "amount_total", "language", "email", "recipient_name", "recipient_phone", "phone_tail", "address", "content_hash",
    "raw_input", "import_run", "placed_at", "paid_at", "received_at", "channel_updated_at", "stock_checked_at", "ship_by",
    "status_at",
)  # fmt: skip
_LINE = (
    "id", "order", "store_id", "position", "external_id", "seller_code", "title", "variant", "quantity", "unit_price",
    "amount_discount", "amount_total",
)  # fmt: skip
_PAYMENT = ("order", "store_id", "reference", "currency", "amount_captured", "amount_refunded", "captured_at")
_HOLD = ("order", "store_id", "kind", "reason", "owner", "opened_at", "released_at", "resolution")
_NOTE = ("order", "kind", "text", "author", "created_at", "acknowledged_at", "acknowledged_by")
_INPUTS_DONE = """
    UPDATE orders_rawinput r SET state = %s, done_at = %s, next_at = NULL, problem = '', problem_field = '', result = d.result
    FROM (SELECT id, jsonb_build_object('orders', jsonb_agg(jsonb_build_object(
              'external_id', external_id, 'number', number, 'status', status, 'result', 'created'))) AS result
          FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS u(id, external_id, number, status)
          GROUP BY id) d
    WHERE r.id = d.id AND r.state IN ('pending', 'quarantined')
"""


def write_orders(
    new: Sequence[Intake], shop: ShopFacts, *, channel: str, mode: OrderMode, import_run_id: int | None, now: datetime
) -> None:
    """Insert orders, lines, payments, holds and notes and settle their raw inputs, in one statement."""
    batch = Batch()
    batch.insert(Order, _ORDER, [_order_row(intake, shop, channel, mode, import_run_id, now) for intake in new])
    batch.insert(OrderLine, _LINE, [row for intake in new for row in _line_rows(intake, shop)])
    batch.insert(Payment, _PAYMENT, [row for intake in new for row in _payment_rows(intake, shop)])
    batch.insert(Hold, _HOLD, [row for intake in new for row in _hold_rows(intake, shop, now)])
    batch.insert(
        Note,
        _NOTE,
        [
            (intake.order_id, str(NoteKind.BUYER), intake.draft.buyer_note[:2000], None, now, None, None)
            for intake in new
            if intake.draft.buyer_note
        ],
    )
    settled = [intake for intake in new if intake.draft.raw_input_id is not None]
    if settled:
        batch.run(
            _INPUTS_DONE,
            [
                str(InputState.DONE),
                now,
                [intake.draft.raw_input_id for intake in settled],
                [intake.draft.external_id for intake in settled],
                [intake.number for intake in settled],
                [str(intake.status) for intake in settled],
            ],
        )
    batch.execute()


def announce(
    new: Sequence[Intake], shop: ShopFacts, *, channel: str, mode: OrderMode, actor: Actor, now: datetime
) -> None:
    """Queue confirmations, start clocks, write the trail: one statement each. History only writes the trail."""
    alive = [intake for intake in new if mode == OrderMode.LIVE and intake.status != OrderStatus.CANCELLED]
    customers.queue_messages(
        drafts=[_confirmation(intake, shop) for intake in alive if intake.draft.buyer.email], now=now
    )
    approvals.start_deadlines([clock for intake in alive for clock in _clocks(intake, shop, now)], now=now)
    action = "orders.entered" if actor.kind == ActorKind.STAFF and channel == "hand" else "orders.taken"
    approvals.record_many(
        [
            approvals.Act(
                action,
                "orders.order",
                intake.order_id,
                store_id=shop.shop_id,
                changes={"status": [None, str(intake.status)], "stock": [None, str(intake.stock)]}
                | ({"holds": [None, [hold.reason for hold in intake.holds]]} if intake.holds else {}),
            )
            for intake in new
        ],
        actor=actor,
        at=now,
    )


def ship_by(paid_at: datetime | None, shop: ShopFacts, now: datetime) -> datetime | None:
    """When a live order must be handed over: the shop's promise, counted from the payment but never from before it came in."""
    return now + timedelta(minutes=shop.ship_within_minutes) if paid_at else None


def _order_row(
    intake: Intake, shop: ShopFacts, channel: str, mode: OrderMode, import_run_id: int | None, now: datetime
) -> tuple[Any, ...]:
    draft, recipient = intake.draft, intake.draft.recipient
    phone = recipient.phone or draft.buyer.phone
    digits = [char for char in phone if char.isdigit()]
    live = mode == OrderMode.LIVE
    return (
        intake.order_id, intake.number, shop.shop_id, draft.external_id[:120],
        (draft.external_number or draft.external_id)[:120], channel, str(mode), intake.customer_id, str(intake.status),
        str(intake.stock), str(_payment_status(intake)), len(intake.holds), "", draft.currency or shop.currency,
        draft.amount_goods, draft.amount_shipping, draft.amount_discount, draft.amount_tax, _total(intake),
        draft.buyer.language or shop.language, draft.buyer.email[:254], recipient.name[:120], phone[:40],
        "".join(digits[-4:]), recipient.address(), draft.content_hash(), draft.raw_input_id, import_run_id,
        draft.placed_at, draft.paid_at, now, draft.updated_at, now if live and intake.variants else None,
        ship_by(draft.paid_at, shop, now) if live else None, now,
    )  # fmt: skip


def _payment_status(intake: Intake) -> PaymentStatus:
    if intake.draft.paid_at is not None:
        return PaymentStatus.PAID
    return PaymentStatus.VOIDED if intake.draft.cancelled_at else PaymentStatus.PENDING


def _total(intake: Intake) -> Decimal:
    draft = intake.draft
    return draft.amount_total if draft.amount_total is not None else draft.computed_total


def _line_rows(intake: Intake, shop: ShopFacts) -> Iterator[tuple[Any, ...]]:
    lines = zip(intake.line_ids, intake.draft.lines, intake.variants, strict=True)
    for position, (line_id, line, variant) in enumerate(lines, start=1):
        yield (
            line_id, intake.order_id, shop.shop_id, position, line.external_id[:64], line.seller_code[:120],
            line.title[:300], variant.variant_id if variant else None, line.quantity, line.unit_price,
            line.amount_discount, line.amount_total,
        )  # fmt: skip


def _payment_rows(intake: Intake, shop: ShopFacts) -> Iterator[tuple[Any, ...]]:
    draft = intake.draft
    if draft.paid_at is not None:
        currency = draft.currency or shop.currency
        yield (
            intake.order_id, shop.shop_id, draft.payment_reference[:120], currency, _total(intake), 0, draft.paid_at,
        )  # fmt: skip


def _hold_rows(intake: Intake, shop: ShopFacts, now: datetime) -> Iterator[tuple[Any, ...]]:
    for hold in intake.holds:
        yield (intake.order_id, shop.shop_id, str(hold.kind), hold.reason[:500], None, now, None, "")


def _confirmation(intake: Intake, shop: ShopFacts) -> customers.MessageDraft:
    draft = intake.draft
    return customers.MessageDraft(
        key=f"order_confirmation:{intake.order_id}",
        template="order_confirmation",
        customer_id=intake.customer_id,
        store_id=shop.shop_id,
        subject_type="orders.order",
        subject_id=intake.order_id,
        recipient=draft.buyer.email,
        language=draft.buyer.language or shop.language,
        context={
            "number": intake.number,
            "external_number": draft.external_number or draft.external_id,
            "shop": shop.name,
            "reply_to": shop.contact_email,
            "currency": draft.currency or shop.currency,
            "total": str(_total(intake)),
            "shipping": str(draft.amount_shipping),
            "discount": str(draft.amount_discount),
            "recipient_name": draft.recipient.name,
            "lines": [
                {"title": line.title or line.seller_code, "quantity": line.quantity, "amount": str(line.amount_total)}
                for line in draft.lines
            ],
        },
    )


def _clocks(intake: Intake, shop: ShopFacts, now: datetime) -> Iterator[approvals.DeadlineStart]:
    due_at = ship_by(intake.draft.paid_at, shop, now)
    if due_at is not None:
        yield approvals.DeadlineStart(
            rule="order_ship",
            subject_type="orders.order",
            subject_id=intake.order_id,
            subject_label=intake.number,
            store_id=shop.shop_id,
            owner_role="WH",
            starts_at=now,
            due_at=due_at,
        )
    if intake.holds:
        yield hold_deadline(intake.order_id, intake.number, shop.shop_id, now)
