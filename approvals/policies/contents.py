"""Content written down in one way only, so that the same content has the same hash wherever and whenever it is read.

Canonical form: JSON with sorted keys, no blanks, text as it is (UTF-8), numbers only whole. Money, weights with a
fraction and times are text. The database computes the same SHA-256 over the same bytes (models/requests.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from approvals.states import Importance

_IMPORTANT_FIRST = 10**11  # more seconds than any due time has since 1970


def canonical(content: Mapping[str, Any]) -> str:
    """The one text of a content. Raises TypeError for a value that JSON has no exact form for, ValueError for a NUL character."""
    _refuse_inexact(content, "content")
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    if "\\u0000" in text or "\x00" in text:
        raise ValueError("content holds a NUL character")
    return text


def content_hash(text: str) -> str:
    """SHA-256 of a canonical text, 64 hex digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def section_hash(content: Mapping[str, Any], fields: Iterable[str]) -> str:
    """The hash of the fields that one department signs; a field that is missing counts as null."""
    return content_hash(canonical({name: content.get(name) for name in sorted(fields)}))


def changed_fields(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """Fields that differ, sorted; the parts of a mapping one by one ("blocks.intro").

    Against nothing, every field that says something.
    """
    old = before or {}
    found = []
    for name in sorted({*old, *after}):
        was, becomes = old.get(name), after.get(name)
        if _says_nothing(was) and _says_nothing(becomes):
            continue
        if was == becomes:
            continue
        if isinstance(was, Mapping) or isinstance(becomes, Mapping):
            one = was if isinstance(was, Mapping) else {}
            other = becomes if isinstance(becomes, Mapping) else {}
            found += [f"{name}.{key}" for key in sorted({*one, *other}) if one.get(key) != other.get(key)]
        else:
            found.append(name)
    return found


def top_fields(names: Iterable[str]) -> set[str]:
    """The fields that changed parts belong to: {"blocks.intro"} → {"blocks"}."""
    return {name.partition(".")[0] for name in names}


def urgency(importance: str, due_at: datetime) -> int:
    """The number that orders every list: important before general, then the earlier due time."""
    offset = 0 if importance == Importance.IMPORTANT else _IMPORTANT_FIRST
    return offset + int(due_at.timestamp())


def _says_nothing(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _refuse_inexact(value: Any, path: str) -> None:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{path}: the key {key!r} is no text")
            _refuse_inexact(part, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for place, part in enumerate(value):
            _refuse_inexact(part, f"{path}[{place}]")
    elif not (value is None or isinstance(value, (str, bool, int))):
        raise TypeError(f"{path}: {type(value).__name__} has no exact form; write it as text")
