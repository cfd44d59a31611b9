"""Versions and copies of pictures for tests of what happens after a publication."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile

from approvals.models import ChangeRequest
from catalog import services
from catalog.models import Listing, Photo, Rendition
from tests.factories.listings import acting, publish_revision
from tests.support.pictures import photo as picture_bytes


def revise(listing: Listing, *, now: datetime, **fields: Any) -> ChangeRequest:
    """Publish another version of a listing ten minutes after `now`, through the real services."""
    actor = acting(listing.owner)
    revision = services.begin_revision(listing_id=listing.pk, actor=actor, now=now)
    revision = services.save_revision(
        revision_id=revision.pk, fields=fields, version=revision.version, actor=actor, now=now
    )
    return publish_revision(revision, now=now)


def with_copies(listing: Listing) -> list[Rendition]:
    """Copies in the sizes that leave the house, of the pictures of the listing's product."""
    made = []
    for photo in Photo.objects.filter(product=listing.product_id):
        for name in ("list", "large"):
            data = picture_bytes(60, 60, seed=photo.pk + len(name))
            made.append(
                Rendition.objects.create(
                    photo=photo,
                    name=name,
                    file=ContentFile(data, name=f"{name}.jpg"),
                    width=60,
                    height=60,
                    sha256=hashlib.sha256(data).hexdigest(),
                )
            )
    return made
