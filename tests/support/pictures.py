"""Pictures made at run time: good ones for everybody's tests, and hostile ones, built by hand."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import lru_cache
from typing import Any

import numpy as np
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFilter, PngImagePlugin

_TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    """As a form gets it. The content type follows the name, as browsers send it."""
    return SimpleUploadedFile(name, data, content_type=_TYPES.get(name.rsplit(".", 1)[-1].lower(), "application/x"))


@lru_cache(maxsize=16)
def scene(width: int, height: int, seed: int) -> Image.Image:
    """Soft patches of colour with fine grain on them; another seed is another picture. Do not change it in place."""
    dice = np.random.default_rng(seed)
    patches = Image.fromarray(dice.integers(40, 215, (9, 9, 3), dtype=np.uint8)).resize((width, height))
    grain = dice.integers(-25, 26, (height, width, 1), dtype=np.int16)
    return Image.fromarray((np.asarray(patches).astype(np.int16) + grain).clip(0, 255).astype(np.uint8))


def saved(image: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **({"quality": 90} | options if format != "PNG" else options))
    return out.getvalue()


def photo(
    width: int = 1200, height: int = 1200, seed: int = 1, format: str = "JPEG", exif: Image.Exif | None = None
) -> bytes:
    """A sharp, textured picture; the same arguments give the same bytes."""
    return saved(scene(width, height, seed), format, **({"exif": exif} if exif else {}))


def flat_photo(width: int = 1200, height: int = 1200, colour: str = "white", format: str = "JPEG") -> bytes:
    """One colour everywhere."""
    return saved(Image.new("RGB", (width, height), colour), format)


def blurred_photo(width: int = 1200, height: int = 1200, seed: int = 1, format: str = "JPEG") -> bytes:
    """The picture of `photo` out of focus."""
    return saved(scene(width, height, seed).filter(ImageFilter.GaussianBlur(6)), format)


def product_photo(width: int = 1200, height: int = 1200, seed: int = 1, format: str = "JPEG") -> bytes:
    """Something sharp on a white ground."""
    image = Image.new("RGB", (width, height), "white")
    image.paste(scene(width // 2, height // 2, seed), (width // 4, height // 4))
    return saved(image, format)


def exif_of_a_phone(orientation: int = 1) -> Image.Exif:
    """Artist, copyright, description in Chinese, and where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = "Li Wei"
    exif[0x8298] = "Supplier Golden Dragon"
    exif[0x010E] = "成本价 12 元".encode()
    exif[0x9C9C] = "内部资料".encode("utf-16-le")
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 25.0)})
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0made in the back room"
    return exif


# --- hostile ----------------------------------------------------------------------------------------------------------


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(data: bytes, kind: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk right behind its header."""
    return data[:33] + png_chunk(kind, body) + data[33:]


@lru_cache(maxsize=1)
def bomb_png(side: int = 30_000) -> bytes:
    """30,000 × 30,000 black pixels in one megabyte (grey, 8 bits)."""
    packer = zlib.compressobj(9)
    row = bytes(side + 1)
    packed = b"".join([*(packer.compress(row) for _row in range(side)), packer.flush()])
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return PngImagePlugin._MAGIC + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")


def huge_jpeg_header(width: int = 10_000, height: int = 10_000) -> bytes:
    """A true little JPEG whose frame header claims 100 megapixels."""
    data = bytearray(photo(64, 64))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_with(data: bytes, marker: int, body: bytes) -> bytes:
    """A JPEG with one more segment right behind its start."""
    return data[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + data[2:]


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("payload.js", "alert(1)")
    return out.getvalue()


def animated(format: str) -> bytes:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, format, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()
