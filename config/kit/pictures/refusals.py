"""Why an upload is not taken as a picture, and the limits it is held to."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.kit.errors import InvalidInput

_NAME_SHOWN = 80

# The problems of a damaged file.
CUT_OFF = _("it ends too early")
MISBUILT = _("its parts do not fit together")
UNDECODABLE = _("its pixels cannot be decoded")


@dataclass(frozen=True)
class PictureLimits:
    """What one upload may cost. Sizes in bytes and pixels.

    `max_pixels` never lifts Pillow's own bomb limit: the smaller of the two holds. `max_text_bytes` is what the
    compressed texts and profiles of a PNG may unfold to, together; `max_scans` the passes of a progressive JPEG
    (cameras write about ten; thousands of empty ones are a way to keep the decoder busy for minutes).
    """

    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 50_000_000
    max_side: int = 12_000
    max_text_bytes: int = 1024 * 1024
    max_scans: int = 100
    max_parts: int = 20_000


DEFAULT = PictureLimits()


class PictureRefused(InvalidInput):
    """An upload that is not taken. `name` is the file name, made harmless to show; the other facts name the rule."""

    code = "picture_refused"
    message = _("“%(name)s” was not taken as a picture.")
    remedy = _("Open the picture in an editor, save it again as JPEG, and upload that file.")

    def __init__(self, *, name: str, **facts: Any) -> None:
        super().__init__(field="file", name=shown_name(name), **facts)


class PictureEmpty(PictureRefused):
    """No bytes at all."""

    code = "picture_empty"
    message = _("“%(name)s” is empty.")
    remedy = _("Choose the file again; it may not have been saved completely.")


class PictureTooHeavy(PictureRefused):
    """More bytes than the limit."""

    code = "picture_too_heavy"
    message = _("“%(name)s” is larger than %(limit)s.")
    remedy = _("Save it with a lower quality or fewer pixels and upload it again.")


class PictureFormatRefused(PictureRefused):
    """The first bytes are not those of an allowed format, whatever the name says."""

    code = "picture_format"
    message = _("“%(name)s” is not a JPEG, PNG or WebP picture; it looks like %(found)s.")
    remedy = _("Save it as JPEG, PNG or WebP with a picture program; renaming the file is not enough.")


class PictureNameDisagrees(PictureRefused):
    """The extension names another format than the bytes."""

    code = "picture_extension"
    message = _("“%(name)s” is a %(format)s picture, but its name does not end in %(endings)s.")
    remedy = _("Give the file the right ending and upload it again.")


class PictureTooLarge(PictureRefused):
    """More pixels than the limit, according to its header: nothing was decoded."""

    code = "picture_too_large"
    message = _(
        "“%(name)s” has %(width)s × %(height)s pixels; %(max_side)s per side and %(max_megapixels)s megapixels are allowed."
    )
    remedy = _("Scale it down and upload it again.")


class PictureBomb(PictureRefused):
    """Small as a file, but made to unfold to something huge."""

    code = "picture_bomb"
    message = _("“%(name)s” unfolds to far more data than a picture needs (%(part)s).")


class PictureAnimated(PictureRefused):
    """More than one frame."""

    code = "picture_animated"
    message = _("“%(name)s” is animated; only still pictures are taken.")
    remedy = _("Save one frame of it as a picture and upload that.")


class PictureDamaged(PictureRefused):
    """Cut off, or not built as its format demands. The fact `detail`, where there is one, is for the log."""

    code = "picture_damaged"
    message = _("“%(name)s” is damaged or incomplete (%(problem)s).")
    remedy = _("Copy it from the camera again, or open it in an editor and save it anew.")


class PictureHidesData(PictureRefused):
    """Something that is not a picture rides along: behind its end, or in its texts."""

    code = "picture_hides_data"
    message = _("“%(name)s” holds something besides the picture: %(found)s.")


def shown_name(name: str) -> str:
    """A file name that can stand in a sentence: no path, no control or direction characters, at most 80 characters."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(char for char in base if unicodedata.category(char)[0] != "C").strip()
    return plain if len(plain) <= _NAME_SHOWN else f"{plain[:48]}…{plain[-31:]}"
