"""What entering and turning prices share: a change, its row as plain data, its line in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.timezone import localtime

from approvals.services import Act
from catalog.models import Price
from catalog.policies.pricing import Span


@dataclass(frozen=True, slots=True)
class PriceChange:
    """One price of one variant, in one shop or (None) in the company, from a moment until another or until further notice."""

    variant_id: int
    shop_id: int | None
    amount: Decimal
    starts_at: datetime
    ends_at: datetime | None = None
    reason: str = ""


def turn_of(starts_at: datetime, ends_at: datetime | None, now: datetime) -> datetime | None:
    """When a price begins or, once it holds, ends."""
    if starts_at > now:
        return starts_at
    return ends_at if ends_at is not None and ends_at > now else None


def change_of(row: Price) -> PriceChange:
    """The change that would make this row."""
    return PriceChange(row.variant_id, row.shop_id, row.amount, row.starts_at, row.ends_at, row.reason)


def act_of(change: PriceChange, amount: Decimal, before: Decimal | None, now: datetime) -> Act:
    """The line in the trail of the variant."""
    changes = {"price": [None if before is None else str(before), str(amount)]}
    if change.starts_at != now:
        changes["from"] = [None, change.starts_at.isoformat()]
    if change.ends_at is not None:
        changes["until"] = [None, change.ends_at.isoformat()]
    return Act("catalog.price_set", "catalog.variant", change.variant_id, change.shop_id, change.reason, changes)


def span_of(row: Price) -> Span:
    """A row as plain data."""
    return Span(row.amount, row.starts_at, row.ends_at, row.shop_id)


def shown(moment: datetime) -> str:
    """A moment in a refusal."""
    return date_format(localtime(moment), "Y-m-d H:i")
