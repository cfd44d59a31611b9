"""Stored checks of pictures brought in step with the rules as they stand now."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from catalog.models import Photo
from catalog.selectors.photos import photo_book
from catalog.states import PhotoState


@transaction.atomic
def recheck_photos(*, product_ids: Sequence[int]) -> int:
    """Compare the pictures of products with the rules as they stand now; returns how many checks changed. Five queries.

    For whoever changes picture rules or offers a product on another platform; the night does it for every product. Screens and
    submissions reckon afresh in any case: only the list's filter reads what is stored.
    """
    photos = (
        Photo.objects.filter(product__in=product_ids, state__in=(PhotoState.CHECKED, PhotoState.APPROVED))
        .select_related("product")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    book = photo_book(product_ids)
    changed = []
    for photo in photos:
        checks = book.checks(photo, photo.product)
        if checks and checks != photo.checks:
            photo.checks = checks
            changed.append(photo)
    Photo.objects.bulk_update(changed, ["checks"], batch_size=500)
    return len(changed)


def recheck_all_photos(*, batch: int = 500) -> int:
    """`recheck_photos` for every product with pictures, some at a time; returns how many changed."""
    changed, last = 0, 0
    while True:
        products = Photo.objects.filter(product__gt=last).order_by("product").values_list("product_id", flat=True)
        ids = list(products.distinct()[:batch])
        if not ids:
            return changed
        changed += recheck_photos(product_ids=ids)
        last = ids[-1]
