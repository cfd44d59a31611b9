"""A content rule as the engine reads it, and what it reports."""

from __future__ import annotations

from dataclasses import dataclass

from approvals.states import RuleKind, Severity

DETECTOR = "detector:"
"""A rule's pattern "detector:mobile" asks for a built-in search instead of a regular expression."""


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """One content rule: a phrase, or a pattern (a regular expression or "detector:…").

    `exceptions` are phrases in which the phrase is allowed (第一次 for 第一). Patterns see full-width characters as
    half-width ones and distinguish case unless they begin with (?i).
    """

    code: str
    kind: str = RuleKind.BANNED
    severity: str = Severity.BLOCK
    phrase: str = ""
    pattern: str = ""
    exceptions: tuple[str, ...] = ()
    needs_proof: bool = False
    note: str = ""
    list_code: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule was hit: `start` and `end` count in the text as it was given, `excerpt` shows it with its surroundings."""

    rule_code: str
    kind: str
    severity: str
    start: int
    end: int
    excerpt: str
    text: str
    needs_proof: bool = False
    note: str = ""
    list_code: str = ""
