"""What higher apps declare to the catalogue: facts about products, what they sold, and what was complained about.

An app declares them in its module `facts`. Everything is read for many products at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.functional import Promise

from config.kit.registry import Registry

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure about a product. `series` are equal parts of the period asked for, oldest first; `tone` is a chip tone."""

    label: Text
    value: Text
    series: tuple[Decimal, ...] = ()
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class FactProvider:
    """A group of facts. `read(product_ids, since, until)` gives product → facts in a constant number of queries.

    A product that it knows nothing about is left out. `until` is not part of the period.
    """

    label: Text
    read: Callable[[Collection[int], datetime, datetime], Mapping[int, list[Fact]]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class SalesProvider:
    """`units_sold(since, until, product_ids, shop_id)` gives product → pieces sold in the period.

    None as `product_ids` means every product, None as `shop_id` every shop. Products that sold nothing are left out.
    """

    units_sold: Callable[[datetime, datetime, Collection[int] | None, int | None], Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class ComplaintProvider:
    """`count(since, until)` gives product → complaints that came in; products without are left out."""

    count: Callable[[datetime, datetime], Mapping[int, int]]


FACTS: Registry[FactProvider] = Registry("fact providers", module="facts")
SALES_RANK: Registry[SalesProvider] = Registry("sales providers", module="facts")
COMPLAINTS: Registry[ComplaintProvider] = Registry("complaint providers", module="facts")
