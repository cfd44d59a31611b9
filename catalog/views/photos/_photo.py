"""What every screen of pictures knows about one: who may do what, where it is, how its state looks."""

from __future__ import annotations

from django.urls import reverse

from catalog.models import Photo
from catalog.states import PhotoState
from config.kit.web import Chip, Tone

SIGN, UPLOAD, SEE = "catalog.sign_off_photo", "catalog.upload_photo", "catalog.view_product"
_TONES = {
    PhotoState.UPLOADED: Tone.NEUTRAL,
    PhotoState.CHECKED: Tone.INFO,
    PhotoState.APPROVED: Tone.GOOD,
    PhotoState.REFUSED: Tone.BAD,
    PhotoState.RETIRED: Tone.MUTED,
}


def file_address(photo: Photo, size: str) -> str:
    """Where a size of a picture is served."""
    return reverse("catalog:photo_file", args=[photo.pk, size])


def product_address(product_id: int, photo_id: int | None = None) -> str:
    """The page of a product's pictures, at one of them."""
    address = reverse("catalog:product_photos", args=[product_id])
    return f"{address}#photo-{photo_id}" if photo_id else address


def photo_chip(photo: Photo) -> Chip:
    """A picture's state as a coloured word."""
    return Chip(photo.get_state_display(), _TONES[PhotoState(photo.state)])
