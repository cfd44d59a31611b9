"""Pure decisions about orders: facts in, an answer out. No ORM, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from config.kit.errors import DomainError, InvalidInput
from inventory.services import Shortage
from orders.drafts import OrderDraft
from orders.errors import CancellationRefused, PackingRefused
from orders.states import HoldKind, OrderStatus, PaymentStatus

CANCELLABLE = frozenset({OrderStatus.HELD, OrderStatus.READY})
MAX_QUANTITY = 1_000_000
MAX_AMOUNT = Decimal("999999999999.99")
MAX_LINES = 2000


@dataclass(frozen=True, slots=True)
class HoldReason:
    """Why an order must wait."""

    kind: HoldKind
    reason: str


def check_draft(draft: OrderDraft) -> None:
    """Refuse a draft that could not be stored truthfully. Raises InvalidInput naming the field and what to send instead."""
    if not draft.external_id:
        raise InvalidInput(field="external_id", problem=_("The order number is missing."))
    if not draft.lines:
        raise InvalidInput(field="lines", problem=_("The order has no lines; send at least one."))
    if len(draft.lines) > MAX_LINES:
        raise InvalidInput(field="lines", problem=_("The order has more than %d lines; split it.") % MAX_LINES)
    for index, line in enumerate(draft.lines):
        if not 0 < line.quantity <= MAX_QUANTITY:
            raise InvalidInput(
                field=f"lines.{index}.quantity", problem=_("A quantity must be between 1 and %d.") % MAX_QUANTITY
            )
        if line.unit_price < 0:
            raise InvalidInput(field=f"lines.{index}.unit_price", problem=_("A price cannot be negative."))
        if not line.seller_code and not line.title:
            raise InvalidInput(field=f"lines.{index}.seller_code", problem=_("A line needs a seller code or a title."))
    if draft.computed_total > MAX_AMOUNT or (draft.amount_total or 0) > MAX_AMOUNT:
        raise InvalidInput(field="amount_total", problem=_("The amount is too large to be stored."))


def holds_at_intake(
    draft: OrderDraft, *, unknown_codes: Sequence[str], shortages: Sequence[Shortage], sku_of: dict[int, str]
) -> list[HoldReason]:
    """All reasons why a live order must wait, the most basic first."""
    holds = []
    if draft.is_test:
        holds.append(HoldReason(HoldKind.FRAUD, _("The channel marks this as a test order: do not ship.")))
    if draft.paid_at is None:
        holds.append(HoldReason(HoldKind.PAYMENT, _("Not paid yet.")))
    if draft.expects_address and not (draft.recipient.name and draft.recipient.street):
        holds.append(HoldReason(HoldKind.ADDRESS, _("Recipient or street is missing.")))
    if draft.amount_total is not None and draft.amount_total != draft.computed_total:
        holds.append(
            HoldReason(
                HoldKind.PRICE,
                _("The channel's total is %(total)s, the parts add up to %(computed)s.")
                % {"total": draft.amount_total, "computed": draft.computed_total},
            )
        )
    if unknown_codes:
        codes = ", ".join(code or "–" for code in unknown_codes[:10])
        holds.append(HoldReason(HoldKind.UNMAPPED, _("Unknown seller codes: %s") % codes))
    if shortages:
        holds.append(HoldReason(HoldKind.STOCK, describe_shortages(shortages, sku_of)))
    return holds


def describe_shortages(shortages: Sequence[Shortage], sku_of: dict[int, str]) -> str:
    """The shortages in words, as the hold's reason: "A-1: 3 asked for, 1 available"."""
    parts = [
        _("%(sku)s: %(asked)s asked for, %(available)s available")
        % {"sku": sku_of.get(item.variant_id, item.variant_id), "asked": item.asked, "available": item.available}
        for item in shortages
    ]
    if all(item.available >= item.asked for item in shortages):
        parts.append(_("(no single location has them all)"))
    return "; ".join(parts)[:500]


def require_cancellable(number: str, status: str) -> None:
    """Only an order that is not in a wave yet can be cancelled. Raises CancellationRefused."""
    if status not in CANCELLABLE:
        raise CancellationRefused(number=number, status=OrderStatus(status).label)


def payment_status_of(captured: Decimal, refunded: Decimal) -> PaymentStatus:
    """The chip that captured and refunded sums add up to."""
    if captured <= 0:
        return PaymentStatus.PENDING
    if refunded <= 0:
        return PaymentStatus.PAID
    return PaymentStatus.REFUNDED if refunded >= captured else PaymentStatus.PART_REFUNDED


def scan_key(code: str) -> str:
    """A scanned code in the form in which codes are compared: trimmed, any case, and a UPC equal to its EAN with a leading zero."""
    text = code.strip().casefold()
    return text.lstrip("0") if text.isdecimal() and len(text) in (12, 13, 14) else text


def require_nothing_holds(number: str, open_holds: int, refusal: type[DomainError]) -> None:
    """An order that somebody holds goes no further, even when it is in a wave already. Raises `refusal`."""
    if open_holds:
        raise refusal(problem=_("%s is on hold. Put it aside; its page says why, and who can release it.") % number)


def require_closable(*, missing: int, unread_notes: int, weight_grams: int | None) -> None:
    """Whether a parcel is complete. Raises PackingRefused with the first thing that is not."""
    if missing:
        raise PackingRefused(problem=_("%s more to scan. The parcel stays open.") % missing)
    if unread_notes:
        raise PackingRefused(field="notes", problem=_("Read and confirm the notes for the warehouse first."))
    if weight_grams is not None and weight_grams <= 0:
        raise PackingRefused(field="weight_grams", problem=_("The weight must be above 0."))


def looks_like_goods(code: str) -> bool:
    """Whether a code is a well-formed EAN-13: more likely an article that nobody knows than a waybill."""
    text = code.strip()
    if len(text) != 13 or not text.isdecimal():
        return False
    figures = [int(figure) for figure in text]
    return (sum(figures[::2]) + 3 * sum(figures[1::2])) % 10 == 0
