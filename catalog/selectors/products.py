"""Reads for the catalogue's screens."""

from __future__ import annotations

from django.db.models import Max, Min, Prefetch, QuerySet

from catalog.models import Product, Variant


def product_list() -> QuerySet[Product]:
    """Products with their variants, lowest and highest price."""
    variants = Prefetch("variants", queryset=Variant.objects.order_by("sku"))
    return (
        Product.objects.select_related("category")
        .annotate(lowest_price=Min("variants__price"), highest_price=Max("variants__price"))
        .prefetch_related(variants)
    )


def variants_of(product: Product) -> QuerySet[Variant]:
    """A product's variants by SKU, with the codes under which shops know them."""
    return product.variants.order_by("sku").prefetch_related("seller_codes__shop")
