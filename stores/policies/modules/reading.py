"""From what an editor sent to modules that may be stored. Texts come out cleaned; what cannot be stored is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from approvals.policies import texts
from stores.policies.modules.kinds import MAX_MODULES, MODULES, FieldType, ModuleField
from stores.policies.modules.problems import Problem, of_field, of_module, of_page
from stores.policies.modules.texts import MARKUP, rich_from_input

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_CODE = re.compile(r"[-a-zA-Z0-9_]{1,60}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def read_modules(raw: Sequence[Any]) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Modules as they may be stored, and everything that cannot be. Texts come out cleaned; empty fields are left out."""
    modules: list[dict[str, Any]] = []
    problems: list[Problem] = []
    if len(raw) > MAX_MODULES:
        return [], [of_page("too_many", _("A page holds at most %(limit)s modules."), limit=MAX_MODULES)]
    keys: set[str] = set()
    for number, item in enumerate(raw, start=1):
        key = str(item.get("key", "")) if isinstance(item, Mapping) else ""
        kind = str(item.get("kind", "")) if isinstance(item, Mapping) else ""
        if not _KEY.fullmatch(key) or kind not in MODULES:
            problems.append(of_page("unreadable", _("Module %(number)s cannot be read."), number=number))
            continue
        if key in keys:
            problems.append(of_module("twice", key, _("The module “%(key)s” stands there twice."), key=key))
            continue
        keys.add(key)
        data, wrong = _read_data(kind, key, item.get("data") or {})
        problems.extend(wrong)
        modules.append({"key": key, "kind": kind, "region": str(item.get("region", ""))[:40], "data": data})
    return modules, problems


def _read_data(kind: str, key: str, raw: Any) -> tuple[dict[str, Any], list[Problem]]:
    data: dict[str, Any] = {}
    problems: list[Problem] = []
    if not isinstance(raw, Mapping):
        return {}, [of_module("unreadable", key, _("The module “%(key)s” cannot be read."), key=key)]
    for name in raw:
        if MODULES[kind].field(str(name)) is None:
            problems.append(of_field("unknown_field", kind, key, str(name), _("This field does not exist.")))
    for one in MODULES[kind].fields:
        value = raw.get(one.name)
        if value is None or value == "" or value == []:
            continue
        try:
            cleaned = _CLEANERS[one.type](value, one)
        except _NotStorableError as error:
            problems.append(of_field(error.code, kind, key, one.name, error.words, **error.facts))
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
    line = texts.clean_line(texts.plain_text(value) if MARKUP.search(value) else value)
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
    _refuse_hidden(value if not MARKUP.search(value) else _shown(html))
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
