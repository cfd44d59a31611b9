"""What is known about products from higher apps (CAT-16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from catalog.registries import COMPLAINTS, FACTS, SALES_RANK, Fact, Text


@dataclass(frozen=True, slots=True)
class FactGroup:
    """The facts of one provider about one product."""

    code: str
    label: Text
    facts: list[Fact]


def facts_of(product_ids: Collection[int], *, since: datetime, until: datetime) -> dict[int, list[FactGroup]]:
    """Product → groups of facts in the providers' order; one that knows nothing of a product is left out."""
    found: dict[int, list[FactGroup]] = {product_id: [] for product_id in product_ids}
    for code, provider in sorted(FACTS.items(), key=lambda item: (item[1].order, item[0])):
        told = provider.read(product_ids, since, until)
        for product_id in found:
            if facts := told.get(product_id):
                found[product_id].append(FactGroup(code, provider.label, facts))
    return found


def knows_sales() -> bool:
    """Whether any app tells what was sold: without one, nothing is ranked and no effect is shown."""
    return bool(SALES_RANK.items())


def units_sold(
    *, since: datetime, until: datetime, product_ids: Collection[int] | None = None, shop_id: int | None = None
) -> dict[int, int]:
    """Product → pieces sold in the period, in one shop or in all; products that sold nothing are left out."""
    total: Counter[int] = Counter()
    for provider in dict(SALES_RANK.items()).values():
        total.update(provider.units_sold(since, until, product_ids, shop_id))
    return dict(total)


def complaints(*, since: datetime, until: datetime) -> dict[int, int]:
    """Product → complaints that came in; empty as long as no app tells of any."""
    total: Counter[int] = Counter()
    for provider in dict(COMPLAINTS.items()).values():
        total.update(provider.count(since, until))
    return dict(total)
