"""Changes of content rules and house formats: each makes the next version of its list, with who, why, before and after (SEC-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _now

from approvals.errors import (
    ContentRuleIsNotSound,
    FormatRuleIsNotSound,
    NotYourList,
    ReasonIsMissing,
    RuleCodeIsTaken,
    RuleFileRefused,
    RuleListHasChanged,
)
from approvals.models import ContentRule, ContentRuleList, FormatRule
from approvals.policies.contents import content_hash
from approvals.policies.requests import may_change_list
from approvals.policies.rule_files import MAX_FILE, RulePlan, RuleText, plan_of, rule_problem
from approvals.seams import role_label
from approvals.services.content_rules import forget_content_rules
from approvals.services.trail import changed, record
from approvals.states import PRIVATE_KINDS, RuleKind, Severity
from config.kit.actor import Actor


@transaction.atomic
def add_list(
    *, code: str, name: str, kind: str, owner_role: str, reason: str, actor: Actor, now: datetime
) -> ContentRuleList:
    """Make an empty list of content rules.

    Raises ReasonIsMissing, RuleCodeIsTaken, ContentRuleIsNotSound for an unknown role or kind.
    """
    _require_reason(reason)
    if kind not in RuleKind.values or not Group.objects.filter(name=owner_role).exists():
        raise ContentRuleIsNotSound(field="owner_role", problem=_now("A list needs a kind and a role that owns it."))
    if ContentRuleList.objects.filter(code=code).exists():
        raise RuleCodeIsTaken(field="code", code=code)
    row = ContentRuleList.objects.create(code=code, name=name, kind=kind, owner_role=owner_role, changed_at=now)
    facts = {"code": code, "name": name, "kind": kind, "owner_role": owner_role}
    record("content_rules.list_added", row, actor=actor, reason=reason, changes=changed({}, facts), at=now)
    transaction.on_commit(forget_content_rules)
    return row


@transaction.atomic
def add_rule(
    *, list_id: int, expected_version: int, code: str, rule: RuleText, reason: str, actor: Actor, now: datetime
) -> ContentRule:
    """Add a rule to a list. Locks the list.

    Raises ReasonIsMissing, NotYourList, RuleListHasChanged, RuleCodeIsTaken, ContentRuleIsNotSound.
    """
    _require_reason(reason)
    row = _lock_list(list_id, expected_version, actor)
    _require_sound(rule)
    if ContentRule.objects.filter(list=row, code=code).exists():
        raise RuleCodeIsTaken(field="code", code=code)
    made = ContentRule.objects.create(list=row, code=code, **_stored(rule))
    _next_version(
        row, "content_rules.rule_added", {code: [None, _facts(row, rule)]}, actor=actor, reason=reason, now=now
    )
    return made


@transaction.atomic
def change_rule(
    *, rule_id: int, expected_version: int, rule: RuleText, reason: str, actor: Actor, now: datetime
) -> ContentRule:
    """Change what a rule says, or switch it on or off; its code stays. The same again changes nothing. Locks the list.

    `expected_version` is that of the list. Raises ReasonIsMissing, NotYourList, RuleListHasChanged, ContentRuleIsNotSound.
    """
    _require_reason(reason)
    list_id = ContentRule.objects.values_list("list_id", flat=True).get(pk=rule_id)
    row = _lock_list(list_id, expected_version, actor)
    stored = ContentRule.objects.get(pk=rule_id)
    before = text_of(stored)
    if before == rule:
        return stored
    _require_sound(rule)
    _write(stored, rule)
    stored.save()
    changes = {stored.code: [_facts(row, before), _facts(row, rule)]}
    _next_version(row, "content_rules.rule_changed", changes, actor=actor, reason=reason, now=now)
    return stored


@transaction.atomic
def switch_list(
    *, list_id: int, expected_version: int, is_active: bool, reason: str, actor: Actor, now: datetime
) -> ContentRuleList:
    """Put a whole list in force or out of it. Locks it. Raises ReasonIsMissing, NotYourList, RuleListHasChanged."""
    _require_reason(reason)
    row = _lock_list(list_id, expected_version, actor)
    if row.is_active != is_active:
        before, row.is_active = row.is_active, is_active
        changes = {"is_active": [before, is_active]}
        _next_version(row, "content_rules.list_switched", changes, actor=actor, reason=reason, now=now)
    return row


def plan_import(*, list_id: int, text: str) -> RulePlan:
    """What a CSV text would change in a list; writes nothing. Raises RuleFileRefused for one that is too long."""
    if len(text) > MAX_FILE:
        raise RuleFileRefused(field="file", problem=_now("The file is larger than 1 MB."))
    return plan_of(text, {rule.code: text_of(rule) for rule in ContentRule.objects.filter(list_id=list_id)})


@transaction.atomic
def import_rules(
    *, list_id: int, expected_version: int, text: str, reason: str, actor: Actor, now: datetime
) -> RulePlan:
    """Take over the rules of a CSV text, all or none, as one version; rules that it does not name stay. Locks the list.

    Raises ReasonIsMissing, NotYourList, RuleListHasChanged, RuleFileRefused when any row is wrong.
    """
    _require_reason(reason)
    row = _lock_list(list_id, expected_version, actor)
    plan = plan_import(list_id=list_id, text=text)
    if plan.problems:
        first = plan.problems[0]
        words = _now("%(count)s rows are wrong, the first in line %(line)s: %(text)s")
        raise RuleFileRefused(
            field="file", problem=words % {"count": len(plan.problems), "line": first.line, "text": first.text}
        )
    if not plan.added and not plan.changed:
        return plan
    ContentRule.objects.bulk_create(
        ContentRule(list=row, code=code, **_stored(rule)) for code, rule in plan.added.items()
    )
    there = {rule.code: rule for rule in ContentRule.objects.filter(list=row, code__in=plan.changed)}
    for code, (_before, after) in plan.changed.items():
        _write(there[code], after)
    ContentRule.objects.bulk_update(there.values(), [*_stored(RuleText())])
    changes = {code: [None, _facts(row, rule)] for code, rule in plan.added.items()}
    changes |= {code: [_facts(row, before), _facts(row, after)] for code, (before, after) in plan.changed.items()}
    _next_version(row, "content_rules.imported", changes, actor=actor, reason=reason, now=now)
    return plan


@transaction.atomic
def add_format_rule(
    *, kind: str, field: str, platform_code: str, min_units: int, max_units: int | None, required_phrases: Sequence[str],
    severity: str, reason: str, actor: Actor, now: datetime,
) -> FormatRule:  # fmt: skip
    """Make the house format of a field, for every platform ("") or for one. Raises ReasonIsMissing, FormatRuleIsNotSound."""
    _require_reason(reason)
    _require_format(min_units, max_units, severity)
    if FormatRule.objects.filter(kind=kind, field=field, platform_code=platform_code).exists():
        raise FormatRuleIsNotSound(field="field", problem=_now("This field has a format already: change that one."))
    row = FormatRule.objects.create(
        kind=kind, field=field, platform_code=platform_code, min_units=min_units, max_units=max_units,
        required_phrases=list(required_phrases), severity=severity,
    )  # fmt: skip
    changes = changed({}, {"field": str(row), "platform_code": platform_code, **_format_facts(row)})
    record("content_rules.format_changed", row, actor=actor, reason=reason, changes=changes, at=now)
    transaction.on_commit(forget_content_rules)
    return row


@transaction.atomic
def change_format_rule(
    *, rule_id: int, expected_version: int, min_units: int, max_units: int | None, required_phrases: Sequence[str],
    severity: str, reason: str, actor: Actor, now: datetime,
) -> FormatRule:  # fmt: skip
    """Change the house format of a field: the next version. Locks it.

    Raises ReasonIsMissing, RuleListHasChanged, FormatRuleIsNotSound.
    """
    _require_reason(reason)
    _require_format(min_units, max_units, severity)
    row = FormatRule.objects.select_for_update().get(pk=rule_id)
    if row.version != expected_version:
        raise RuleListHasChanged(list=str(row), current=row.version, expected=expected_version)
    before = _format_facts(row)
    row.min_units, row.max_units, row.severity = min_units, max_units, severity
    row.required_phrases = list(required_phrases)
    if before == _format_facts(row):
        return row
    row.version += 1
    row.save()
    changes = changed(before, _format_facts(row))
    record("content_rules.format_changed", row, actor=actor, reason=reason, changes=changes, at=now)
    transaction.on_commit(forget_content_rules)
    return row


def text_of(rule: ContentRule) -> RuleText:
    """What a stored rule says."""
    return RuleText(
        phrase=rule.phrase,
        pattern=rule.pattern,
        exceptions=tuple(rule.exceptions),
        severity=str(rule.severity),
        note=rule.note,
        is_active=rule.is_active,
    )


def _lock_list(list_id: int, expected_version: int, actor: Actor) -> ContentRuleList:
    row = ContentRuleList.objects.select_for_update().get(pk=list_id)
    roles = set(Group.objects.filter(user=actor.user_id).values_list("name", flat=True)) if actor.user_id else set()
    if not may_change_list(roles, owner_role=row.owner_role):
        raise NotYourList(list=row.title, role=role_label(row.owner_role))
    if row.version != expected_version:
        raise RuleListHasChanged(list=row.title, current=row.version, expected=expected_version)
    return row


def _next_version(
    row: ContentRuleList, action: str, changes: dict[str, Any], *, actor: Actor, reason: str, now: datetime
) -> None:
    row.version, row.changed_at = row.version + 1, now
    row.save(update_fields=["version", "changed_at", "is_active"])
    facts = {"version": [row.version - 1, row.version], **changes}
    record(action, row, actor=actor, reason=reason, changes=facts, at=now)
    transaction.on_commit(forget_content_rules)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonIsMissing(field="reason")


def _require_sound(rule: RuleText) -> None:
    if problem := rule_problem(rule):
        raise ContentRuleIsNotSound(field=problem[0], problem=problem[1])


def _require_format(min_units: int, max_units: int | None, severity: str) -> None:
    if max_units is not None and max_units < max(min_units, 1):
        raise FormatRuleIsNotSound(field="max_units", problem=_now("“At most” is not less than “at least”."))
    if severity not in (Severity.BLOCK, Severity.WARN, Severity.INFO):
        raise FormatRuleIsNotSound(field="severity", problem=_now("A format stops, needs a reason or informs."))


def _stored(rule: RuleText) -> dict[str, Any]:
    return {**asdict(rule), "exceptions": list(rule.exceptions)}


def _write(stored: ContentRule, rule: RuleText) -> None:
    for name, value in _stored(rule).items():
        setattr(stored, name, value)


def _facts(row: ContentRuleList, rule: RuleText) -> str:
    """A rule as the trail shows it: one line. What is secret is a fingerprint there: more people read the trail than the list."""
    words = [rule.phrase or rule.pattern, *(f"≠ {text}" for text in rule.exceptions)]
    if row.kind in PRIVATE_KINDS:
        words = [f"#{content_hash(' '.join(words))[:8]}"]
    parts = [*words, str(rule.severity), rule.note]
    return " · ".join(part for part in parts if part) + ("" if rule.is_active else " · off")


def _format_facts(row: FormatRule) -> dict[str, Any]:
    return {
        "version": row.version,
        "min_units": row.min_units,
        "max_units": row.max_units,
        "required_phrases": list(row.required_phrases),
        "severity": str(row.severity),
    }
