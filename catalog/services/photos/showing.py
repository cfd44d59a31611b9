"""How a product's pictures are shown: their order, and the words for those who cannot see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from approvals.services import record
from catalog.errors import PictureOfOtherProduct
from catalog.models import Photo
from catalog.services._locks import lock_masters
from catalog.services.following import follow_master
from catalog.services.photos._rows import GONE, hold_photo
from config.kit.actor import Actor


@transaction.atomic
def order_photos(*, product_id: int, photo_ids: Sequence[int], actor: Actor, now: datetime) -> list[Photo]:
    """Show the pictures of a product in this order within their roles; those that are not named follow as they stood.

    The same order again writes nothing. Raises PictureOfOtherProduct.
    """
    products = lock_masters([product_id])
    photos = list(
        Photo.objects.filter(product=product_id).exclude(state__in=GONE).order_by("position", "pk").select_for_update()
    )
    by_key = {photo.pk: photo for photo in photos}
    wanted = list(dict.fromkeys(photo_ids))
    if not by_key.keys() >= set(wanted):
        raise PictureOfOtherProduct()
    before = [photo.pk for photo in photos]
    ordered = [by_key[pk] for pk in wanted] + [photo for photo in photos if photo.pk not in wanted]
    places: dict[str, int] = {}
    moved = []
    for photo in ordered:
        place = places.get(photo.role, 0)
        places[photo.role] = place + 1
        if photo.position != place:
            photo.position = place
            moved.append(photo)
    if moved:
        Photo.objects.bulk_update(moved, ["position"])
        changes = {"order": [before, [photo.pk for photo in ordered]]}
        record("catalog.photos_ordered", products[product_id], actor=actor, changes=changes, at=now)
        follow_master(product_ids=[product_id], actor=actor, now=now)
    return ordered


@transaction.atomic
def describe_photo(*, photo_id: int, alt: str, actor: Actor, now: datetime) -> Photo:
    """Write what a picture shows for those who cannot see it. The same words again write nothing."""
    photo = hold_photo(photo_id)
    alt = " ".join(alt.split())
    if alt != photo.alt:
        changes = {"alt": [photo.alt, alt]}
        photo.alt = alt
        photo.save(update_fields=["alt"])
        record("catalog.photo_described", photo, actor=actor, changes=changes, at=now)
        follow_master(product_ids=[photo.product_id], actor=actor, now=now)
    return photo
