"""How what a channel sends differs from what is here."""

from __future__ import annotations

from dataclasses import dataclass

from orders.drafts import OrderDraft, written_address
from orders.models import Order


@dataclass(frozen=True, slots=True)
class Difference:
    """One field with both values, as texts."""

    field: str
    here: str
    sent: str


def differences(order: Order, draft: OrderDraft) -> list[Difference]:
    """The fields that differ, in the order of a document: lines, amounts, recipient. One query for the lines."""
    here = [
        f"{line.seller_code} × {line.quantity} @ {line.unit_price:.2f} - {line.amount_discount:.2f}"
        for line in order.lines.order_by("position")
    ]
    sent = [
        f"{line.seller_code} × {line.quantity} @ {line.unit_price:.2f} - {line.amount_discount:.2f}"
        for line in draft.lines
    ]
    total = draft.amount_total if draft.amount_total is not None else draft.computed_total
    pairs = [
        ("lines", "; ".join(here), "; ".join(sent)),
        ("currency", order.currency, draft.currency or order.currency),
        ("amount_shipping", f"{order.amount_shipping:.2f}", f"{draft.amount_shipping:.2f}"),
        ("amount_discount", f"{order.amount_discount:.2f}", f"{draft.amount_discount:.2f}"),
        ("amount_tax", f"{order.amount_tax:.2f}", f"{draft.amount_tax:.2f}"),
        ("amount_total", f"{order.amount_total:.2f}", f"{total:.2f}"),
        ("recipient_name", order.recipient_name, draft.recipient.name),
        ("recipient_phone", order.recipient_phone, draft.recipient.phone or draft.buyer.phone),
        ("address", written_address(order.address), written_address(draft.recipient.address())),
    ]
    return [Difference(field, ours, theirs) for field, ours, theirs in pairs if ours != theirs]
