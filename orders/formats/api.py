"""The body of our own REST door: what the serializers have checked, as drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from config.kit.errors import InvalidInput
from orders.drafts import BuyerDraft, LineDraft, OrderDraft, RecipientDraft
from orders.formats.reading import mapping, moment, money, objects, text, whole


def drafts(data: Mapping[str, Any], *, raw_input_id: int | None = None) -> list[OrderDraft]:
    """The drafts of a single order body, or of a batch body {"orders": [...]}. Raises InvalidInput naming the field."""
    if "orders" in data:
        return [order_draft(item, raw_input_id=raw_input_id) for item in objects(data, "orders")]
    return [order_draft(data, raw_input_id=raw_input_id)]


def order_draft(data: Mapping[str, Any], *, raw_input_id: int | None = None) -> OrderDraft:
    """The draft of one order object. Raises InvalidInput naming the field."""
    placed_at = moment(data, "placed_at")
    if placed_at is None:
        raise InvalidInput(field="placed_at", problem="The order's time is missing.")
    buyer, recipient = mapping(data, "buyer"), mapping(data, "recipient")
    return OrderDraft(
        external_id=text(data, "external_id", 120),
        external_number=text(data, "external_number", 120),
        placed_at=placed_at,
        currency=text(data, "currency", 3).upper(),
        lines=tuple(_line(line, index) for index, line in enumerate(objects(data, "lines"))),
        buyer=BuyerDraft(
            platform_id=text(buyer, "platform_id", 120),
            name=text(buyer, "name", 120),
            email=text(buyer, "email", 254),
            phone=text(buyer, "phone", 40),
            language=text(buyer, "language", 10),
            country=text(buyer, "country", 60),
        ),
        recipient=RecipientDraft(
            **{name: text(recipient, name, 200) for name in ("region", "city", "district", "street")},
            name=text(recipient, "name", 120),
            phone=text(recipient, "phone", 40),
            country=text(recipient, "country", 60),
            postcode=text(recipient, "postcode", 20),
        ),
        amount_shipping=money(data, "amount_shipping"),
        amount_discount=money(data, "amount_discount"),
        amount_tax=money(data, "amount_tax"),
        amount_total=money(data, "amount_total") if data.get("amount_total") not in (None, "") else None,
        paid_at=moment(data, "paid_at"),
        payment_reference=text(data, "payment_reference", 120),
        buyer_note=text(data, "note", 2000),
        raw_input_id=raw_input_id,
    )


def _line(line: Mapping[str, Any], index: int) -> LineDraft:
    return LineDraft(
        seller_code=text(line, "seller_code", 120),
        title=text(line, "title"),
        quantity=whole(line.get("quantity"), f"lines.{index}.quantity"),
        unit_price=money(line, "unit_price", path=f"lines.{index}.unit_price"),
        amount_discount=money(line, "amount_discount", path=f"lines.{index}.amount_discount"),
        external_id=text(line, "external_id", 64),
    )
