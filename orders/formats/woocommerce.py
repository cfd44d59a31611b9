"""WooCommerce's order bodies (REST API v1-v3; a webhook body is the same as the REST answer)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_UP, Decimal
from html import unescape
from typing import Any

from config.kit.errors import InvalidInput
from orders.drafts import BuyerDraft, LineDraft, OrderDraft, RecipientDraft
from orders.formats.reading import language, mapping, moment, money, objects, text, whole

_PAID = frozenset({"processing", "completed", "refunded"})
_CANCELLED = frozenset({"cancelled", "failed", "trash"})


def order_draft(data: Mapping[str, Any]) -> OrderDraft:
    """The draft of an order body. Raises InvalidInput naming the field."""
    placed_at = moment(data, "date_created_gmt", utc=True) or moment(data, "date_created", utc=True)
    if placed_at is None:
        raise InvalidInput(field="date_created_gmt", problem="The order's time is missing.")
    lines = tuple(_line(line, index) for index, line in enumerate(objects(data, "line_items")))
    billing, shipping = mapping(data, "billing"), mapping(data, "shipping")
    fees = sum((money(fee, "total") for fee in objects(data, "fee_lines")), Decimal(0))
    status = text(data, "status", 20)
    updated_at = moment(data, "date_modified_gmt", utc=True)
    return OrderDraft(
        external_id=text(data, "id", 40),
        external_number=text(data, "number", 120),
        placed_at=placed_at,
        currency=text(data, "currency", 3),
        lines=lines,
        buyer=BuyerDraft(
            platform_id=text(data, "customer_id", 40).lstrip("0"),
            name=_name(billing),
            email=text(billing, "email", 254),
            phone=text(billing, "phone", 40),
            language=language(_meta(data, "wpml_language")),
            country=text(billing, "country", 60),
        ),
        recipient=_recipient(shipping if text(shipping, "address_1") else billing, phone=text(billing, "phone", 40)),
        amount_shipping=money(data, "shipping_total") + fees,
        amount_tax=money(data, "total_tax"),
        amount_total=money(data, "total"),
        paid_at=(moment(data, "date_paid_gmt", utc=True) or placed_at) if status in _PAID else None,
        payment_reference=text(data, "transaction_id", 120),
        cancelled_at=(updated_at or placed_at) if status in _CANCELLED else None,
        updated_at=updated_at,
        buyer_note=text(data, "customer_note", 2000),
    )


def _line(line: Mapping[str, Any], index: int) -> LineDraft:
    quantity = whole(line.get("quantity"), f"line_items.{index}.quantity")
    subtotal = money(line, "subtotal", path=f"line_items.{index}.subtotal")
    total = money(line, "total", path=f"line_items.{index}.total")
    # A subtotal need not divide by the quantity; rounding the unit price up keeps the line's discount from being negative.
    unit_price = (subtotal / quantity).quantize(Decimal("0.01"), rounding=ROUND_UP) if quantity > 0 else subtotal
    return LineDraft(
        seller_code=_code(line),
        title=unescape(text(line, "name")),
        quantity=quantity,
        unit_price=unit_price,
        amount_discount=unit_price * quantity - total,
        external_id=text(line, "id", 40),
    )


def _code(line: Mapping[str, Any]) -> str:
    """The SKU; without one the platform's own key, which a shop can map like any seller code."""
    if sku := text(line, "sku", 120):
        return sku
    key = text(line, "variation_id", 40).lstrip("0") or text(line, "product_id", 40).lstrip("0")
    return f"woocommerce-{key}" if key else ""


def _recipient(address: Mapping[str, Any], *, phone: str) -> RecipientDraft:
    street = " ".join(part for part in (text(address, "address_1", 200), text(address, "address_2", 200)) if part)
    return RecipientDraft(
        name=_name(address),
        phone=text(address, "phone", 40) or phone,
        country=text(address, "country", 60),
        region=text(address, "state", 60),
        city=text(address, "city", 60),
        street=street,
        postcode=text(address, "postcode", 20),
    )


def _name(person: Mapping[str, Any]) -> str:
    return " ".join(part for part in (text(person, "first_name", 60), text(person, "last_name", 60)) if part)


def _meta(data: Mapping[str, Any], key: str) -> str:
    return next((text(item, "value", 20) for item in objects(data, "meta_data") if item.get("key") == key), "")
