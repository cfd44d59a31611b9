"""From a seller's code to a variant, and draft products for codes that nobody knows yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from catalog.models import Product, Variant
from catalog.states import ProductState
from config.kit.search import tokens
from config.kit.sql import array_literal, insert_rows, next_ids

# A shop's own code wins over our SKU of the same spelling. Codes are compared exactly: 85099b is not 85099B.
_FIND = """
    SELECT c.code, v.id, v.sku, v.is_stocked
    FROM unnest(%s::text[]) AS c(code)
    LEFT JOIN catalog_sellercode s ON s.shop_id = %s AND s.code = c.code
    JOIN catalog_variant v ON v.id = coalesce(s.variant_id, (SELECT x.id FROM catalog_variant x WHERE x.sku = c.code))
"""


# What an import cannot know of a product; plain SQL gives no defaults of the model.
_EMPTY: dict[str, object] = {
    "brand": "", "brief": "", "slogan": "", "blocks": {}, "attributes": {}, "service_text": "", "feature": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """What intake needs to know of a variant."""

    variant_id: int
    sku: str
    is_stocked: bool


@dataclass(frozen=True, slots=True)
class DraftProduct:
    """A product that an import met before anybody entered it."""

    sku: str
    title: str
    is_stocked: bool = True


def find_variants(*, shop_id: int, codes: Sequence[str]) -> dict[str, VariantFacts]:
    """Seller code → variant for those codes that mean something in this shop."""
    wanted = sorted({code for code in codes if code})
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [wanted, shop_id])
        return {code: VariantFacts(*facts) for code, *facts in cursor.fetchall()}


@transaction.atomic
def make_draft_products(*, drafts: Sequence[DraftProduct], now: datetime) -> int:
    """Make a draft product with one variant for each new SKU; SKUs that exist are left alone. Returns how many were made."""
    by_sku = {draft.sku: draft for draft in drafts}
    known = set(Variant.objects.filter(sku__in=by_sku).values_list("sku", flat=True))
    new = [draft for sku, draft in sorted(by_sku.items()) if sku not in known]
    if not new:
        return 0
    [product_ids] = next_ids((Product, len(new)))
    made = insert_rows(
        Variant,
        ("product", "sku", "name", "barcode", "price", "weight_grams", "picture", "is_stocked"),
        [(pk, draft.sku, "", "", 0, 0, "", draft.is_stocked) for pk, draft in zip(product_ids, new, strict=True)],
        tail="ON CONFLICT (sku) DO NOTHING RETURNING product_id",
    )
    winners = {row[0] for row in made}
    insert_rows(
        Product,
        ("id", "name", "category", "state", "search_tokens", "created_at", *_EMPTY),
        [
            (pk, (draft.title or draft.sku)[:200], None, str(ProductState.DRAFT),
             array_literal(tokens(f"{draft.title} {draft.sku}")), now, *_EMPTY.values())
            for pk, draft in zip(product_ids, new, strict=True)
            if pk in winners
        ],
    )  # fmt: skip
    return len(winners)
