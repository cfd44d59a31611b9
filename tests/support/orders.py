"""Drafts for tests: an ordinary order unless told otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from orders.drafts import BuyerDraft, LineDraft, OrderDraft, RecipientDraft

PLACED = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)


def draft(external_id: str = "A-1", lines: list[tuple[str, int]] | None = None, **changes: Any) -> OrderDraft:
    """A paid order of `lines` [(seller code, quantity)] at 10.00 a piece, with buyer and address."""
    made = OrderDraft(
        external_id=external_id,
        placed_at=PLACED,
        paid_at=PLACED,
        lines=tuple(
            LineDraft(seller_code=code, title=f"Title of {code}", quantity=quantity, unit_price=Decimal("10.00"))
            for code, quantity in (lines or [("SKU-1", 1)])
        ),
        buyer=BuyerDraft(
            platform_id=f"buyer-{external_id}", name="王小明", email="buyer@example.com", phone="13800138000"
        ),
        recipient=RecipientDraft(name="王小明", phone="13800138000", city="杭州", street="文三路 1 号"),
    )
    return replace(made, **changes)
