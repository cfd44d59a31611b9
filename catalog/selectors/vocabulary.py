"""The names that exist for a product: what an entry may speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.models import Category, Listing, Photo, Product, Variant
from catalog.policies.entries import AttributeSpec, Vocabulary
from catalog.selectors.listings import requirement_book
from catalog.states import PhotoState
from stores.models import CustomerGroup


def vocabulary_of(listing: Listing, *, own_photos: Iterable[Mapping[str, Any]] = (), category: str = "") -> Vocabulary:
    """The names for a listing, with the attributes of `category` too where the shop has another one than the master.

    Pictures that the draft shows already may stay, even when they were retired since.
    """
    return product_vocabulary(
        listing.product, categories=(category,), kept_photos={str(item["key"]) for item in own_photos}
    )


def product_vocabulary(
    product: Product, *, categories: Iterable[str] = (), kept_photos: Iterable[str] = ()
) -> Vocabulary:
    """The names for a product master; with `categories` also the attributes of these. Nine queries."""
    book = requirement_book()
    photos = Photo.objects.filter(product=product, state=PhotoState.APPROVED).values_list("pk", flat=True)
    own = product.category.code if product.category else ""
    return Vocabulary(
        skus=frozenset(Variant.objects.filter(product=product).values_list("sku", flat=True)),
        blocks=frozenset(block.code for block in book.blocks),
        attributes={
            one.code: AttributeSpec(one.code, one.name, one.kind, tuple(one.options))
            for code in (*categories, own)
            for one in book.definitions_of(code)
        },
        photos=frozenset(map(str, photos)) | frozenset(kept_photos),
        categories=frozenset(Category.objects.values_list("code", flat=True)),
        customer_groups=frozenset(CustomerGroup.objects.values_list("code", flat=True)),
    )
