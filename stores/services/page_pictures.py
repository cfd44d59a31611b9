"""Pictures for pages and signs: read as hostile, stored cleaned under the hash of what is stored."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import BinaryIO, Literal

from django.core.files.base import ContentFile
from django.db import transaction

from approvals import services as approvals
from approvals.policies import texts
from config.kit.actor import Actor
from config.kit.pictures import (
    PictureBomb,
    PictureHidesData,
    PictureLimits,
    PictureNameDisagrees,
    PictureRefused,
    PictureTooLarge,
    read_picture,
    renditions,
)
from stores.models import PagePicture, Shop
from stores.policies.lines import written_line

LONGEST_SIDE = 2000
LIMITS = PictureLimits(max_bytes=12 * 1024 * 1024, max_pixels=40_000_000)
_HOSTILE = (PictureBomb, PictureHidesData, PictureNameDisagrees, PictureTooLarge)


def add_page_picture(
    *, shop_id: int, file: BinaryIO, file_name: str, alt: str, actor: Actor, now: datetime
) -> PagePicture:
    """Take an upload in for a shop's pages: a cleaned copy, at most 2000 px, without anything but pixels.

    The same picture again gives the row that is there. Raises a subclass of PictureRefused; one that looks like an attack
    leaves a security event.
    """
    shop = Shop.objects.get(pk=shop_id)
    try:
        facts = read_picture(file, name=file_name, limits=LIMITS)
        file.seek(0)
        kind: Literal["JPEG", "WEBP"] = "WEBP" if facts.has_alpha else "JPEG"
        copy = renditions(file.read(), {"page": LONGEST_SIDE}, format=kind, limits=LIMITS)["page"]
    except PictureRefused as refusal:
        if isinstance(refusal, _HOSTILE):
            approvals.refused_attempt(
                "hostile_upload",
                path="upload of a page picture",
                actor=actor,
                subject=shop,
                detail={name: str(value)[:200] for name, value in refusal.facts.items()} | {"code": refusal.code},
                at=now,
            )
        raise
    digest = hashlib.sha256(copy.data).hexdigest()
    with transaction.atomic():
        # The shop's row makes two uploads of one picture wait for each other.
        Shop.objects.select_for_update(of=("self",)).get(pk=shop_id)
        there = PagePicture.objects.filter(shop_id=shop_id, sha256=digest).first()
        if there is not None:
            return there
        picture = PagePicture(
            shop_id=shop_id,
            file_name=texts.clean_line(file_name)[:160],
            extension="webp" if kind == "WEBP" else "jpg",
            sha256=digest,
            width=copy.width,
            height=copy.height,
            alt=written_line(alt, field="alt", limit=160, required=False),
            uploaded_by_id=actor.user_id,
            uploaded_at=now,
        )
        picture.file.save("picture", ContentFile(copy.data), save=False)
        picture.save(force_insert=True)
        act = approvals.Act(
            "stores.page_picture_added",
            "stores.shop",
            shop_id,
            shop_id,
            changes={"picture": [None, picture.file_name], "sha256": [None, digest]},
        )
        approvals.record_many([act], actor=actor, at=now)
    return picture
