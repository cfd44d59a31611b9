"""Pictures taken in: judged from their bytes as hostile, stored for the worker, nothing decoded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max

from approvals.services import record
from catalog.errors import NoPictures, PictureThereAlready, TooManyPictures
from catalog.models import Photo, Product
from catalog.services._locks import lock_products
from catalog.services.photos._attacks import is_attack, tell_attack
from catalog.services.photos._rows import GONE
from catalog.services.shots import follow_photos
from catalog.states import PhotoRole
from config.kit.actor import Actor
from config.kit.errors import DomainError
from config.kit.pictures import DEFAULT, PictureEmpty, PictureNameDisagrees, PictureTooHeavy
from config.kit.pictures.reading import ENDINGS, examine, megabytes
from config.kit.pictures.refusals import shown_name

UPLOAD_LIMIT = 20
"""Files in one upload."""


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """What became of one file: `photo`, or the refusal that names the file and the rule."""

    file_name: str
    photo: Photo | None = None
    error: DomainError | None = None


def upload_photos(
    *, product_id: int, role: PhotoRole, files: Sequence[File], actor: Actor, now: datetime
) -> list[UploadOutcome]:
    """Take in pictures of a product, each in a transaction of its own: one that is refused does not lose the others.

    Nothing is decoded here: container, size and riders are judged from the bytes, the pixels are the worker's. Hostile
    files leave a security event. Raises NoPictures, TooManyPictures before any file is read; Product.DoesNotExist.
    """
    if not files:
        raise NoPictures(field="files")
    if len(files) > UPLOAD_LIMIT:
        raise TooManyPictures(field="files", count=len(files), limit=UPLOAD_LIMIT)
    product = Product.objects.get(pk=product_id)
    outcomes = []
    for file in files:
        name = shown_name(file.name or "")
        try:
            raw = _read_hostile(file, name)
            photo = _store(raw, name, product_id=product_id, role=role, actor=actor, now=now)
        except DomainError as error:
            if is_attack(error, name):
                tell_attack(error, name, product, path="upload", actor=actor, now=now)
            outcomes.append(UploadOutcome(name, error=error))
        else:
            outcomes.append(UploadOutcome(name, photo=photo))
    return outcomes


def _read_hostile(file: File, name: str) -> bytes:
    """The bytes of an upload once nothing in them looks like an attack; at most one more than allowed are read."""
    if (file.size or 0) > DEFAULT.max_bytes:
        raise PictureTooHeavy(name=name, limit=megabytes(DEFAULT.max_bytes))
    file.seek(0)
    raw: bytes = file.read(DEFAULT.max_bytes + 1)
    if not raw:
        raise PictureEmpty(name=name)
    if len(raw) > DEFAULT.max_bytes:
        raise PictureTooHeavy(name=name, limit=megabytes(DEFAULT.max_bytes))
    anatomy = examine(raw, name=name, limits=DEFAULT)
    if PurePath(name).suffix.lower() not in ENDINGS[anatomy.format]:
        raise PictureNameDisagrees(name=name, format=anatomy.format, endings=", ".join(ENDINGS[anatomy.format]))
    return raw


def _store(raw: bytes, name: str, *, product_id: int, role: PhotoRole, actor: Actor, now: datetime) -> Photo:
    """The file and its row, or neither."""
    sha256 = hashlib.sha256(raw).hexdigest()
    with ExitStack() as undo, transaction.atomic():
        # The product's lock makes the search for the same bytes and the next position true until the row stands.
        lock_products([product_id])
        photos = Photo.objects.filter(product=product_id)
        if there := photos.filter(sha256=sha256).exclude(state__in=GONE).first():
            raise PictureThereAlready(field="files", name=name, role=there.get_role_display())
        last = photos.filter(role=role).aggregate(last=Max("position"))["last"]
        photo = Photo(
            product_id=product_id,
            role=role,
            position=0 if last is None else last + 1,
            file_name=name,
            sha256=sha256,
            uploaded_by_id=actor.user_id,
            uploaded_at=now,
            next_at=now,
        )
        photo.original.save(name, ContentFile(raw), save=False)
        undo.callback(photo.original.storage.delete, str(photo.original.name))
        photo.save()
        record(
            "catalog.photo_uploaded", photo, actor=actor, changes={"file": [None, name], "role": [None, role]}, at=now
        )
        follow_photos(product_id=product_id, role=role, may_fall=False, actor=actor, now=now)
        undo.pop_all()
    return photo
