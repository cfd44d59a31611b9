"""A company to measure with: one shop, goods that never run out, and orders of two lines."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from orders.drafts import BuyerDraft, LineDraft, OrderDraft, RecipientDraft
from stores.models import Shop, ShopApiKey
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import stock
from tests.factories.stores import ShopFactory

PLACED = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
GOODS = 200
_NAMES = ("王小明", "李雷", "韩梅梅", "欧阳静", "张伟", "Jo Lin", "陈晓", "赵一鸣")
_HEADER = (
    "order_number",
    "sku",
    "title",
    "qty",
    "price",
    "placed_at",
    "paid_at",
    "buyer_id",
    "email",
    "收货人",
    "联系手机",
    "city",
    "address",
)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Company:
    """What the measurements need to know of the shop."""

    shop: Shop
    secret: str
    skus: tuple[str, ...]


def found_company() -> Company:
    """Make the shop, its API key and its goods."""
    shop = ShopFactory(code="bench", ship_within_minutes=2880)
    _key, secret = ShopApiKey.objects.create_key(name="bench", shop=shop)
    skus = tuple(f"BENCH-{number:04}" for number in range(GOODS))
    for sku in skus:
        stock(50_000_000, variant=VariantFactory(sku=sku))
    return Company(shop, secret, skus)


def _two_goods(company: Company, number: int) -> tuple[str, str]:
    first = number * 7 % GOODS
    return company.skus[first], company.skus[(first + 1 + number % 5) % GOODS]


def drafts(company: Company, amount: int) -> list[OrderDraft]:
    """Fresh orders of fresh buyers."""
    return [_draft(company, next(_numbers)) for _order in range(amount)]


def _draft(company: Company, number: int) -> OrderDraft:
    name, phone = _NAMES[number % len(_NAMES)], f"138{number:08}"
    return OrderDraft(
        external_id=f"B{number:09}",
        placed_at=PLACED,
        paid_at=PLACED,
        lines=tuple(LineDraft(sku, f"Title of {sku}", 1, Decimal("19.90")) for sku in _two_goods(company, number)),
        buyer=BuyerDraft(platform_id=f"buyer{number}", name=name, email=f"buyer{number}@example.com", phone=phone),
        recipient=RecipientDraft(name=name, phone=phone, city="杭州市", street=f"文三路 {number} 号"),
    )


def body(company: Company, number: int, mark: str) -> dict[str, Any]:
    """An order as the REST door gets it; `mark` keeps the orders of different servers apart."""
    name, phone = _NAMES[number % len(_NAMES)], f"1{'39' if mark == 'A' else '37'}{number:08}"
    return {
        "external_id": f"{mark}{number:09}",
        "placed_at": "2026-03-10T09:00:00+08:00",
        "paid_at": "2026-03-10T09:01:00+08:00",
        "shop": company.shop.code,
        "lines": [
            {"seller_code": sku, "title": f"Title of {sku}", "quantity": 1, "unit_price": "19.90"}
            for sku in _two_goods(company, number)
        ],
        "buyer": {
            "platform_id": f"{mark}{number}",
            "name": name,
            "email": f"{mark}{number}@example.com".lower(),
            "phone": phone,
        },
        "recipient": {"name": name, "phone": phone, "city": "杭州市", "street": f"文三路 {number} 号"},
    }


def rows(company: Company, orders: int, lines: int) -> Iterator[tuple[str, ...]]:
    """A file's rows, the header first; every order has a buyer of its own."""
    yield _HEADER
    for _order in range(orders):
        number = next(_numbers)
        name, phone = _NAMES[number % len(_NAMES)], f"136{number:08}"
        for line in range(lines):
            sku = company.skus[(number * 7 + line) % GOODS]
            yield (
                f"F{number:09}", sku, f"Title of {sku}", "1", "19.90", "2026-03-10 09:00:00", "2026-03-10 09:01:00",
                f"file{number}", f"file{number}@example.com", name, phone, "杭州市", f"文三路 {number} 号",
            )  # fmt: skip


def write_file(path: Path, company: Company, *, orders: int, lines: int) -> Path:
    """A CSV of so many orders, gzipped when the name says so."""
    is_packed = path.suffix == ".gz"
    with (
        gzip.open(path, "wt", encoding="utf-8", newline="")
        if is_packed
        else path.open("w", encoding="utf-8", newline="") as file
    ):
        csv.writer(file).writerows(rows(company, orders, lines))
    return path
