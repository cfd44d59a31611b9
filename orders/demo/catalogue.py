"""About three hundred SKUs: planned from word lists, written as an operations clerk would enter them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from catalog import services
from catalog.models import Category, Product, Variant
from catalog.states import ProductState
from config.kit.actor import Actor
from orders.demo.luck import dice
from orders.demo.words import FAMILIES, SERIES, Family

PRODUCTS_PER_FAMILY = 10
CNY_PER_DOLLAR = Decimal("6.2")


@dataclass(frozen=True, slots=True)
class PlannedVariant:
    """One SKU to be. Variants of a product share `product`."""

    product: int
    family: Family
    sku: str
    barcode: str
    title: str
    title_en: str
    name: str
    name_en: str
    colour: str
    price: Decimal
    price_usd: Decimal
    weight_grams: int
    bin_code: str


def plan_catalogue(seed: int) -> list[PlannedVariant]:
    """The SKUs of a seed, in the order of families and products."""
    rng = dice(seed, "catalogue")
    planned: list[PlannedVariant] = []
    for aisle, family in enumerate(FAMILIES):
        for number in range(PRODUCTS_PER_FAMILY):
            zh, en, price, grams = family.nouns[number % len(family.nouns)]
            series_zh, series_en = SERIES[(number + 3 * aisle) % len(SERIES)]
            yuan = price * (100 + rng.randrange(-12, 20)) // 100
            options = rng.sample(family.options, 2 + number % 2)
            for place, (code, option_zh, option_en, colour) in enumerate(options):
                amount = Decimal(yuan + 4 * place) + Decimal("0.90")
                planned.append(
                    PlannedVariant(
                        product=aisle * PRODUCTS_PER_FAMILY + number,
                        family=family,
                        sku=f"{family.prefix}{number + 1:03d}-{code}",
                        barcode=barcode(len(planned)),
                        title=f"{series_zh} {zh}",
                        title_en=f"{series_en} {en}",
                        name=option_zh,
                        name_en=option_en,
                        colour=colour,
                        price=amount,
                        price_usd=(amount / CNY_PER_DOLLAR).quantize(Decimal(1)) + Decimal("2.99"),
                        weight_grams=grams,
                        bin_code=f"{'ABCDEFGHJKLM'[aisle]}-{number + 1:02d}-{place + 1}",
                    )
                )
    return planned


def barcode(number: int) -> str:
    """An EAN-13 below our invented maker's number 690 0000."""
    digits = f"6900000{number + 1:05d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def write_catalogue(planned: Sequence[PlannedVariant], *, actor: Actor, now: datetime) -> list[Variant]:
    """Categories, products and variants as rows, findable by search; in the order of the plan. The last product is archived."""
    home = Category.objects.create(code="all", name="全部商品")
    categories = {
        family.code: Category.objects.create(
            code=family.code, name=family.zh, parent=home, is_fragile=family.is_fragile
        )
        for family in FAMILIES
    }
    first_of = {variant.product: variant for variant in reversed(planned)}
    products = Product.objects.bulk_create(
        Product(name=variant.title, category=categories[variant.family.code], state=ProductState.ACTIVE, created_at=now)
        for _number, variant in sorted(first_of.items())
    )
    variants = Variant.objects.bulk_create(
        Variant(
            product=products[variant.product],
            sku=variant.sku,
            name=variant.name,
            barcode=variant.barcode,
            price=variant.price,
            weight_grams=variant.weight_grams,
        )
        for variant in planned
    )
    services.index_products(product_ids=[product.pk for product in products])
    services.change_product_state(
        product_id=products[-1].pk, state=ProductState.ARCHIVED, actor=actor, reason="换季下架，不再补货。", now=now
    )
    services.make_draft_products(
        drafts=[
            services.DraftProduct("XP-2601", "南枝 竹编提篮（新品待录）"),
            services.DraftProduct("XP-2602", "云栖 陶瓷香插（新品待录）"),
        ],
        now=now,
    )
    return variants
