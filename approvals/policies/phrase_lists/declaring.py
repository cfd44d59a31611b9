"""How a list of content rules is written down: by code, many rules that share a kind, a severity and a note."""

from __future__ import annotations

from dataclasses import dataclass

from approvals.policies.phrases import PhraseRule
from approvals.states import RuleKind, Severity


@dataclass(frozen=True, slots=True)
class PhraseList:
    """A list with its owner: `owner_role` is the role that answers for it."""

    code: str
    name: str
    kind: RuleKind
    owner_role: str
    rules: tuple[PhraseRule, ...]


def phrases(kind: RuleKind, severity: Severity, note: str, **words_of: str | tuple[str, ...]) -> tuple[PhraseRule, ...]:
    """Rules by code: a phrase, or a phrase with the phrases in which it is allowed."""
    return tuple(
        PhraseRule(
            code=code.replace("_", "-"),
            kind=kind,
            severity=severity,
            phrase=words if isinstance(words, str) else words[0],
            exceptions=() if isinstance(words, str) else words[1:],
            needs_proof=severity == Severity.PROOF,
            note=note,
        )
        for code, words in words_of.items()
    )


def patterns(kind: RuleKind, severity: Severity, note: str, **pattern_of: str) -> tuple[PhraseRule, ...]:
    """Rules by code, each with a pattern."""
    return tuple(
        PhraseRule(code=code.replace("_", "-"), kind=kind, severity=severity, pattern=pattern, note=note)
        for code, pattern in pattern_of.items()
    )
