"""What the top search finds in the catalogue."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, SellerCode, Variant
from catalog.selectors import products_matching
from stores.models import Shop
from stores.registries import SEARCH, Hit, SearchProvider

_LIMIT = 10


def find_products(user: Any, words: str) -> list[Hit]:
    """The variant whose SKU, barcode or shop's code this is; then products whose words match."""
    known = SellerCode.objects.filter(code__iexact=words, shop__in=Shop.objects.visible_to(user)).values("variant_id")
    exact = Variant.objects.filter(Q(sku__iexact=words) | Q(barcode=words) | Q(pk__in=known)).select_related("product")
    hits = [_of_variant(variant) for variant in exact.order_by("sku")[:_LIMIT]]
    found = products_matching(Product.objects.select_related("category"), words)
    named = found.exclude(pk__in=[variant.product_id for variant in exact]).order_by("-pk")[: _LIMIT - len(hits)]
    return hits + [Hit(product.name, str(product.category or ""), _address(product.pk), "box") for product in named]


def _of_variant(variant: Variant) -> Hit:
    return Hit(
        variant.sku,
        f"{variant.product.name} {variant.name}".strip(),
        _address(variant.product_id),
        "barcode",
        is_exact=True,
    )


def _address(product_id: int) -> str:
    return reverse("catalog:product_detail", args=[product_id])


SEARCH.register("catalog.products", SearchProvider(_("Products"), find_products, "catalog.view_product", order=30))
