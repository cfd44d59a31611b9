"""The typed modules that pages are made of: their fields, what is read from a form, and what keeps a page from submission.

A module is {"key", "kind", "region", "data"}. Reading refuses what cannot be stored (unknown fields, wrong types, hidden
characters, too long); checking tells what is missing, which a draft may be.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from approvals.policies import texts
from approvals.policies.wording import Wording
from stores.states import ModuleKind, PageKind

MAX_MODULES = 60
MAX_CARDS = 24
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_CODE = re.compile(r"[-a-zA-Z0-9_]{1,60}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MARKUP = re.compile(r"</?[a-zA-Z!]")
_TAG = re.compile(r"</?([a-z0-9]+)")


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
"""Every kind of module. A promotion's or picture's alternative text is asked for where there is a picture (`check`)."""

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


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a module: which one (its key), which field of it, and words for a person."""

    code: str
    module: str
    field: str
    text: Wording
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def path(self) -> str:
        """The dotted path in the page's content."""
        if not self.module:
            return "modules"
        return f"modules.{self.module}.data.{self.field}" if self.field else f"modules.{self.module}"

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a shop has, so that modules name only what is there."""

    pictures: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()


def name_of(kind: str, key: str) -> Wording:
    """A module as people call it: "Text (text-2)"."""
    return Wording(_("%(kind)s (%(key)s)"), {"kind": ModuleKind(kind).label, "key": key})


def new_key(kind: str, taken: Iterable[str]) -> str:
    """A free key for another module of that kind: text, text-2, text-3 …"""
    used = set(taken)
    number = 1
    while (key := kind if number == 1 else f"{kind}-{number}") in used:
        number += 1
    return key


def read_modules(raw: Sequence[Any]) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Modules as they may be stored, and everything that cannot be. Texts come out cleaned; empty fields are left out."""
    modules: list[dict[str, Any]] = []
    problems: list[Problem] = []
    if len(raw) > MAX_MODULES:
        return [], [_problem("too_many", "", "", _("A page holds at most %(limit)s modules."), limit=MAX_MODULES)]
    keys: set[str] = set()
    for number, item in enumerate(raw, start=1):
        key = str(item.get("key", "")) if isinstance(item, Mapping) else ""
        kind = str(item.get("kind", "")) if isinstance(item, Mapping) else ""
        if not _KEY.fullmatch(key) or kind not in MODULES:
            problems.append(_problem("unreadable", "", "", _("Module %(number)s cannot be read."), number=number))
            continue
        if key in keys:
            problems.append(_problem("twice", key, "", _("The module “%(key)s” stands there twice."), key=key))
            continue
        keys.add(key)
        data, wrong = _read_data(kind, key, item.get("data") or {})
        problems.extend(wrong)
        modules.append({"key": key, "kind": kind, "region": str(item.get("region", ""))[:40], "data": data})
    return modules, problems


def check_modules(
    modules: Sequence[Mapping[str, Any]],
    regions: Sequence[Mapping[str, Any]],
    *,
    page_kind: str,
    around: Surroundings,
) -> list[Problem]:
    """Everything that keeps these modules from submission: what is missing, what is not there, what does not fit the layout."""
    problems: list[Problem] = []
    known = {region["key"]: region for region in regions}
    filled: dict[str, int] = {}
    if not modules:
        problems.append(_problem("empty", "", "", _("The page has no modules.")))
    needed = NEEDED_ON_PAGE.get(page_kind)
    if needed and modules and not any(module["kind"] == needed for module in modules):
        problems.append(
            _problem(
                "module_missing",
                "",
                "",
                _("A page of kind “%(page)s” needs a module of kind “%(module)s”."),
                page=PageKind(page_kind).label,
                module=ModuleKind(needed).label,
            )
        )
    for module in modules:
        kind = module["kind"]
        if kind not in KINDS_ON_PAGE[page_kind]:
            problems.append(
                _about(
                    "kind_not_here",
                    module,
                    "",
                    _("A page of kind “%(page)s” holds no such module. Remove it."),
                    page=PageKind(page_kind).label,
                )
            )
        problems.extend(_missing(module))
        problems.extend(_not_there(module, around))
        region = known.get(module["region"])
        if region is None:
            problems.append(
                _about(
                    "region_gone",
                    module,
                    "",
                    _("The layout has no region “%(region)s”. Choose another one."),
                    region=module["region"],
                )
            )
            continue
        if kind not in region["kinds"]:
            problems.append(
                _about(
                    "kind_not_in_region",
                    module,
                    "",
                    _("The region “%(region)s” takes no such module. Move it."),
                    region=region["name"],
                )
            )
        filled[region["key"]] = filled.get(region["key"], 0) + 1
        if filled[region["key"]] == region["max"] + 1:
            problems.append(
                _about(
                    "region_full",
                    module,
                    "",
                    _("The region “%(region)s” takes at most %(limit)s modules. Move or remove one."),
                    region=region["name"],
                    limit=region["max"],
                )
            )
    return problems


def texts_of(modules: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Every text that shoppers read, by its dotted path; what is written rich as plain text."""
    found: dict[str, str] = {}
    for module in modules:
        for one in MODULES[module["kind"]].fields:
            value = module["data"].get(one.name)
            if not value or one.type not in (FieldType.LINE, FieldType.RICH):
                continue
            found[f"modules.{module['key']}.data.{one.name}"] = (
                texts.plain_text(value) if one.type == FieldType.RICH else value
            )
    return found


def pictures_of(modules: Iterable[Mapping[str, Any]]) -> set[str]:
    """The hashes of all pictures that the modules show."""
    return {
        module["data"][one.name]
        for module in modules
        for one in MODULES[module["kind"]].fields
        if one.type == FieldType.PICTURE and module["data"].get(one.name)
    }


def rich_from_input(value: str) -> str:
    """Typed or pasted text as the few safe tags that pages use. Text without tags becomes paragraphs."""
    if _MARKUP.search(value):
        return texts.safe_html(value).strip()
    blocks = texts.clean_text(value).split("\n\n")
    return "".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in blocks if block)


def input_from_rich(value: str) -> str:
    """The same for editing: plain text where it is only paragraphs, else the tags themselves."""
    return texts.plain_text(value) if set(_TAG.findall(value)) <= {"p", "br"} else value


# --- reading


def _read_data(kind: str, key: str, raw: Any) -> tuple[dict[str, Any], list[Problem]]:
    data: dict[str, Any] = {}
    problems: list[Problem] = []
    if not isinstance(raw, Mapping):
        return {}, [_problem("unreadable", key, "", _("The module “%(key)s” cannot be read."), key=key)]
    for name in raw:
        if MODULES[kind].field(str(name)) is None:
            problems.append(_of_field("unknown_field", kind, key, str(name), _("This field does not exist.")))
    for one in MODULES[kind].fields:
        value = raw.get(one.name)
        if value is None or value == "" or value == []:
            continue
        try:
            cleaned = _CLEANERS[one.type](value, one)
        except _NotStorableError as error:
            problems.append(_of_field(error.code, kind, key, one.name, error.words, **error.facts))
            continue
        if cleaned not in ("", []):
            data[one.name] = cleaned
    return data, problems


class _NotStorableError(Exception):
    def __init__(self, code: str, words: str | Promise, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.words, self.facts = code, words, facts


def _wrong_type() -> _NotStorableError:
    return _NotStorableError("wrong_type", _("This value cannot be read."))


def _line(value: Any, one: ModuleField) -> str:
    if not isinstance(value, str):
        raise _wrong_type()
    _refuse_hidden(value)
    line = texts.clean_line(texts.plain_text(value) if _MARKUP.search(value) else value)
    _refuse_long(line, one)
    return line


def _rich(value: Any, one: ModuleField) -> str:
    if not isinstance(value, str):
        raise _wrong_type()
    if len(value) > texts.MAX_HTML:
        raise _NotStorableError(
            "too_long", _("It has %(length)s characters; at most %(limit)s fit."), length=len(value), limit=one.most
        )
    html = rich_from_input(value)
    plain = texts.plain_text(html)
    _refuse_hidden(value if not _MARKUP.search(value) else _shown(html))
    _refuse_long(plain, one)
    return html if plain else ""


def _shown(html: str) -> str:
    """The words between the tags with whatever hides in them."""
    return re.sub(r"<[^<>]*>", " ", html)


def _refuse_hidden(value: str) -> None:
    if len(value) > texts.MAX_TEXT:
        raise _NotStorableError(
            "too_long",
            _("It has %(length)s characters; at most %(limit)s fit."),
            length=len(value),
            limit=texts.MAX_TEXT,
        )
    if hidden := texts.hidden_characters(value, limit=1):
        raise _NotStorableError(
            "hidden_character",
            _("At character %(position)s stands an invisible or direction-changing character: %(name)s. Delete it."),
            position=hidden[0].position + 1,
            name=hidden[0].label,
        )


def _refuse_long(value: str, one: ModuleField) -> None:
    if len(value) > one.most:
        raise _NotStorableError(
            "too_long", _("It has %(length)s characters; at most %(limit)s fit."), length=len(value), limit=one.most
        )


def _picture(value: Any, one: ModuleField) -> str:
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise _wrong_type()
    return value


def _products(value: Any, one: ModuleField) -> list[int]:
    if not isinstance(value, list) or not all(isinstance(item, int) and 0 < item < 2**63 for item in value):
        raise _wrong_type()
    unique = list(dict.fromkeys(value))
    if len(unique) > one.most:
        raise _NotStorableError(
            "too_many", _("%(count)s are chosen; at most %(limit)s fit."), count=len(unique), limit=one.most
        )
    return unique


def _code(value: Any, one: ModuleField) -> str:
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise _wrong_type()
    return value


def _number(value: Any, one: ModuleField) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong_type()
    if not 1 <= value <= one.most:
        raise _NotStorableError("out_of_range", _("It must be 1 to %(limit)s."), limit=one.most)
    return value


_CLEANERS = {
    FieldType.LINE: _line,
    FieldType.RICH: _rich,
    FieldType.PICTURE: _picture,
    FieldType.PRODUCTS: _products,
    FieldType.CATEGORY: _code,
    FieldType.PAGE: _code,
    FieldType.ZONE: _code,
    FieldType.NUMBER: _number,
}


# --- checking


def _missing(module: Mapping[str, Any]) -> list[Problem]:
    data = module["data"]
    missing = [one for one in MODULES[module["kind"]].fields if one.required and not data.get(one.name)]
    if module["kind"] == ModuleKind.PROMOTION and data.get("picture") and not data.get("alt"):
        missing.append(next(one for one in MODULES[ModuleKind.PROMOTION].fields if one.name == "alt"))
    return [_about("missing", module, one.name, _("It is missing.")) for one in missing]


def _not_there(module: Mapping[str, Any], around: Surroundings) -> list[Problem]:
    known: dict[FieldType, tuple[frozenset[str], Any]] = {
        FieldType.PICTURE: (around.pictures, _("This picture is not among the shop's pictures. Choose another one.")),
        FieldType.ZONE: (around.zones, _("The shop has no such promotion zone.")),
        FieldType.PAGE: (around.pages, _("The shop has no such page.")),
    }
    problems = []
    for one in MODULES[module["kind"]].fields:
        value = module["data"].get(one.name)
        if value and one.type in known and value not in known[one.type][0]:
            problems.append(_about("not_there", module, one.name, known[one.type][1]))
    return problems


def _about(code: str, module: Mapping[str, Any], name: str, words: str | Promise, /, **facts: Any) -> Problem:
    return _of_field(code, module["kind"], module["key"], name, words, **facts)


def _of_field(code: str, kind: str, key: str, name: str, words: str | Promise, /, **facts: Any) -> Problem:
    """Words that begin with the module and, where there is one, the field."""
    one = MODULES[kind].field(name) if name else None
    where: dict[str, Any] = {"module": name_of(kind, key), "problem": Wording(words, facts)}
    if name:
        text = Wording(_("%(module)s, %(field)s: %(problem)s"), {**where, "field": one.label if one else name})
    else:
        text = Wording(_("%(module)s: %(problem)s"), where)
    return Problem(code, key, name, text, facts)


def _problem(code: str, module: str, name: str, words: str | Promise, /, **facts: Any) -> Problem:
    return Problem(code, module, name, Wording(words, facts), facts)
