"""Decisions about change requests: which class, when each stage is due, who may not decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from approvals.policies.contents import top_fields
from approvals.states import Importance, Severity


@dataclass(frozen=True, slots=True)
class ClassRuleFacts:
    """A class rule in force: important when `fact` is `value`."""

    code: str
    name: str
    fact: str
    value: str


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A stage to be: its place, its part of the time."""

    position: int
    share: Decimal


def importance_of(
    rules: Iterable[ClassRuleFacts], facts: Mapping[str, Any], changed: Collection[str]
) -> tuple[Importance, list[str]]:
    """The class of a change and the codes of the rules that fired. `changed` holds changed fields, parts with their dot.

    The fact "changed" is met by a changed field of that name or by a part of it; any other by its value as text, where a
    yes-or-no fact reads "true" or "false".
    """
    names = {*changed, *top_fields(changed)}
    fired = [
        rule.code
        for rule in rules
        if (rule.value in names if rule.fact == "changed" else _as_text(facts.get(rule.fact)) == rule.value)
    ]
    return (Importance.IMPORTANT if fired else Importance.GENERAL), fired


def stage_times(stages: Sequence[StagePlan], *, start: datetime, due_at: datetime) -> dict[int, datetime]:
    """When each position is due: its share, after those before it, of the time from start to due.

    Stages at one position run side by side and share the longest of their parts. Shares that add up to more than 1 are squeezed.
    """
    widths: dict[int, Decimal] = {}
    for stage in stages:
        widths[stage.position] = max(widths.get(stage.position, Decimal(0)), stage.share)
    total = max(sum(widths.values(), Decimal(0)), Decimal(1))
    due: dict[int, datetime] = {}
    passed = Decimal(0)
    for position in sorted(widths):
        passed += widths[position]
        due[position] = start + (due_at - start) * float(passed / total)
    return due


def is_own_work(user_id: int, *, requester_id: int, authors: Collection[int]) -> bool:
    """Whether somebody asked for this change or wrote in it (APPR-12)."""
    return user_id == requester_id or user_id in authors


def may_change_list(roles: Collection[str], *, owner_role: str) -> bool:
    """Whether somebody with these roles may change a list of content rules: its owner's role, or management (SEC-5)."""
    return owner_role in roles or "MGR" in roles


def stops(severity: str) -> bool:
    """Whether a finding of this severity keeps a draft from being submitted.

    Reasons and proofs that were given made it INFO before.
    """
    return severity in (Severity.BLOCK, Severity.PROOF, Severity.WARN)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
