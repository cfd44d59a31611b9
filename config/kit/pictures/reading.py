"""An upload from a stranger → facts about a picture, or a refusal. Nothing is stored or changed."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms

from config.kit.pictures import measures, texts
from config.kit.pictures.anatomy import Anatomy, dissect, format_of
from config.kit.pictures.refusals import (
    DEFAULT,
    MISBUILT,
    UNDECODABLE,
    PictureDamaged,
    PictureEmpty,
    PictureFormatRefused,
    PictureHidesData,
    PictureLimits,
    PictureNameDisagrees,
    PictureTooHeavy,
    PictureTooLarge,
)

ENDINGS = {"JPEG": (".jpg", ".jpeg", ".jfif"), "PNG": (".png",), "WEBP": (".webp",)}
_TRAILER_MAX = 16  # line ends and stray bytes of old programs; the smallest ZIP has 22 bytes
_IN_TRAILER = re.compile(
    rb"<script|<\?php|<\?=|<html|<svg|<!doctype|PK\x03\x04|%PDF|\x7fELF|MZ\x90|Rar!", re.IGNORECASE
)
_IN_PARTS = re.compile(rb"<script|<\?php|<iframe|<html|<!doctype", re.IGNORECASE)
_ZIP_TAIL = 65_557  # 22 bytes and the longest comment: where a reader of ZIP files looks for its directory
_PDF_HEAD = 1024  # where a reader of PDF files looks for its signature
_LOOKS = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"8BPS", "PSD"),
)
# What Pillow and its decoders raise on bytes that make no sense.
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class PictureFacts:
    """What is known of an accepted upload. No guess at watermarks is made: that stays with the person who signs off.

    `sha256` (hex) and `byte_size` are of the bytes as uploaded; `width` and `height` are pixels as seen, after the
    EXIF orientation; `format` is JPEG, PNG or WEBP. `perceptual_hash` is a signed 64-bit dHash of the picture as seen
    (`hamming`, `is_near_duplicate`); `blur` the variance of the Laplacian (low is blurred); `border_is_white` the
    share 0 to 1 of near-white border pixels, where transparent ones count as white. `texts` are those of EXIF, XMP,
    IPTC, PNG texts and comments. `has_location`: EXIF or XMP hold a position; renditions never do.
    """

    sha256: str
    format: str
    width: int
    height: int
    byte_size: int
    has_alpha: bool
    exif_orientation: int
    has_location: bool
    blur: float
    perceptual_hash: int
    border_is_white: float
    texts: tuple[str, ...]


def read_picture(data: BinaryIO | bytes, *, name: str, limits: PictureLimits = DEFAULT) -> PictureFacts:
    """Read an upload as hostile and measure it. A stream is read from its beginning and left there again.

    In this order, each before the next can cost anything: bytes, real format, file name, size in the header, parts of
    the container (frames, bombs, riders), and only then one full decode. At the limits that decode holds about
    400 MB for a moment, so large uploads belong into a worker. Raises a subclass of `PictureRefused`.
    """
    raw = _read_all(data, name, limits)
    _check_ending(name, _format(raw, name))
    anatomy = examine(raw, name=name, limits=limits)
    tags = texts.read_exif(anatomy.exif)
    orientation = texts.orientation_of(tags)
    image = decode(anatomy, name=name)
    has_alpha = image.has_transparency_data
    seen = turned(flattened(image), orientation)
    del image
    border = measures.white_border_share(seen)
    grey = seen.convert("L")
    return PictureFacts(
        sha256=hashlib.sha256(raw).hexdigest(),
        format=anatomy.format,
        width=seen.width,
        height=seen.height,
        byte_size=len(raw),
        has_alpha=has_alpha,
        exif_orientation=orientation,
        has_location=texts.has_location(anatomy, tags),
        blur=measures.blur_of(grey),
        perceptual_hash=measures.difference_hash(grey),
        border_is_white=border,
        texts=tuple(texts.texts_of(anatomy, tags)),
    )


def examine(raw: bytes, *, name: str, limits: PictureLimits) -> Anatomy:
    """Everything that can be said without decoding. Raises a subclass of `PictureRefused`."""
    _format(raw, name)
    anatomy = dissect(raw, name=name, limits=limits)
    width, height = anatomy.width, anatomy.height
    if width < 1 or height < 1:
        raise PictureDamaged(name=name, problem=MISBUILT, detail=f"{width} × {height} pixels")
    most = min(limits.max_pixels, Image.MAX_IMAGE_PIXELS or limits.max_pixels)
    if max(width, height) > limits.max_side or width * height > most:
        raise PictureTooLarge(
            name=name, width=width, height=height, max_side=limits.max_side, max_megapixels=most // 1_000_000
        )
    _check_riders(raw, anatomy, name)
    return anatomy


def decode(anatomy: Anatomy, *, name: str, draft: int | None = None) -> Image.Image:
    """The pixels, fully loaded. `draft`: a JPEG may come smaller, but with no side below this (saves memory)."""
    try:
        image = Image.open(io.BytesIO(anatomy.bare), formats=[anatomy.format])
        if image.size != (anatomy.width, anatomy.height):
            raise PictureDamaged(name=name, problem=MISBUILT, detail="two sizes")
        if draft and anatomy.format == "JPEG":
            image.draft(None, (draft, draft))
        image.load()
    except _DECODER_ERRORS as error:
        raise PictureDamaged(name=name, problem=UNDECODABLE, detail=str(error)) from error
    return image


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """As the camera held it."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def plain(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where anything is transparent; 8 bits per channel, in sRGB, without any of the file's extras."""
    profile = image.info.get("icc_profile")
    alpha: Image.Image | None = None
    if image.mode.startswith("I"):  # 16 bits of grey: the upper eight, where convert() would cut off
        image = _upper_bits(image)
    elif image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
        image = image.convert("RGB")
    elif image.mode not in {"L", "RGB", "CMYK"}:
        image = image.convert("RGB")
    image = _in_srgb(image, profile)
    if image.mode != "RGB":
        image = image.convert("RGB")
    if alpha is not None:
        image.putalpha(alpha)
    image.info = {}
    return image


def flattened(image: Image.Image) -> Image.Image:
    """Like `plain`, and on white where it was transparent."""
    image = plain(image)
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _upper_bits(image: Image.Image) -> Image.Image:
    return Image.fromarray((np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8))


def _in_srgb(image: Image.Image, profile: Any) -> Image.Image:
    """Colours of the profile as sRGB; unchanged without a profile, or with one that does not fit the picture."""
    if not isinstance(profile, bytes) or not profile:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return converted or image


def _read_all(data: BinaryIO | bytes, name: str, limits: PictureLimits) -> bytes:
    if isinstance(data, bytes):
        raw = data
    else:
        data.seek(0)
        raw = data.read(limits.max_bytes + 1)
        data.seek(0)
    if not raw:
        raise PictureEmpty(name=name)
    if len(raw) > limits.max_bytes:
        raise PictureTooHeavy(name=name, limit=megabytes(limits.max_bytes))
    return raw


def megabytes(count: int) -> str:
    """20971520 → "20 MB", 1500000 → "1.4 MB"; below one megabyte in KB."""
    if count < 1024 * 1024:
        return f"{-(-count // 1024)} KB"
    return f"{count / (1024 * 1024):.1f}".removesuffix(".0") + " MB"


def _format(raw: bytes, name: str) -> str:
    found = format_of(raw)
    if found is None:
        raise PictureFormatRefused(name=name, found=_looks_like(raw))
    return found


def _check_ending(name: str, found: str) -> None:
    if PurePath(name).suffix.lower() not in ENDINGS[found]:
        raise PictureNameDisagrees(name=name, format=found, endings=", ".join(ENDINGS[found]))


def _check_riders(raw: bytes, anatomy: Anatomy, name: str) -> None:
    """Refuse what another program would take for its own file or script."""
    trailer = raw[anatomy.end :].strip(b"\0 \r\n")
    if found := _IN_TRAILER.search(trailer):
        raise PictureHidesData(name=name, found=found[0].decode("latin-1"))
    if len(trailer) > _TRAILER_MAX:
        raise PictureHidesData(name=name, found=f"{len(trailer)} B")
    for part in anatomy.carried:
        if found := _IN_PARTS.search(part):
            raise PictureHidesData(name=name, found=found[0].decode("latin-1"))
    if b"PK\x05\x06" in raw[-_ZIP_TAIL:] and b"PK\x01\x02" in raw:
        raise PictureHidesData(name=name, found="ZIP")
    if b"%PDF-" in raw[:_PDF_HEAD]:
        raise PictureHidesData(name=name, found="PDF")


def _looks_like(raw: bytes) -> str | Promise:
    for start, found in _LOOKS:
        if raw.startswith(start):
            return found
    if raw[4:8] == b"ftyp":
        return "HEIC / AVIF / MP4"
    head = raw[:1024].decode("utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8", "ignore").lower()
    if "<svg" in head:
        return "SVG"
    if "<html" in head or "<!doctype" in head or "<script" in head:
        return "HTML"
    return _("something else")
