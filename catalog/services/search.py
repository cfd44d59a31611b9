"""Keeping the search tokens of products in step with what they are called."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from catalog.models import Product
from config.kit.search import tokens


@transaction.atomic
def index_products(*, product_ids: Collection[int]) -> int:
    """Write the search tokens of products anew: name, variants, SKUs, barcodes, shops' codes. Returns how many changed.

    Locks the products in key order. To be called after every write to one of these.
    """
    products = Product.objects.filter(pk__in=product_ids).order_by("pk").select_for_update()
    changed = []
    for product in products.prefetch_related("variants__seller_codes"):
        texts = [product.name]
        for variant in product.variants.all():
            texts += [variant.sku, variant.name, variant.barcode, *(code.code for code in variant.seller_codes.all())]
        found = tokens(*texts)
        if found != product.search_tokens:
            product.search_tokens = found
            changed.append(product)
    Product.objects.bulk_update(changed, ["search_tokens"], batch_size=500)
    return len(changed)
