"""Every kind of module as data: its fields, how each is entered, and on which pages it may stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from approvals.policies.wording import Wording
from stores.states import ModuleKind, PageKind

MAX_MODULES = 60
MAX_CARDS = 24


class FieldType(StrEnum):
    """How a field of a module is entered, cleaned and shown."""

    LINE = "line"
    RICH = "rich"
    PICTURE = "picture"
    PRODUCTS = "products"
    CATEGORY = "category"
    PAGE = "page"
    ZONE = "zone"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class ModuleField:
    """One field. `most` is the greatest length (characters), count (products) or value (number)."""

    name: str
    label: str | Promise
    type: FieldType
    required: bool = False
    most: int = 0
    hint: str | Promise = ""


@dataclass(frozen=True, slots=True)
class ModuleType:
    """What a kind of module holds."""

    icon: str
    fields: tuple[ModuleField, ...]

    def field(self, name: str) -> ModuleField | None:
        """The field of that name."""
        return next((one for one in self.fields if one.name == name), None)


_HEADING = ModuleField("heading", _("Heading"), FieldType.LINE, most=60)
_LIMIT = ModuleField("limit", _("Show at most"), FieldType.NUMBER, most=MAX_CARDS, hint=_("1 to 24 products"))
_LINK = ModuleField("link", _("Leads to page"), FieldType.PAGE)

MODULES: Mapping[str, ModuleType] = {
    ModuleKind.SIGN: ModuleType(
        "building-store",
        (
            ModuleField("picture", _("Picture"), FieldType.PICTURE, required=True),
            ModuleField("text", _("Name on the sign"), FieldType.LINE, required=True, most=60),
            ModuleField("slogan", _("Slogan"), FieldType.LINE, most=80),
        ),
    ),
    ModuleKind.CATEGORY: ModuleType(
        "category",
        (
            _HEADING,
            ModuleField("category", _("Category"), FieldType.CATEGORY, required=True),
            _LIMIT,
        ),
    ),
    ModuleKind.PRODUCTS: ModuleType(
        "layout-grid",
        (
            _HEADING,
            ModuleField("products", _("Products"), FieldType.PRODUCTS, required=True, most=MAX_CARDS),
        ),
    ),
    ModuleKind.BRAND: ModuleType(
        "award",
        (
            ModuleField("name", _("Brand"), FieldType.LINE, required=True, most=60),
            ModuleField("logo", _("Logo"), FieldType.PICTURE),
            ModuleField("story", _("Story"), FieldType.RICH, required=True, most=6000),
        ),
    ),
    ModuleKind.PROMOTION: ModuleType(
        "speakerphone",
        (
            ModuleField("title", _("Title"), FieldType.LINE, required=True, most=60),
            ModuleField("badge", _("Badge"), FieldType.LINE, most=16),
            ModuleField("text", _("Text"), FieldType.RICH, required=True, most=3000),
            ModuleField("picture", _("Picture"), FieldType.PICTURE),
            ModuleField("alt", _("What the picture shows"), FieldType.LINE, most=160),
            _LINK,
        ),
    ),
    ModuleKind.TEXT: ModuleType(
        "align-left",
        (_HEADING, ModuleField("text", _("Text"), FieldType.RICH, required=True, most=12000)),
    ),
    ModuleKind.PICTURE: ModuleType(
        "photo",
        (
            ModuleField("picture", _("Picture"), FieldType.PICTURE, required=True),
            ModuleField("alt", _("What the picture shows"), FieldType.LINE, required=True, most=160),
            ModuleField("caption", _("Caption"), FieldType.LINE, most=160),
            _LINK,
        ),
    ),
    ModuleKind.ZONE: ModuleType(
        "replace",
        (ModuleField("zone", _("Promotion zone"), FieldType.ZONE, required=True),),
    ),
}
"""Every kind of module. A promotion's or picture's alternative text is asked for where there is a picture (`checking`)."""

_CONTENT = frozenset(
    {
        ModuleKind.CATEGORY,
        ModuleKind.PRODUCTS,
        ModuleKind.BRAND,
        ModuleKind.PROMOTION,
        ModuleKind.TEXT,
        ModuleKind.PICTURE,
    }
)
KINDS_ON_PAGE: Mapping[str, frozenset[str]] = {
    PageKind.HOME: _CONTENT | {ModuleKind.ZONE},
    PageKind.SUB: _CONTENT | {ModuleKind.ZONE},
    PageKind.BRAND: _CONTENT | {ModuleKind.ZONE},
    PageKind.PROMOTION: _CONTENT | {ModuleKind.ZONE},
    PageKind.ZONE: _CONTENT,
    PageKind.SIGN: frozenset({ModuleKind.SIGN}),
}
"""The sign stands above every page by itself; a zone's content holds no zones, so nothing is shown inside itself."""
NEEDED_ON_PAGE: Mapping[str, str] = {
    PageKind.SIGN: ModuleKind.SIGN,
    PageKind.BRAND: ModuleKind.BRAND,
    PageKind.PROMOTION: ModuleKind.PROMOTION,
}


def name_of(kind: str, key: str) -> Wording:
    """A module as people call it: "text", the second one "text 2", one with a key of its own "text “story”"."""
    label = ModuleKind(kind).label
    number = key.removeprefix(f"{kind}-")
    if key == kind:
        return Wording("%(kind)s", {"kind": label})
    if number != key and number.isdecimal():
        return Wording("%(kind)s %(number)s", {"kind": label, "number": number})
    return Wording(_("%(kind)s “%(name)s”"), {"kind": label, "name": key})


def title_of(module: Mapping[str, Any]) -> Wording:
    """A stored module by what stands above it: "text “About us”"; without a heading as `name_of` calls it."""
    data, kind = module.get("data") or {}, module["kind"]
    heading = next((data[name] for name in ("heading", "title", "name") if data.get(name)), "")
    if not heading:
        return name_of(kind, module["key"])
    return Wording(_("%(kind)s “%(name)s”"), {"kind": ModuleKind(kind).label, "name": heading})


def field_label(kind: str, name: str) -> str:
    """What a field of a module is called; the name itself where that kind has none such."""
    one = MODULES[kind].field(name) if kind in MODULES else None
    return str(one.label) if one else name


def new_key(kind: str, taken: Iterable[str]) -> str:
    """A free key for another module of that kind: text, text-2, text-3 …"""
    used = set(taken)
    number = 1
    while (key := kind if number == 1 else f"{kind}-{number}") in used:
        number += 1
    return key
