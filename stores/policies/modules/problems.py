"""What is wrong with a module, in words that begin with the module and its field."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from approvals.policies.wording import Wording
from stores.policies.modules.kinds import MODULES, name_of


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


def of_page(code: str, words: str | Promise, /, **facts: Any) -> Problem:
    """A problem that no readable module can be named for."""
    return Problem(code, "", "", Wording(words, facts), facts)


def of_module(code: str, key: str, words: str | Promise, /, **facts: Any) -> Problem:
    """A problem of a module whose words name it themselves."""
    return Problem(code, key, "", Wording(words, facts), facts)


def of_field(code: str, kind: str, key: str, name: str, words: str | Promise, /, **facts: Any) -> Problem:
    """Words that begin with the module and, where there is one, the field."""
    one = MODULES[kind].field(name) if name else None
    where: dict[str, Any] = {"module": name_of(kind, key), "problem": Wording(words, facts)}
    if name:
        text = Wording(_("%(module)s, %(field)s: %(problem)s"), {**where, "field": one.label if one else name})
    else:
        text = Wording(_("%(module)s: %(problem)s"), where)
    return Problem(code, key, name, text, facts)


def about(code: str, module: Mapping[str, Any], name: str, words: str | Promise, /, **facts: Any) -> Problem:
    """The same for a module that is stored."""
    return of_field(code, module["kind"], module["key"], name, words, **facts)
