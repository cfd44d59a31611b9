"""Layout templates: regions in reading order, each with the modules that it takes. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from approvals.policies import texts
from approvals.policies.wording import Wording
from stores.policies.modules import MAX_MODULES
from stores.states import ModuleKind

MAX_REGIONS = 12
WIDTHS = (12, 8, 6, 4, 3)
"""Of twelve columns; below 640 px every region is as wide as the screen."""
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class LayoutProblem:
    """One thing that is wrong with a layout, in words for a person."""

    code: str
    region: str
    text: Wording

    def __str__(self) -> str:
        return str(self.text)


def read_regions(raw: Sequence[Any]) -> tuple[list[dict[str, Any]], list[LayoutProblem]]:
    """Regions as they are stored, and everything that is wrong with them."""
    regions: list[dict[str, Any]] = []
    problems: list[LayoutProblem] = []
    if len(raw) > MAX_REGIONS:
        return [], [_problem("too_many", "", _("A layout has at most %(limit)s regions."), limit=MAX_REGIONS)]
    seen: set[str] = set()
    for number, item in enumerate(raw, start=1):
        if not isinstance(item, Mapping) or not _KEY.fullmatch(str(item.get("key", ""))):
            problems.append(
                _problem(
                    "unreadable",
                    "",
                    _("Region %(number)s needs a key of small letters, digits and hyphens."),
                    number=number,
                )
            )
            continue
        key = str(item["key"])
        if key in seen:
            problems.append(_problem("twice", key, _("The region “%(region)s” stands there twice."), region=key))
            continue
        seen.add(key)
        name = str(item.get("name", ""))
        if texts.hidden_characters(name[: texts.MAX_TEXT], limit=1) or not 0 < len(texts.clean_line(name)) <= 60:
            problems.append(
                _problem(
                    "name",
                    key,
                    _("Region “%(region)s”: give it a name of at most 60 visible characters."),
                    region=key,
                )
            )
        width = item.get("width")
        if width not in WIDTHS:
            problems.append(
                _problem(
                    "width",
                    key,
                    _("Region “%(region)s”: its width is one of %(widths)s columns."),
                    region=key,
                    widths=", ".join(map(str, WIDTHS)),
                )
            )
        kinds = [str(kind) for kind in ModuleKind.values if kind in (item.get("kinds") or ())]
        if not kinds or len(kinds) != len(set(item.get("kinds") or ())):
            problems.append(
                _problem("kinds", key, _("Region “%(region)s”: choose the modules that it takes."), region=key)
            )
        most = item.get("max")
        if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= MAX_MODULES:
            problems.append(
                _problem(
                    "max",
                    key,
                    _("Region “%(region)s”: it takes 1 to %(limit)s modules."),
                    region=key,
                    limit=MAX_MODULES,
                )
            )
        regions.append({"key": key, "name": texts.clean_line(name), "width": width, "kinds": kinds, "max": most})
    return regions, problems


def check_regions(regions: Sequence[Mapping[str, Any]]) -> list[LayoutProblem]:
    """What keeps a layout from submission."""
    if not regions:
        return [_problem("empty", "", _("The layout has no regions."))]
    return []


def _problem(code: str, region: str, words: str | Promise, /, **facts: Any) -> LayoutProblem:
    return LayoutProblem(code, region, Wording(words, facts))
