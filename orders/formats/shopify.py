"""Shopify's order bodies (Admin API 2024-10 webhooks, https://shopify.dev/docs/api/webhooks)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from config.kit.errors import InvalidInput
from orders.drafts import BuyerDraft, CancellationDraft, LineDraft, OrderDraft, RecipientDraft
from orders.formats.reading import language, mapping, moment, money, objects, text, whole

_PAID = frozenset({"paid", "partially_refunded", "refunded"})


def exact_id(data: Mapping[str, Any]) -> str:
    """The exact id: the tail of `admin_graphql_api_id`, because `id` may have gone through a JavaScript number above 2^53."""
    tail = text(data, "admin_graphql_api_id").rpartition("/")[2]
    return tail if tail.isdigit() else text(data, "id", 40)


def order_draft(data: Mapping[str, Any]) -> OrderDraft:
    """The draft of an order body. Raises InvalidInput naming the field."""
    placed_at = moment(data, "created_at") or moment(data, "processed_at")
    if placed_at is None:
        raise InvalidInput(field="created_at", problem="The order's time is missing.")
    lines = tuple(_line(line, index) for index, line in enumerate(objects(data, "line_items")))
    customer, address = mapping(data, "customer"), mapping(data, "shipping_address")
    shipping = sum((money(line, "price") for line in objects(data, "shipping_lines")), Decimal(0))
    own_discount = money(data, "total_discounts") - sum((line.amount_discount for line in lines), Decimal(0))
    tax = Decimal(0) if data.get("taxes_included") else money(data, "total_tax")
    note = text(data, "note", 2000)
    return OrderDraft(
        external_id=exact_id(data),
        external_number=text(data, "name", 120),
        placed_at=placed_at,
        currency=text(data, "currency", 3),
        lines=lines,
        buyer=BuyerDraft(
            platform_id=exact_id(customer) if customer else "",
            name=_name(customer) or text(address, "name", 120),
            email=text(data, "email", 254) or text(customer, "email", 254),
            phone=text(data, "phone", 40) or text(customer, "phone", 40) or text(address, "phone", 40),
            language=language(text(data, "customer_locale", 20)),
            country=text(address, "country", 60),
        ),
        recipient=recipient(address),
        amount_shipping=shipping,
        amount_discount=max(own_discount, Decimal(0)),
        amount_tax=tax,
        amount_total=money(data, "total_price"),
        paid_at=(moment(data, "processed_at") or placed_at) if data.get("financial_status") in _PAID else None,
        payment_reference=text(data, "checkout_id", 120) or text(data, "token", 120),
        cancelled_at=moment(data, "cancelled_at"),
        updated_at=moment(data, "updated_at"),
        buyer_note=note,
        is_test=bool(data.get("test")),
    )


def refund_draft(data: Mapping[str, Any]) -> tuple[str, CancellationDraft]:
    """The order id that a refund body names, and the refund. Raises InvalidInput naming the field."""
    placed_at = moment(data, "created_at") or moment(data, "processed_at")
    if placed_at is None:
        raise InvalidInput(field="created_at", problem="The refund's time is missing.")
    lines = []
    for index, item in enumerate(objects(data, "refund_line_items")):
        line = mapping(item, "line_item")
        quantity = whole(item.get("quantity", 0), f"refund_line_items.{index}.quantity")
        unit_price = money(line, "price")
        lines.append(
            LineDraft(
                seller_code=_code(line),
                title=text(line, "title"),
                quantity=quantity,
                unit_price=unit_price,
                amount_discount=unit_price * quantity - money(item, "subtotal"),
            )
        )
    currency = text(mapping(mapping(data, "total_duties_set"), "shop_money"), "currency_code", 3)
    draft = CancellationDraft(
        external_id=f"refund:{exact_id(data)}",
        placed_at=placed_at,
        lines=tuple(line for line in lines if line.quantity > 0),
        currency=currency,
        reason=text(data, "note"),
    )
    return text(data, "order_id", 40), draft


def refunded_amount(data: Mapping[str, Any]) -> Decimal:
    """What a refund body gave back: its successful refund transactions, or its lines and taxes where it names none."""
    transactions = objects(data, "transactions")
    paid_back = [
        money(item, "amount")
        for item in transactions
        if item.get("kind") == "refund" and item.get("status") == "success"
    ]
    if transactions:
        return sum(paid_back, Decimal(0))
    items = objects(data, "refund_line_items")
    return sum((money(item, "subtotal") + money(item, "total_tax") for item in items), Decimal(0))


def buyer_draft(data: Mapping[str, Any]) -> BuyerDraft:
    """The person in a customer body."""
    address = mapping(data, "default_address")
    return BuyerDraft(
        platform_id=exact_id(data),
        name=_name(data),
        email=text(data, "email", 254),
        phone=text(data, "phone", 40) or text(address, "phone", 40),
        country=text(address, "country", 60),
    )


def recipient(address: Mapping[str, Any]) -> RecipientDraft:
    """The recipient in an address object."""
    street = " ".join(part for part in (text(address, "address1", 200), text(address, "address2", 200)) if part)
    return RecipientDraft(
        name=text(address, "name", 120) or _name(address),
        phone=text(address, "phone", 40),
        country=text(address, "country", 60),
        region=text(address, "province", 60),
        city=text(address, "city", 60),
        street=street,
        postcode=text(address, "zip", 20),
    )


def _line(line: Mapping[str, Any], index: int) -> LineDraft:
    field = f"line_items.{index}"
    allocations = objects(line, "discount_allocations")
    discount = sum((money(item, "amount") for item in allocations), Decimal(0)) or money(line, "total_discount")
    return LineDraft(
        seller_code=_code(line),
        title=text(line, "name") or text(line, "title"),
        quantity=whole(line.get("quantity"), f"{field}.quantity"),
        unit_price=money(line, "price", path=f"{field}.price"),
        amount_discount=discount,
        external_id=exact_id(line),
    )


def _code(line: Mapping[str, Any]) -> str:
    """The SKU; without one the platform's own key, which a shop can map like any seller code."""
    if sku := text(line, "sku", 120):
        return sku
    key = text(line, "variant_id", 40) or text(line, "product_id", 40)
    return f"shopify-{key}" if key else ""


def _name(person: Mapping[str, Any]) -> str:
    return " ".join(part for part in (text(person, "first_name", 60), text(person, "last_name", 60)) if part)
