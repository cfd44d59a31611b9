"""What counts as a refresh: shoppers see something else of a field group than before (CAT-15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalog.policies.fields import FIELDS
from catalog.states import FieldGroup

FIELDS_OF: Final[Mapping[FieldGroup, tuple[str, ...]]] = {
    group: tuple(field.code for field in FIELDS if field.group == group) for group in FieldGroup
}


def seen(content: Mapping[str, Any], group: FieldGroup) -> tuple[Any, ...]:
    """What a shopper sees of a group: words without regard to white space, pictures by role and bytes, in their order."""
    return tuple(_seen(content.get(code)) for code in FIELDS_OF[group])


def really_changed(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> set[FieldGroup]:
    """The groups of which shoppers see something else; all of them when there was nothing before.

    Another description for screen readers, or one more blank, refreshes nothing.
    """
    if before is None:
        return set(FieldGroup)
    return {group for group in FieldGroup if seen(before, group) != seen(after, group)}


def _seen(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return tuple((item.get("role"), item.get("sha256")) for item in value)
    return value or ""
