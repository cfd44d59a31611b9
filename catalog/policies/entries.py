"""What people type, paste or import into a listing, made canonical or refused by name. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from approvals.errors import TextIsTooLong
from approvals.policies.texts import clean_line, clean_text, hidden_characters, plain_text
from catalog.errors import HiddenCharacters, NegativePrice, UnknownContentField, UnknownPart, ValueRefused
from catalog.policies.fields import BY_CODE, ContentField
from catalog.states import AttributeKind, PhotoRole

LEFT_OUT: Final = False
"""As a variant's entry: this shop does not offer it."""
_MARKUP = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--)")
_MAX_ALT = 160
_MAX_ATTRIBUTE = 300
_MAX_GRAMS = 2_147_483_647
_MAX_AMOUNT = Decimal("9999999999.99")


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """What an attribute may hold."""

    code: str
    name: str
    kind: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that exist: everything else is refused by name. `photos` are the keys of the product's approved pictures."""

    skus: frozenset[str] = frozenset()
    blocks: frozenset[str] = frozenset()
    attributes: Mapping[str, AttributeSpec] = field(default_factory=dict)
    photos: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    customer_groups: frozenset[str] = frozenset()


def clean_entry(code: str, value: Any, known: Vocabulary) -> Any:
    """The canonical value of a field; parts that are None (back to the master's) or `LEFT_OUT` stay as they are.

    Raises UnknownContentField, UnknownPart, ValueRefused, HiddenCharacters, NegativePrice, TextIsTooLong; each carries the path
    of the field.
    """
    declared = BY_CODE.get(code)
    if declared is None:
        raise UnknownContentField(field=code, name=code)
    if value is None:
        return None
    if declared.by:
        if not isinstance(value, Mapping):
            raise ValueRefused(field=code, name=str(declared.label), problem=_("a value for each part is expected."))
        return {str(part): _clean_part(declared, str(part), one, known) for part, one in value.items()}
    if declared.shape == "pictures":
        return _clean_pictures(declared, value, known)
    if declared.shape == "code":
        return _clean_code(declared, value, known)
    return clean_words(declared, code, value)


def clean_words(declared: ContentField, path: str, value: Any) -> str:
    """A text without markup and invisible characters. In a title invisible characters are refused by name: they are tricks."""
    if not isinstance(value, str):
        raise ValueRefused(field=path, name=str(declared.label), problem=_("a text is expected."))
    try:
        if _has_markup(value):
            value = plain_text(value)
        if declared.code == "title" and (hidden := hidden_characters(value)):
            raise HiddenCharacters(
                field=path, name=str(declared.label), characters=", ".join(dict.fromkeys(h.label for h in hidden))
            )
        text = clean_line(value) if declared.shape == "line" or declared.by == "sku" else clean_text(value)
    except TextIsTooLong as refusal:
        refusal.field = path
        raise
    if declared.limit and len(text) > declared.limit:
        raise TextIsTooLong(field=path, length=len(text), limit=declared.limit)
    return text


def _has_markup(value: str) -> bool:
    return "<" in value and _MARKUP.search(value) is not None


def _clean_part(declared: ContentField, part: str, value: Any, known: Vocabulary) -> Any:
    path = f"{declared.code}.{part}"
    names = {"sku": known.skus, "block": known.blocks, "attribute": known.attributes.keys()}[declared.by or "sku"]
    if part not in names:
        raise UnknownPart(field=path, name=str(declared.label), part=part[:80])
    if value is None or (declared.code == "variants" and value is LEFT_OUT):
        return value
    if declared.shape == "amounts":
        return _clean_amount(declared, path, value)
    if declared.shape == "numbers":
        return _clean_grams(declared, path, value)
    if declared.shape == "values":
        return clean_attribute(known.attributes[part], path, value)
    return clean_words(declared, path, value)


def clean_attribute(spec: AttributeSpec, path: str, value: Any) -> str | bool:
    """An attribute's value as its kind wants it: numbers as text without needless zeros, choices from the list. "" is empty."""
    if spec.kind == AttributeKind.BOOLEAN:
        if isinstance(value, bool):
            return value
        if value == "":
            return ""
        raise ValueRefused(field=path, name=spec.name, problem=_("yes or no is expected."))
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise ValueRefused(field=path, name=spec.name, problem=_("a text is expected."))
    try:
        text = clean_line(plain_text(value) if _has_markup(value) else value)
    except TextIsTooLong as refusal:
        refusal.field = path
        raise
    if len(text) > _MAX_ATTRIBUTE:
        raise TextIsTooLong(field=path, length=len(text), limit=_MAX_ATTRIBUTE)
    if not text:
        return ""
    if spec.kind == AttributeKind.CHOICE and text not in spec.options:
        problem = _("“%(value)s” is none of: %(options)s.") % {"value": text, "options": ", ".join(spec.options)}
        raise ValueRefused(field=path, name=spec.name, problem=problem)
    if spec.kind == AttributeKind.NUMBER:
        number = _decimal(text)
        if number is None:
            problem = _("“%(value)s” is not a number.") % {"value": text}
            raise ValueRefused(field=path, name=spec.name, problem=problem)
        return f"{number.normalize():f}"
    return text


def _clean_amount(declared: ContentField, path: str, value: Any) -> str:
    amount = value if isinstance(value, Decimal) else _decimal(str(value))
    problem = _("“%(value)s” is not an amount with at most two decimals.") % {"value": str(value)[:40]}
    if isinstance(value, float | bool) or amount is None or not amount.is_finite() or amount > _MAX_AMOUNT:
        raise ValueRefused(field=path, name=str(declared.label), problem=problem)
    if amount < 0:
        raise NegativePrice(field=path)
    if amount != round(amount, 2):
        raise ValueRefused(field=path, name=str(declared.label), problem=problem)
    return f"{amount:.2f}"


def _clean_grams(declared: ContentField, path: str, value: Any) -> int:
    number = None if isinstance(value, bool | float) else _decimal(str(value))
    if number is None or number != int(number) or not 0 <= number <= _MAX_GRAMS:
        problem = _("“%(value)s” is not a whole number of grams.") % {"value": str(value)[:40]}
        raise ValueRefused(field=path, name=str(declared.label), problem=problem)
    return int(number)


def _decimal(text: str) -> Decimal | None:
    if len(text) > 30 or not re.fullmatch(r"[+-]?\d+(\.\d+)?", text.strip(), re.ASCII):
        return None
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


def _clean_code(declared: ContentField, value: Any, known: Vocabulary) -> str:
    names = known.categories if declared.code == "category" else known.customer_groups
    if value != "" and value not in names:
        raise UnknownPart(field=declared.code, name=str(declared.label), part=str(value)[:80])
    return str(value)


def _clean_pictures(declared: ContentField, value: Any, known: Vocabulary) -> list[dict[str, Any]]:
    if not isinstance(value, list | tuple):
        raise ValueRefused(field=declared.code, name=str(declared.label), problem=_("a list of pictures is expected."))
    items: list[dict[str, Any]] = []
    for entry in value:
        item = dict(entry) if isinstance(entry, Mapping) else {"key": entry}
        key = str(item.get("key", ""))
        if key not in known.photos:
            raise UnknownPart(field=declared.code, name=str(declared.label), part=key[:80])
        if key in {one["key"] for one in items}:
            problem = _("picture %(key)s is there twice.") % {"key": key}
            raise ValueRefused(field=declared.code, name=str(declared.label), problem=problem)
        clean: dict[str, Any] = {"key": key}
        if "role" in item:
            if item["role"] not in PhotoRole.values:
                raise UnknownPart(field=declared.code, name=str(declared.label), part=str(item["role"])[:80])
            clean["role"] = str(item["role"])
        if "alt" in item:
            alt = clean_words(declared, declared.code, item["alt"])
            if len(alt) > _MAX_ALT:
                raise TextIsTooLong(field=declared.code, length=len(alt), limit=_MAX_ALT)
            clean["alt"] = " ".join(alt.split())
        items.append(clean)
    return items
