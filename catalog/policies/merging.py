"""What somebody enters into a draft, laid into what the draft says already. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.policies.entries import LEFT_OUT, Vocabulary, clean_entry
from catalog.policies.fields import OF_PARTS, without_echoes


def merged(
    before: Mapping[str, Any], fields: Mapping[str, Any], master: Mapping[str, Any], known: Vocabulary
) -> dict[str, Any]:
    """The overrides that a draft has after these entries; what says what the master says follows the master again.

    A field or part that is None follows the master. Raises what `entries.clean_entry` refuses.
    """
    overrides = dict(before)
    for code, value in fields.items():
        clean = clean_entry(code, value, known)
        if clean is None:
            overrides.pop(code, None)
        elif code not in OF_PARTS:
            overrides[code] = _full_pictures(clean, overrides, master) if code == "photos" else clean
        else:
            parts = dict(overrides.get(code) or {})
            for part, one in clean.items():
                if one is None:
                    parts.pop(part, None)
                else:
                    parts[part] = None if _is_empty(code, one) else one
            overrides[code] = parts
    return without_echoes(overrides, master)


def _is_empty(code: str, value: Any) -> bool:
    """An emptied part is left out of the content; only the name of a variant may be empty."""
    return value is LEFT_OUT if code == "variants" else value == "" and isinstance(value, str)


def _full_pictures(
    items: list[dict[str, Any]], overrides: Mapping[str, Any], master: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Pictures as content has them, so that a list that says what the master says is seen to; roles and texts are kept."""
    given = {one["key"]: one for one in (*master["photos"], *(overrides.get("photos") or ()))}
    return [{**given.get(item["key"], {}), **item} for item in items]
