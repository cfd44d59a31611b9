"""What keeps modules from shoppers: what is missing, what is not there, what does not fit the page or its layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from stores.policies.modules.kinds import KINDS_ON_PAGE, MODULES, NEEDED_ON_PAGE, FieldType
from stores.policies.modules.problems import Problem, about, of_page
from stores.states import ModuleKind, PageKind


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a shop has, so that modules name only what is there."""

    pictures: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()


def check_modules(
    modules: Sequence[Mapping[str, Any]],
    regions: Sequence[Mapping[str, Any]],
    *,
    page_kind: str,
    around: Surroundings,
) -> list[Problem]:
    """Everything that keeps these modules from submission, in their order. A draft may have all of it."""
    problems = _whole_page(modules, page_kind)
    known = {region["key"]: region for region in regions}
    filled: Counter[str] = Counter()
    for module in modules:
        if module["kind"] not in KINDS_ON_PAGE[page_kind]:
            words = _("A page of kind “%(page)s” holds no such module. Remove it.")
            problems.append(about("kind_not_here", module, "", words, page=PageKind(page_kind).label))
        problems += _missing(module)
        problems += _not_there(module, around)
        problems += _out_of_place(module, known, filled)
    return problems


def _whole_page(modules: Sequence[Mapping[str, Any]], page_kind: str) -> list[Problem]:
    if not modules:
        return [of_page("empty", _("The page has no modules."))]
    needed = NEEDED_ON_PAGE.get(page_kind)
    if not needed or any(module["kind"] == needed for module in modules):
        return []
    return [
        of_page(
            "module_missing",
            _("A page of kind “%(page)s” needs a module of kind “%(module)s”."),
            page=PageKind(page_kind).label,
            module=ModuleKind(needed).label,
        )
    ]


def _missing(module: Mapping[str, Any]) -> list[Problem]:
    data = module["data"]
    missing = [one for one in MODULES[module["kind"]].fields if one.required and not data.get(one.name)]
    if module["kind"] == ModuleKind.PROMOTION and data.get("picture") and not data.get("alt"):
        missing.append(next(one for one in MODULES[ModuleKind.PROMOTION].fields if one.name == "alt"))
    return [about("missing", module, one.name, _("It is missing.")) for one in missing]


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
            problems.append(about("not_there", module, one.name, known[one.type][1]))
    return problems


def _out_of_place(
    module: Mapping[str, Any], regions: Mapping[str, Mapping[str, Any]], filled: Counter[str]
) -> list[Problem]:
    """What is wrong with where it stands. Counts it in `filled`; of a region that is too full, one module tells."""
    region = regions.get(module["region"])
    if region is None:
        words = _("The layout has no region “%(region)s”. Choose another one.")
        return [about("region_gone", module, "", words, region=module["region"])]
    problems = []
    if module["kind"] not in region["kinds"]:
        words = _("The region “%(region)s” takes no such module. Move it.")
        problems.append(about("kind_not_in_region", module, "", words, region=region["name"]))
    filled[region["key"]] += 1
    if filled[region["key"]] == region["max"] + 1:
        words = _("The region “%(region)s” takes at most %(limit)s modules. Move or remove one.")
        problems.append(about("region_full", module, "", words, region=region["name"], limit=region["max"]))
    return problems
