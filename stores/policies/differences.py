"""A branch's page beside the main shop's: what is the same, and what must not be (STORE-10). Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from stores.policies.modules import field_label, title_of


class Difference(StrEnum):
    """What became of a module on the way from the main page to the branch."""

    SAME = "same"
    CHANGED = "changed"
    ONLY_MAIN = "only_main"
    ONLY_BRANCH = "only_branch"


@dataclass(frozen=True, slots=True)
class ModulePair:
    """One module of both pages by its key. `fields` names the fields of its data that differ."""

    key: str
    kind: str
    main: Mapping[str, Any] | None
    branch: Mapping[str, Any] | None
    fields: tuple[str, ...]
    must_differ: bool

    @property
    def title(self) -> str:
        """The module as people call it."""
        return str(title_of(self.branch or self.main or {"kind": self.kind, "key": self.key}))

    @property
    def main_words(self) -> list[tuple[str, str, Any]]:
        """The main page's fields: name, label and value."""
        return _words(self.main)

    @property
    def branch_words(self) -> list[tuple[str, str, Any]]:
        """This page's fields: name, label and value."""
        return _words(self.branch)

    @property
    def difference(self) -> Difference:
        """What became of it."""
        if self.main is None:
            return Difference.ONLY_BRANCH
        if self.branch is None:
            return Difference.ONLY_MAIN
        return Difference.CHANGED if self.fields else Difference.SAME

    @property
    def breaks_the_rule(self) -> bool:
        """It must differ and does not. A module that the branch left out differs."""
        return self.must_differ and self.difference == Difference.SAME


def pairs(
    main: Sequence[Mapping[str, Any]], branch: Sequence[Mapping[str, Any]], must_differ: Sequence[str] = ()
) -> list[ModulePair]:
    """The modules of both pages side by side, in the branch's order; what only the main page has follows."""
    of_main = {module["key"]: module for module in main}
    of_branch = {module["key"]: module for module in branch}
    keys = [*of_branch, *(key for key in of_main if key not in of_branch)]
    return [_pair(key, of_main.get(key), of_branch.get(key), key in must_differ) for key in keys]


def is_identical(main: Mapping[str, Any], branch: Mapping[str, Any]) -> bool:
    """Whether shoppers would see the same page: title, and modules in their order. Where it is shown does not count."""
    return main.get("title") == branch.get("title") and _seen(main) == _seen(branch)


def _seen(content: Mapping[str, Any]) -> list[tuple[Any, Any, Any]]:
    return [(module["kind"], module["region"], module["data"]) for module in content.get("modules", ())]


def _words(module: Mapping[str, Any] | None) -> list[tuple[str, str, Any]]:
    if module is None:
        return []
    return [(name, field_label(module["kind"], name), value) for name, value in module["data"].items()]


def _pair(key: str, main: Mapping[str, Any] | None, branch: Mapping[str, Any] | None, must_differ: bool) -> ModulePair:
    kind = (branch or main or {}).get("kind", "")
    fields: tuple[str, ...] = ()
    if main is not None and branch is not None:
        names = dict.fromkeys([*main["data"], *branch["data"]])
        fields = tuple(name for name in names if main["data"].get(name) != branch["data"].get(name))
        if main["kind"] != branch["kind"]:
            fields = (*fields, "kind")
    return ModulePair(key, kind, main, branch, fields, must_differ)
