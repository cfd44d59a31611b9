"""Copies that may leave the house: upright, in sRGB, and nothing in them but pixels.

The same bytes in give the same bytes out (as long as the libraries stay the same), so hashes of copies hold.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from config.kit.pictures.reading import decode, examine, flattened, plain, turned
from config.kit.pictures.refusals import DEFAULT, PictureLimits
from config.kit.pictures.texts import orientation_of, read_exif

_QUALITY = 85
_QUALITY_FULL = 95


@dataclass(frozen=True)
class Rendition:
    """One copy: `name` is the caller's word for it, `width` and `height` in pixels."""

    name: str
    format: str
    width: int
    height: int
    data: bytes


def renditions(
    data: bytes,
    sizes: Mapping[str, int],
    *,
    format: Literal["JPEG", "WEBP"] = "JPEG",
    limits: PictureLimits = DEFAULT,
) -> dict[str, Rendition]:
    """`{"thumb": 160, "page": 1200}` → a copy each whose longest side is at most that; none is enlarged.

    JPEG is progressive, quality 85, with transparency flattened on white; WEBP quality 85 and keeps transparency.
    The picture is decoded once. Raises a subclass of `PictureRefused`, since `data` may come from anywhere.
    """
    if any(size < 1 for size in sizes.values()):
        raise ValueError("A size is at least one pixel")
    anatomy = examine(data, name="", limits=limits)
    image = decode(anatomy, name="", draft=max(sizes.values(), default=1))
    image = flattened(image) if format == "JPEG" else plain(image)
    orientation = orientation_of(read_exif(anatomy.exif))
    image = turned(image, orientation)
    longest = max(anatomy.width, anatomy.height)
    upright = (anatomy.width, anatomy.height) if orientation < 5 else (anatomy.height, anatomy.width)
    done = {}
    for key, size in sizes.items():
        # Reckoned from the original: a draft is already smaller, and rounded.
        scale = min(1.0, size / longest)
        width, height = (max(1, round(side * scale)) for side in upright)
        copy = image
        if copy.size != (width, height):
            copy = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        done[key] = Rendition(key, format, width, height, _saved(copy, format, _QUALITY))
    return done


def clean_copy(data: bytes, *, limits: PictureLimits = DEFAULT) -> bytes:
    """The whole picture in its own format and size, upright and without metadata.

    PNG without loss, JPEG and WEBP with quality 95. Raises a subclass of `PictureRefused`.
    """
    anatomy = examine(data, name="", limits=limits)
    image = plain(decode(anatomy, name=""))
    return _saved(turned(image, orientation_of(read_exif(anatomy.exif))), anatomy.format, _QUALITY_FULL)


def _saved(image: Image.Image, format: str, quality: int) -> bytes:
    out = io.BytesIO()
    if format == "JPEG":
        image.save(out, "JPEG", quality=quality, progressive=True, optimize=True)
    elif format == "WEBP":
        image.save(out, "WEBP", quality=quality, method=4)
    else:
        image.save(out, "PNG", optimize=False)
    return out.getvalue()
