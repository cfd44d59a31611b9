"""Content rules at work: what a text may not say, found while typing, at submission and again at publication (SEC-3 to SEC-6)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from approvals.models import ContentRule, ContentRuleList, FormatRule, RuleHit
from approvals.policies import content as formats
from approvals.policies.phrase_lists import DEFAULT_LISTS
from approvals.policies.phrases import Hit, PhraseRule, RuleSet, compile_rules, excerpt_of
from approvals.registries import Draft, Finding, format_defaults
from approvals.selectors.proofs import proven_by
from approvals.states import PRIVATE_KINDS, HitMoment, Severity
from config.kit.actor import Actor

_TTL_SECONDS = 30.0
_MESSAGES = {
    Severity.BLOCK: gettext_noop("“%(text)s” (%(list)s): %(note)s"),
    Severity.PROOF: gettext_noop("“%(text)s” needs proof (%(list)s): %(note)s"),
    Severity.WARN: gettext_noop("“%(text)s” needs a reason to stay (%(list)s): %(note)s"),
    Severity.INFO: gettext_noop("“%(text)s” (%(list)s): %(note)s"),
}
_PROVEN = gettext_noop("“%(text)s” is proven (%(list)s): %(proof)s")


@dataclass(slots=True)
class _Known:
    """The lists in force, compiled; read anew every half minute, like the time rules."""

    read_at: float
    rules: RuleSet
    lists: dict[str, ContentRuleList]
    formats: dict[tuple[str, str], list[FormatRule]] = field(default_factory=dict)


_kept: list[_Known] = []


def forget_content_rules() -> None:
    """Read the lists anew at the next use: after a change in this process."""
    _kept.clear()


@transaction.atomic
def sync_content_rules() -> None:
    """Add the shipped lists and house formats that the database does not have. Runs after every migrate.

    Never touches a list or a format that is there.
    """
    there = set(ContentRuleList.objects.values_list("code", flat=True))
    for shipped in DEFAULT_LISTS:
        if shipped.code in there:
            continue
        row = ContentRuleList.objects.create(
            code=shipped.code, name=str(shipped.name), kind=shipped.kind, owner_role=shipped.owner_role
        )
        ContentRule.objects.bulk_create(
            ContentRule(
                list=row,
                code=rule.code,
                phrase=rule.phrase,
                pattern=rule.pattern,
                exceptions=list(rule.exceptions),
                severity=rule.severity,
                note=str(rule.note),
            )
            for rule in shipped.rules
        )
    known = set(FormatRule.objects.values_list("kind", "field", "platform_code"))
    FormatRule.objects.bulk_create(
        FormatRule(
            kind=shipped.kind,
            field=shipped.field,
            platform_code=shipped.platform_code,
            min_units=shipped.min_units,
            max_units=shipped.max_units,
            required_phrases=list(shipped.required_phrases),
            severity=shipped.severity,
        )
        for _key, shipped in format_defaults.items()
        if (shipped.kind, shipped.field, shipped.platform_code) not in known
    )
    forget_content_rules()


def check_texts(
    kind: str,
    texts: Mapping[str, str],
    *,
    platform_code: str = "",
    warned: Mapping[str, str] | None = None,
    proven: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Every hit of the lists in force and every break of the house format. Writes nothing: made for typing.

    `texts` maps a field to its text. `warned` maps a rule's code to the reason given for keeping a warned word, `proven`
    maps the code of a claim with a valid proof ("" proves every one) to what proves it: such hits are for information only.
    """
    known = _current()
    findings: list[Finding] = []
    for name, text in texts.items():
        hits = known.rules.find(text)
        shown = _without_private(text, hits)
        findings += [
            _finding(name, hit, shown, known.lists.get(hit.list_code), warned or {}, proven or {}) for hit in hits
        ]
        if (rule := _format_in_force(known, kind, name, platform_code)) is not None:
            findings += _format_findings(name, text, rule, warned or {})
    return findings


def format_in_force(kind: str, field_name: str, platform_code: str = "") -> FormatRule | None:
    """The house format of a field: the platform's own before the one for every platform."""
    return _format_in_force(_current(), kind, field_name, platform_code)


def _format_in_force(known: _Known, kind: str, field_name: str, platform_code: str) -> FormatRule | None:
    rules = {rule.platform_code: rule for rule in known.formats.get((kind, field_name), [])}
    return rules.get(platform_code) or rules.get("")


def reworded(finding: Mapping[str, Any]) -> str:
    """A stored finding of this module in the active language; its stored words for findings of others."""
    facts = finding.get("facts") or {}
    if facts.get("message"):
        named = {name: gettext(facts[name]) if facts.get(name) else "" for name in ("note", "list")}
        return _without_end(gettext(facts["message"]) % {**facts, **named})
    return str(finding.get("text", ""))


def check_draft(kind: str, draft: Draft, texts: Mapping[str, str], *, now: datetime) -> list[Finding]:
    """`check_texts` for a draft, with the reasons and proofs that belong to it."""
    if not texts:
        return []
    proven = proven_by(draft.subject_type, draft.subject_id, now=now)
    return check_texts(kind, texts, platform_code=draft.platform_code, warned=draft.warned, proven=proven)


def keep_hits(
    findings: Sequence[Finding], *, draft: Draft, kind: str, moment: HitMoment, request_id: int | None, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Write down what was hit, for the report of hits by author."""
    RuleHit.objects.bulk_create(
        RuleHit(
            at=now,
            moment=moment,
            list_code=finding.facts["list_code"],
            list_version=finding.facts["list_version"],
            rule_code=finding.code,
            severity=finding.facts["severity"],
            kind=kind,
            subject_type=draft.subject_type,
            subject_id=draft.subject_id,
            field=finding.field[:80],
            excerpt=str(finding.facts.get("excerpt", ""))[:120],
            author_id=(draft.authors[-1] if draft.authors else actor.user_id),
            request_id=request_id,
            reason=str(finding.facts.get("reason", "")),
        )
        for finding in findings
        if "list_code" in finding.facts
    )


def _without_private(text: str, hits: Sequence[Hit]) -> str:
    """The text with every secret and every personal figure covered, character by character: positions stay."""
    letters = list(text)
    for hit in hits:
        if hit.kind in PRIVATE_KINDS:
            letters[hit.start : hit.end] = "█" * (hit.end - hit.start)
    return "".join(letters)


def _finding(
    name: str,
    hit: Hit,
    shown_text: str,
    rule_list: ContentRuleList | None,
    warned: Mapping[str, str],
    proven: Mapping[str, str],
) -> Finding:
    severity = Severity.PROOF if hit.needs_proof else Severity(hit.severity)
    reason = ""
    if severity == Severity.WARN:
        reason = warned.get(hit.rule_code, "").strip()
    proof = proven.get(hit.rule_code) or proven.get("") if severity == Severity.PROOF else None
    if proof or reason:
        severity = Severity.INFO
    # What is secret or personal is named by its rule, never repeated in a stored record: neither as the hit nor beside one.
    is_private = hit.kind in PRIVATE_KINDS
    message = _PROVEN if proof else _MESSAGES[severity]
    facts = {
        "message": message,
        "text": "…" if is_private else shown_text[hit.start : hit.end],
        "excerpt": "" if is_private else excerpt_of(shown_text, hit.start, hit.end),
        "note": hit.note,
        "list": rule_list.name if rule_list else "",
        "list_code": hit.list_code,
        "list_version": rule_list.version if rule_list else 0,
        "severity": str(hit.severity),
        "reason": reason,
        "start": hit.start,
        "end": hit.end,
        **({"proof": proof} if proof else {}),
    }
    shown = {**facts, "note": gettext(hit.note) if hit.note else "", "list": rule_list.title if rule_list else ""}
    return Finding(hit.rule_code, severity, name, _without_end(gettext(message) % shown), facts)


def _without_end(words: str) -> str:
    """Without the colon that is left over where a rule has no note."""
    return words.rstrip(" :：")


def _format_findings(name: str, text: str, rule: FormatRule, warned: Mapping[str, str]) -> list[Finding]:
    shape = formats.FormatRule(
        field=name, min_units=rule.min_units, max_units=rule.max_units, required_phrases=tuple(rule.required_phrases)
    )
    if not text.strip():  # whether it may be empty is for the kind to say
        return []
    findings = []
    for problem in formats.check_format(name, text, shape):
        reason = warned.get(problem.code, "").strip() if rule.severity == Severity.WARN else ""
        severity = Severity.INFO if reason else Severity(rule.severity)
        facts = {**problem.facts, **({"reason": reason} if reason else {})}
        findings.append(Finding(problem.code, severity, name, str(problem.message), facts))
    return findings


def _current() -> _Known:
    known = next(iter(_kept), None)
    if known is None or time.monotonic() - known.read_at > _TTL_SECONDS:
        known = _read()
        _kept[:] = [known]
    return known


def _read() -> _Known:
    lists = {row.code: row for row in ContentRuleList.objects.filter(is_active=True)}
    rules = ContentRule.objects.filter(is_active=True, list__is_active=True).select_related("list").order_by("pk")
    compiled = compile_rules(
        PhraseRule(
            code=rule.code,
            kind=rule.list.kind,
            severity=rule.severity,
            phrase=rule.phrase,
            pattern=rule.pattern,
            exceptions=tuple(rule.exceptions),
            needs_proof=rule.severity == Severity.PROOF,
            note=rule.note,
            list_code=rule.list.code,
        )
        for rule in rules
    )
    known = _Known(time.monotonic(), compiled, lists)
    for row in FormatRule.objects.order_by("pk"):
        known.formats.setdefault((row.kind, row.field), []).append(row)
    return known
