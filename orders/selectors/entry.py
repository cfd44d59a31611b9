"""Goods for an order that is being typed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog import services as catalog
from catalog.models import Variant
from catalog.selectors import variants_by_code, variants_matching
from inventory.models import StockLevel


@dataclass(frozen=True, slots=True)
class Goods:
    """What a typed code means in a shop: the seller code to store, and the variant with its price."""

    seller_code: str
    variant: Variant


def goods_by_code(*, shop_id: int, codes: Sequence[str]) -> dict[str, Goods]:
    """Typed code → goods: the shop's own codes and SKUs as intake reads them, else barcodes."""
    known = catalog.find_variants(shop_id=shop_id, codes=codes)
    keys = {facts.variant_id for facts in known.values()}
    variants = Variant.objects.filter(pk__in=keys).select_related("product").in_bulk()
    found = {code: Goods(code, variants[facts.variant_id]) for code, facts in known.items()}
    rest = [code for code in codes if code not in found]
    if rest:
        found |= {code: Goods(variant.sku, variant) for code, variant in variants_by_code(rest).items()}
    return found


def available_of(variant_id: int) -> int:
    """Pieces that nobody is promised, over all places that serve online orders."""
    levels = StockLevel.objects.filter(variant_id=variant_id, location__is_active=True, location__serves_online=True)
    return sum(on_hand - reserved for on_hand, reserved in levels.values_list("on_hand", "reserved"))


def suggestions(words: str, limit: int = 8) -> list[Variant]:
    """Variants that the first letters of a code or a title may mean."""
    return list(variants_matching(words).select_related("product").order_by("sku")[:limit]) if len(words) >= 2 else []
