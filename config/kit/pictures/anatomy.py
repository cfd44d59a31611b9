"""The parts of a picture file, read without decoding a pixel.

Each reader walks its container to the end and hands back the size, where the picture ends, the texts it carries, and
`bare`: the same picture with only the parts that make pixels. The decoder is given nothing else, so that a hostile
text, EXIF block or second picture never reaches it.

Sources: ITU-T T.81 annex B (JPEG), CIPA DC-007 (pictures after the first), W3C PNG 3rd edition, RFC 9649 (WebP).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from config.kit.pictures.refusals import (
    CUT_OFF,
    MISBUILT,
    PictureAnimated,
    PictureBomb,
    PictureDamaged,
    PictureLimits,
)

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass
class Anatomy:
    """What the container says. `end` is the offset behind the picture; `exif` starts at the TIFF header."""

    format: str
    width: int = 0
    height: int = 0
    end: int = 0
    bare: bytes = b""
    exif: bytes = b""
    iptc: bytes = b""
    xmp: list[bytes] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    carried: list[bytes] = field(default_factory=list)  # every part that is not pixels, as found and unfolded


def format_of(data: bytes) -> str | None:
    """JPEG, PNG or WEBP by the first bytes; None for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(PNG_SIGNATURE):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return None


def dissect(data: bytes, *, name: str, limits: PictureLimits) -> Anatomy:
    """Walk a file whose format is known. Raises `PictureDamaged`, `PictureAnimated` or `PictureBomb`."""
    reader = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp}[format_of(data) or ""]
    try:
        return reader(data, name, limits)
    except (struct.error, IndexError) as error:
        raise PictureDamaged(name=name, problem=CUT_OFF) from error


# --- JPEG -------------------------------------------------------------------------------------------------------------

_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_ALONE = {0x01, *range(0xD0, 0xD8)}
_SCAN_END = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # FF00 is a pixel byte, FFD0 to FFD7 are restarts inside a scan
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_MORE = b"http://ns.adobe.com/xmp/extension/\0"
_XMP_MORE_HEAD = len(_XMP_MORE) + 32 + 8
_MAX_PICTURES = 4


def _jpeg(data: bytes, name: str, limits: PictureLimits) -> Anatomy:
    """The first picture, and the end of those that its MPF index announces (gain maps and previews of phones)."""
    anatomy = Anatomy("JPEG")
    anatomy.end = _jpeg_stream(data, 0, anatomy, name, limits)
    more = 0
    if any(part.startswith(b"MPF\0") for part in anatomy.carried):
        while data.startswith(b"\xff\xd8\xff", anatomy.end) and more < _MAX_PICTURES:
            extra = Anatomy("JPEG")
            anatomy.end = _jpeg_stream(data, anatomy.end, extra, name, limits)
            anatomy.carried += extra.carried
            more += 1
    return anatomy


def _jpeg_stream(data: bytes, start: int, anatomy: Anatomy, name: str, limits: PictureLimits) -> int:
    """Read one SOI … EOI into `anatomy`; gives the offset behind it."""
    bare = [b"\xff\xd8"]
    at, scans, parts, sizes = start + 2, 0, 0, 0
    while True:
        parts += 1
        if parts > limits.max_parts:
            raise PictureBomb(name=name, part=f"{parts} parts")
        if data[at] != 0xFF:
            raise PictureDamaged(name=name, problem=MISBUILT, detail=f"no marker at byte {at}")
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == 0xD9:
            break
        if marker in _ALONE:
            at += 2
            continue
        if marker in {0x00, 0xD8}:
            raise PictureDamaged(name=name, problem=MISBUILT, detail=f"marker {marker:02X} at byte {at}")
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise PictureDamaged(name=name, problem=CUT_OFF)
        body = data[at + 4 : end]
        if marker in _SIZES:
            sizes += 1
            _precision, anatomy.height, anatomy.width = struct.unpack_from(">BHH", body)
        if marker == 0xDA:
            scans += 1
            if scans > limits.max_scans:
                raise PictureBomb(name=name, part=f"more than {limits.max_scans} scans")
            if (found := _SCAN_END.search(data, end)) is None:
                raise PictureDamaged(name=name, problem=CUT_OFF)
            end = found.start()
        if _jpeg_text(marker, body, anatomy):
            bare.append(data[at:end])
        at = end
    if not scans or sizes != 1:
        raise PictureDamaged(name=name, problem=MISBUILT, detail=f"{sizes} frames in {scans} scans")
    anatomy.bare = b"".join((*bare, b"\xff\xd9"))
    return at + 2


def _jpeg_text(marker: int, body: bytes, anatomy: Anatomy) -> bool:
    """Sort a segment; True where it makes pixels (tables, frames, scans, JFIF, colour profile, Adobe transform)."""
    is_text = 0xE0 <= marker <= 0xEF or marker == 0xFE
    if not is_text:
        return True
    anatomy.carried.append(body)
    if marker == 0xE1 and body.startswith(b"Exif\0"):
        anatomy.exif = anatomy.exif or body[6:]
    elif marker == 0xE1 and body.startswith(_XMP):
        anatomy.xmp.append(body[len(_XMP) :])
    elif marker == 0xE1 and body.startswith(_XMP_MORE):
        anatomy.xmp.append(body[_XMP_MORE_HEAD:])
    elif marker == 0xED:
        anatomy.iptc += body
    elif marker == 0xFE:
        anatomy.texts.append(body)
    return marker in {0xE0, 0xEE} or (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0"))


# --- PNG --------------------------------------------------------------------------------------------------------------

_PNG_PIXELS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"sBIT"}
_XMP_KEY = b"XML:com.adobe.xmp"


def _png(data: bytes, name: str, limits: PictureLimits) -> Anatomy:
    anatomy = Anatomy("PNG")
    bare = [PNG_SIGNATURE]
    at, parts, budget = len(PNG_SIGNATURE), 0, limits.max_text_bytes
    while True:
        parts += 1
        if parts > limits.max_parts:
            raise PictureBomb(name=name, part=f"{parts} parts")
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise PictureDamaged(name=name, problem=CUT_OFF)
        if not kind.isalpha() or (parts == 1) != (kind == b"IHDR"):
            raise PictureDamaged(name=name, problem=MISBUILT, detail=f"part {kind!r} at byte {at}")
        body = data[at + 8 : end - 4]
        if zlib.crc32(data[at + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            raise PictureDamaged(name=name, problem=MISBUILT, detail=f"check sum of {kind.decode('ascii')}")
        if kind == b"IHDR":
            anatomy.width, anatomy.height = struct.unpack_from(">II", body)
        elif kind in {b"acTL", b"fcTL", b"fdAT"}:
            raise PictureAnimated(name=name)
        elif kind in {b"tEXt", b"zTXt", b"iTXt", b"iCCP"}:
            budget = _png_text(kind, body, anatomy, budget, name)
        elif kind == b"eXIf":
            anatomy.exif = body.removeprefix(b"Exif\0\0")
        if kind not in {b"IHDR", b"PLTE", b"IDAT", b"IEND"}:
            anatomy.carried.append(body)
        if kind in _PNG_PIXELS:
            bare.append(data[at:end])
        at = end
        if kind == b"IEND":
            break
    anatomy.bare = b"".join(bare)
    anatomy.end = at
    return anatomy


def _png_text(kind: bytes, body: bytes, anatomy: Anatomy, budget: int, name: str) -> int:
    """Keep a text, unfolded; gives what is left of the budget of unfolded bytes."""
    key, _nul, rest = body.partition(b"\0")
    packed = kind in {b"zTXt", b"iCCP"}
    if kind == b"iTXt":
        packed, rest = rest[:1] == b"\1", rest[2:]
        _language, _nul, rest = rest.partition(b"\0")
        _translated, _nul, rest = rest.partition(b"\0")
    elif packed:
        rest = rest[1:]
    if packed:
        rest = _unfold(rest, budget, kind.decode("ascii"), name)
        anatomy.carried.append(rest)
        budget -= len(rest)
    if kind == b"iCCP":
        return budget
    if key == _XMP_KEY or key == b"Raw profile type xmp":
        anatomy.xmp.append(_raw_profile(rest) if key.startswith(b"Raw") else rest)
    elif key in {b"Raw profile type exif", b"Raw profile type APP1"}:
        anatomy.exif = anatomy.exif or _raw_profile(rest).removeprefix(b"Exif\0\0")
    elif key == b"Raw profile type iptc":
        anatomy.iptc += _raw_profile(rest)
    else:
        anatomy.texts.append(rest)
    return budget


def _unfold(packed: bytes, budget: int, part: str, name: str) -> bytes:
    """Inflate at most `budget` bytes; more is a bomb."""
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(packed, budget + 1)
    except zlib.error as error:
        raise PictureDamaged(name=name, problem=MISBUILT, detail=f"text part {part}") from error
    if len(plain) > budget:
        raise PictureBomb(name=name, part=part)
    return plain


def _raw_profile(text: bytes) -> bytes:
    r"""What ImageMagick writes as "\nexif\n   123\n<hex lines>". Empty where it is not that."""
    digits = b"".join(text.split(b"\n")[3:])
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return b""


# --- WebP -------------------------------------------------------------------------------------------------------------


def _webp(data: bytes, name: str, limits: PictureLimits) -> Anatomy:
    anatomy = Anatomy("WEBP")
    (size,) = struct.unpack_from("<I", data, 4)
    anatomy.end = 8 + size
    if anatomy.end > len(data):
        raise PictureDamaged(name=name, problem=CUT_OFF)
    canvas: tuple[int, int] | None = None
    pictures = 0
    for kind, body in _riff_parts(data, anatomy.end, name, limits):
        if kind in {b"ANIM", b"ANMF"} or (kind == b"VP8X" and body[0] & 0x02):
            raise PictureAnimated(name=name)
        if kind == b"VP8X":
            canvas = (1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little"))
        elif kind in {b"VP8 ", b"VP8L"}:
            pictures += 1
            anatomy.width, anatomy.height = _webp_size(kind, body, name)
        elif kind != b"ALPH":
            anatomy.carried.append(body)
        if kind == b"EXIF":
            anatomy.exif = body.removeprefix(b"Exif\0\0")
        elif kind == b"XMP ":
            anatomy.xmp.append(body)
    if pictures != 1 or (canvas and canvas != (anatomy.width, anatomy.height)):
        raise PictureDamaged(name=name, problem=MISBUILT, detail=f"{pictures} pictures on canvas {canvas}")
    # libwebp hands out EXIF and XMP only on demand, so the file as it is does no harm.
    anatomy.bare = data[: anatomy.end]
    return anatomy


def _riff_parts(data: bytes, stop: int, name: str, limits: PictureLimits) -> Iterator[tuple[bytes, bytes]]:
    at, parts = 12, 0
    while at < stop:
        parts += 1
        if parts > limits.max_parts:
            raise PictureBomb(name=name, part=f"{parts} parts")
        kind, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length
        if end > stop:
            raise PictureDamaged(name=name, problem=CUT_OFF)
        yield kind, data[at + 8 : end]
        at = end + (length & 1)


def _webp_size(kind: bytes, body: bytes, name: str) -> tuple[int, int]:
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and body[0] == 0x2F:
        (bits,) = struct.unpack_from("<I", body, 1)
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    raise PictureDamaged(name=name, problem=MISBUILT, detail="no key frame")
