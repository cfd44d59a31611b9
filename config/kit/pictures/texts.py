"""Words, place and position that a picture carries beside its pixels (SEC-6 looks through them)."""

from __future__ import annotations

import html
import re
import struct
from collections.abc import Iterator
from typing import Any

from config.kit.pictures.anatomy import Anatomy

_WORDS_MAX = 500
_LENGTH_MAX = 10_000
_ORIENTATION = 0x0112
_GPS = 0x8825
_DETAILS = 0x8769
_XP_TAGS = {0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E, 0x9C9F}  # title, comment, author, keywords, subject of Windows: UTF-16
_USER_COMMENT = 0x9286
_BYTES, _ASCII, _ANY = 1, 2, 7
_NUMBERS = {3: "H", 4: "I", 8: "h", 9: "i", 13: "I"}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_BETWEEN = re.compile(r">([^<>]+)<")
_ATTRIBUTE = re.compile(r"""\s(?!xmlns)[\w.-]+(?::[\w.-]+)?\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
_PRINTABLE = re.compile(rb"[\x20-\x7e\x80-\xfe]{4,}")
_IPTC_TEXT = re.compile(rb"\x1c\x02([\x05-\x7a])(?=..)", re.DOTALL)


def read_exif(raw: bytes) -> dict[int, Any] | None:
    """Tags of a TIFF block (TIFF 6.0 section 2, EXIF 2.3), with the groups for details and position as dicts.

    Texts as str, bytes as bytes, whole numbers as int (the first of several), other types as None: present is all
    that matters. An entry that points outside is left out. Empty for no bytes; None where it is no TIFF block.

    Read by hand because Pillow warns through the process-wide warnings filter, which threads cannot silence safely.
    """
    if not raw:
        return {}
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(raw[:4])
    if order is None:
        return None
    try:
        tags = _group(raw, order, struct.unpack_from(order + "I", raw, 4)[0])
        for group in (_DETAILS, _GPS):
            if group in tags:
                offset = tags[group]
                tags[group] = _group(raw, order, offset) if isinstance(offset, int) else {}
    except struct.error:
        return None
    return tags


def _group(raw: bytes, order: str, offset: int) -> dict[int, Any]:
    tags: dict[int, Any] = {}
    (count,) = struct.unpack_from(order + "H", raw, offset)
    for entry in range(offset + 2, min(offset + 2 + 12 * count, len(raw) - 11), 12):
        tag, kind, number = struct.unpack_from(order + "HHI", raw, entry)
        size = _SIZES.get(kind, 0) * number
        start = entry + 8 if size <= 4 else struct.unpack_from(order + "I", raw, entry + 8)[0]
        if not size or start + size > len(raw):
            continue
        value = raw[start : start + size]
        if kind == _ASCII:
            tags[tag] = _decode(value)
        elif kind in _NUMBERS:
            tags[tag] = struct.unpack_from(order + _NUMBERS[kind], value)[0]
        else:
            tags[tag] = value if kind in {_BYTES, _ANY} else None
    return tags


def orientation_of(tags: dict[int, Any] | None) -> int:
    """EXIF orientation 1 to 8; 1 where there is none or nonsense."""
    value = (tags or {}).get(_ORIENTATION, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def has_location(anatomy: Anatomy, tags: dict[int, Any] | None) -> bool:
    """True where EXIF or XMP hold a position. An unreadable EXIF block counts as one that may."""
    in_exif = tags is None or any(key != 0 for key in tags.get(_GPS, {}))  # 0 is the version of the group
    return in_exif or any(b"GPSLatitude" in packet or b"GPSLongitude" in packet for packet in anatomy.xmp)


def texts_of(anatomy: Anatomy, tags: dict[int, Any] | None) -> list[str]:
    """Every text of EXIF, XMP, IPTC, PNG texts and JPEG comments, each once, in order of finding.

    At most 500 texts of 10,000 characters. Bytes are tried as UTF-8, then GB 18030 (older Chinese programs), then
    Latin-1. Where EXIF cannot be read, its printable runs are given instead.
    """
    found: dict[str, None] = {}
    for text in _all_texts(anatomy, tags):
        if plain := text.replace("\0", " ").strip()[:_LENGTH_MAX]:
            found.setdefault(plain)
        if len(found) >= _WORDS_MAX:
            break
    return list(found)


def _all_texts(anatomy: Anatomy, tags: dict[int, Any] | None) -> Iterator[str]:
    if tags is None:
        yield from (_decode(run) for run in _PRINTABLE.findall(anatomy.exif))
    else:
        yield from _exif_texts(tags)
    for packet in anatomy.xmp:
        markup = packet.decode("utf-8", "replace")
        for match in _BETWEEN.finditer(markup):
            yield html.unescape(match[1])
        for match in _ATTRIBUTE.finditer(markup):
            yield html.unescape(match[1] or match[2] or "")
    yield from _iptc_texts(anatomy.iptc)
    for text in anatomy.texts:
        yield _decode(text)


def _exif_texts(tags: dict[int, Any]) -> Iterator[str]:
    for tag, value in tags.items():
        if isinstance(value, dict):
            if tag != _GPS:
                yield from _exif_texts(value)
        elif isinstance(value, str):
            yield value
        elif tag in _XP_TAGS and isinstance(value, bytes):
            yield value.decode("utf-16-le", "replace")
        elif tag == _USER_COMMENT and isinstance(value, bytes):
            charset, text = value[:8], value[8:]
            if charset.startswith(b"UNICODE"):
                yield text.decode("utf-16-be" if text[:1] == b"\0" else "utf-16-le", "replace")
            else:
                yield _decode(text)


def _iptc_texts(raw: bytes) -> Iterator[str]:
    """Texts of record 2 (title, author, keywords, caption): marker 1C 02, number, length, bytes."""
    for match in _IPTC_TEXT.finditer(raw):
        length = int.from_bytes(raw[match.end() : match.end() + 2], "big")
        yield _decode(raw[match.end() + 2 : match.end() + 2 + length])


def _decode(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
