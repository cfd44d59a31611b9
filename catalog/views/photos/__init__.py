"""Pictures: those that wait for sign-off, those of one product, the shot list, and the files themselves."""

from catalog.views.photos.acts import (
    photo_bring_back,
    photo_describe,
    photo_move,
    photo_refuse,
    photo_retire,
    photo_sign_off,
)
from catalog.views.photos.desk import PHOTOS
from catalog.views.photos.files import photo_file
from catalog.views.photos.product import photo, photo_upload, product_photos
from catalog.views.photos.shots import SHOTS, shot

__all__ = [
    "PHOTOS",
    "SHOTS",
    "photo",
    "photo_bring_back",
    "photo_describe",
    "photo_file",
    "photo_move",
    "photo_refuse",
    "photo_retire",
    "photo_sign_off",
    "photo_upload",
    "product_photos",
    "shot",
]
