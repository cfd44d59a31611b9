"""Finding products and variants by what people type or scan."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from catalog.models import Category, Product, Variant
from config.kit.search import query_tokens

# Three letters make one trigram; fewer would read the whole table.
_SHORTEST_PART = 3


def products_matching(rows: QuerySet[Product], words: str) -> QuerySet[Product]:
    """Products whose name, variants or codes hold all the words, or with a code of which the words are a part."""
    condition = Q(pk__in=())
    if wanted := query_tokens(words):
        condition |= Q(search_tokens__contains=wanted)
    if len(words) >= _SHORTEST_PART:
        codes = Variant.objects.filter(Q(sku__icontains=words) | Q(barcode__icontains=words))
        condition |= Q(pk__in=codes.values("product_id"))
    return rows.filter(condition)


def variants_matching(words: str) -> QuerySet[Variant]:
    """Variants with a code of which the words are a part; when there is none, all of the products that match."""
    coded = Q(sku__icontains=words) | Q(barcode__icontains=words)
    if len(words) >= _SHORTEST_PART and words.isascii() and Variant.objects.filter(coded).exists():
        return Variant.objects.filter(coded)
    return Variant.objects.filter(product__in=products_matching(Product.objects.all(), words))


def variants_by_code(codes: Collection[str]) -> dict[str, Variant]:
    """Code → variant for SKUs and barcodes exactly as written; a SKU wins over a barcode of the same spelling."""
    wanted = {code for code in codes if code}
    found = Variant.objects.filter(Q(sku__in=wanted) | Q(barcode__in=wanted)).select_related("product")
    by_code: dict[str, Variant] = {}
    for variant in found:
        if variant.barcode in wanted:
            by_code.setdefault(variant.barcode, variant)
    by_code.update({variant.sku: variant for variant in found if variant.sku in wanted})
    return by_code


def categories_below(category_id: int | None) -> list[int] | None:
    """A category and all below it, in one query; None for None: every category and what has none."""
    if category_id is None:
        return None
    children: dict[int | None, list[int]] = {}
    for pk, parent in Category.objects.values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
    found, waiting = {category_id}, [category_id]
    while waiting:
        new = [pk for pk in children.get(waiting.pop(), ()) if pk not in found]
        found.update(new)
        waiting += new
    return sorted(found)
