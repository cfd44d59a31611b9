"""How the content of a listing is worded for a reader: names for codes, a yes or a no, a unit behind a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from catalog.models import Category
from catalog.policies.fields import FIELDS, ContentField
from catalog.selectors.listings import names_of_parts
from catalog.states import PhotoRole
from stores.models import CustomerGroup


@dataclass(frozen=True, slots=True)
class WordedField:
    """One field of a content: a text, lines of name and value for a field of parts, or pictures.

    `pictures` are the content's own items (key, role, sha256, alt) with the `label` of their role.
    """

    field: ContentField
    text: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    pictures: tuple[Mapping[str, str], ...] = ()

    @property
    def code(self) -> str:
        """The field's code."""
        return self.field.code

    @property
    def label(self) -> str:
        """The field's name in the reader's language."""
        return str(self.field.label)


def said_in_words(value: Any, unit: str = "") -> str:
    """A part's value with its unit; yes or no in the active language."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return f"{value} {unit}".strip()


def said_in_marks(value: Any) -> str:
    """A part's value; yes and no as marks, which are found at a glance when field after field is compared."""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return str(value)


def ranked_name(group: CustomerGroup) -> str:
    """A customer group behind its rank: "1. Families"."""
    return f"{group.rank}. {group.name}"


def role_label(role: str) -> str:
    """What a picture shows, in the active language."""
    return str(PhotoRole(role).label) if role in PhotoRole.values else role


def worded_fields(
    content: Mapping[str, Any],
    *,
    said: Callable[[Any], str] = said_in_words,
    group_name: Callable[[CustomerGroup], str] = str,
) -> list[WordedField]:
    """Every field of a content in the order of the catalogue, empty ones too; a code without a name stays. Four queries."""
    names = names_of_parts()
    categories = Category.objects.filter(code=content.get("category") or "")
    groups = CustomerGroup.objects.filter(code=content.get("customer_group") or "")
    of_codes: dict[str, dict[str, str]] = {
        "category": dict(categories.values_list("code", "name")),
        "customer_group": {group.code: group_name(group) for group in groups},
    }

    def worded(field: ContentField) -> WordedField:
        value = content.get(field.code)
        if field.shape == "pictures":
            return WordedField(field, pictures=tuple({**one, "label": role_label(one["role"])} for one in value or ()))
        if field.by:
            lines = ((names.get(f"{field.code}.{part}", part), said(own)) for part, own in (value or {}).items())
            return WordedField(field, lines=tuple(lines))
        text = str(value or "")
        return WordedField(field, text=of_codes.get(field.code, {}).get(text, text))

    return [worded(field) for field in FIELDS]
