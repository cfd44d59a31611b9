"""Words whose language is chosen when they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Wording:
    """A text with %(named)s places and the facts for them; facts may be lazy or functions that are called at that moment."""

    text: str | Promise
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        facts = {name: fact() if callable(fact) else fact for name, fact in self.facts.items()}
        return str(self.text) % facts if facts else str(self.text)
