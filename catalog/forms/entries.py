"""The editor's form as entries of a draft: `title`, `blocks.intro`, `prices.SKU` … One name per field, whatever the product has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from catalog.policies.fields import BY_CODE
from catalog.states import AttributeKind

# A field that is posted empty with this beside it follows the product again.
FOLLOWS = "follow"


def entries_of(data: QueryDict, *, kinds: Mapping[str, str]) -> dict[str, Any]:
    """What a posted form says, for `services.save_revision`. `kinds` maps an attribute's code to its kind.

    A path named in `follow` follows the master (None). Numbers and amounts that are empty follow the master as well: an
    empty price means nothing. Names that are no field of a listing are left alone.
    """
    follow = set(data.getlist(FOLLOWS))
    found: dict[str, Any] = {}
    for path in data:
        code, _dot, part = path.partition(".")
        field = BY_CODE.get(code)
        if field is None or field.shape == "pictures" or bool(part) != bool(field.by):
            continue
        value: Any = None if path in follow else data.get(path, "")
        if not field.by:
            found[code] = value
            continue
        found.setdefault(code, {})[part] = _part(field.shape, value, kinds.get(part, ""))
    if "photos-shown" in data:
        chosen = [{"key": key} for key in data.getlist("photos")]
        found["photos"] = None if "photos" in follow else chosen
    return found


def warned_of(data: QueryDict) -> dict[str, str]:
    """Reasons for warned words, by rule: fields named `warned.<rule>`."""
    return {path.partition(".")[2]: data.get(path, "") or "" for path in data if path.startswith("warned.")}


def _part(shape: str, value: Any, kind: str) -> Any:
    if value is None:
        return None
    if shape in ("amounts", "numbers"):
        return value.strip() or None
    if kind == AttributeKind.BOOLEAN:
        return {"yes": True, "no": False}.get(value, "")
    return value
