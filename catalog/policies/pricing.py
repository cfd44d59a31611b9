"""Which price holds when, and whether a "was" price may be claimed. Pure functions over rows of prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

COMPANY_CURRENCY: Final = "CNY"
"""Prices without a shop, and `Variant.price`, are in it. Shops with another currency need prices of their own."""
WAS_PRICE_WINDOW: Final = timedelta(days=30)
WAS_PRICE_ASKED: Final = timedelta(days=7)
"""House rule, stricter than 禁止价格欺诈行为的规定, which asks for a price really charged within the seven days before:
a "was" price was asked for at least seven days, together, within the last thirty."""


@dataclass(frozen=True, slots=True)
class Span:
    """An amount that holds from `starts_at` until `ends_at` (None: until further notice), there or, without a shop, everywhere."""

    amount: Decimal
    starts_at: datetime
    ends_at: datetime | None = None
    shop_id: int | None = None

    def covers(self, at: datetime) -> bool:
        """Whether it holds at this moment; the end does not belong to it."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)

    def overlaps(self, starts_at: datetime, ends_at: datetime | None) -> bool:
        """Whether a moment exists in both."""
        return (ends_at is None or self.starts_at < ends_at) and (self.ends_at is None or starts_at < self.ends_at)


def price_at(
    spans: Iterable[Span], *, shop_id: int | None, currency: str, fallback: Decimal, at: datetime
) -> Decimal | None:
    """The price of a variant in a shop: the shop's own, else the company's, else `fallback` (Variant.price).

    None where only amounts in another currency are known: they are never relabelled.
    """
    holding = [span for span in spans if span.covers(at)]
    own = [span.amount for span in holding if span.shop_id is not None and span.shop_id == shop_id]
    if own:
        return own[0]
    if currency != COMPANY_CURRENCY:
        return None
    company = [span.amount for span in holding if span.shop_id is None]
    return company[0] if company else fallback


def asked(spans: Sequence[Span], *, shop_id: int | None, since: datetime, until: datetime) -> list[Span]:
    """What was really asked in a shop between two moments: pieces without overlap, the shop's own price before the company's."""
    cuts = {since, until}
    for span in spans:
        cuts |= {moment for moment in (span.starts_at, span.ends_at) if moment is not None and since < moment < until}
    ordered = sorted(cuts)
    pieces: list[Span] = []
    for start, end in pairwise(ordered):
        holding = [span for span in spans if span.covers(start) and span.shop_id in (None, shop_id)]
        holding.sort(key=lambda span: span.shop_id is None)
        if holding:
            pieces.append(Span(holding[0].amount, start, end, holding[0].shop_id))
    return pieces


def was_price_is_proven(history: Sequence[Span], amount: Decimal, now: datetime, *, shop_id: int | None = None) -> bool:
    """Whether "was `amount`" is true enough to say: asked `WAS_PRICE_ASKED` in sum within the last `WAS_PRICE_WINDOW`."""
    pieces = asked(history, shop_id=shop_id, since=now - WAS_PRICE_WINDOW, until=now)
    total = sum(
        (piece.ends_at - piece.starts_at for piece in pieces if piece.amount == amount and piece.ends_at), timedelta()
    )
    return total >= WAS_PRICE_ASKED


def percent_change(before: Decimal, after: Decimal) -> Decimal | None:
    """By how many percent a price changes, one decimal; None from zero."""
    return ((after - before) / before * 100).quantize(Decimal("0.1")) if before else None
