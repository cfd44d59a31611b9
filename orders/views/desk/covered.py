"""Bodies of raw inputs as people read them: set out, and covered for those who may not see personal data."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

# What these hold is never about a person; everything else that is text, or long enough to be a number of somebody, is covered.
_HARMLESS = frozenset(
    {
        "id", "admin_graphql_api_id", "external_id", "external_number", "order_id", "order_number", "number", "line_items", "lines",
        "sku", "seller_code", "product_id", "variant_id", "quantity", "price", "unit_price", "total", "subtotal", "total_price",
        "subtotal_price", "total_tax", "total_discounts", "amount", "amount_shipping", "amount_discount", "amount_tax",
        "amount_total", "currency", "currency_code", "presentment_currency", "status", "state", "financial_status",
        "fulfillment_status", "date_created", "date_modified", "date_paid", "created_at", "updated_at", "processed_at",
        "cancelled_at", "closed_at", "placed_at", "paid_at", "ischeck", "com", "result", "object", "mode", "carrier",
        "est_delivery_date", "datetime", "time", "ftime", "topic", "test", "taxable", "kind", "gateway", "title", "grams",
    }
)  # fmt: skip
_LONGEST_FIGURE = 6


def shown_body(body: bytes, *, plain: bool) -> str:
    """The body set out as JSON, or as it is; covered unless `plain`.

    What is no JSON cannot be covered piece by piece and is left out.
    """
    text = body.decode("utf-8", errors="replace")
    try:
        data = json.loads(text)
    except ValueError:
        return text if plain else _("%d bytes that are no JSON. Reveal them with a reason to read them.") % len(body)
    return json.dumps(data if plain else _covered(data, ""), ensure_ascii=False, indent=2)


def _covered(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _covered(item, str(key).lower()) for key, item in value.items()}
    if isinstance(value, list):
        return [_covered(item, name) for item in value]
    if name in _HARMLESS or value is None or isinstance(value, bool) or value == "":
        return value
    if isinstance(value, int | float) and len(str(value)) <= _LONGEST_FIGURE:
        return value
    return "***"
