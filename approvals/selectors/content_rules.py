"""Reads of content rules: the lists with their hits, whose texts hit them, a text with its hits in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from approvals.models import ContentRule, ContentRuleList, RuleHit
from approvals.registries import Finding, approval_kinds
from approvals.states import Severity

_HEAVIEST_FIRST = (Severity.BLOCK, Severity.PROOF, Severity.WARN, Severity.INFO)


@dataclass(frozen=True, slots=True)
class AuthorFigures:
    """How often one person's texts hit the rules. `author` is None for texts of the software itself."""

    author: Any
    hits: int
    blocked: int
    proof: int
    warned: int
    subjects: int
    newest: datetime


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text; `findings` are those that lie in it, the heaviest first."""

    text: str
    findings: tuple[Finding, ...] = ()

    @property
    def severity(self) -> str:
        """The heaviest severity, "" for text without a hit."""
        return str(self.findings[0].severity) if self.findings else ""

    @property
    def word(self) -> str:
        """What the heaviest finding does, in words."""
        return str(Severity(self.findings[0].severity).label) if self.findings else ""


def lists_with_hits(*, since: datetime) -> QuerySet[ContentRuleList]:
    """All lists with `rule_count` (in force) and `hit_count` since a moment. One query."""
    hits = RuleHit.objects.filter(list_code=OuterRef("code"), at__gte=since).order_by().values("list_code")
    rules = ContentRule.objects.filter(list=OuterRef("pk"), is_active=True).order_by().values("list")
    return ContentRuleList.objects.annotate(
        rule_count=Coalesce(Subquery(rules.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
        hit_count=Coalesce(Subquery(hits.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
    )


def rules_of(list_id: int, *, words: str = "", severity: str = "", switched_off: bool = False) -> QuerySet[ContentRule]:
    """The rules of a list by code, cut to what they say; those out of force only when asked for."""
    rows = ContentRule.objects.filter(list_id=list_id).order_by("code")
    for word in words.split():
        said = (
            Q(code__icontains=word) | Q(phrase__icontains=word) | Q(pattern__icontains=word) | Q(note__icontains=word)
        )
        rows = rows.filter(said)
    if severity:
        rows = rows.filter(severity=severity)
    return rows.filter(is_active=not switched_off)


def hits_by_rule(list_code: str, *, since: datetime) -> dict[str, int]:
    """Rule → hits since a moment. One query."""
    rows = RuleHit.objects.filter(list_code=list_code, at__gte=since).order_by().values("rule_code")
    return dict(rows.annotate(n=Count("pk")).values_list("rule_code", "n"))


def hits_by_author(rows: QuerySet[RuleHit], *, limit: int | None = None) -> list[AuthorFigures]:
    """Figures by author, most hits first (SEC-5). One aggregate query, and one for the people's names."""
    grouped = (
        rows.order_by()
        .values("author_id")
        .annotate(
            hits=Count("pk"),
            blocked=Count("pk", filter=Q(severity=Severity.BLOCK)),
            proof=Count("pk", filter=Q(severity=Severity.PROOF)),
            warned=Count("pk", filter=Q(severity=Severity.WARN)),
            subjects=Count("subject_id", distinct=True),
            newest=Max("at"),
        )
        .order_by("-hits", "author_id")
    )
    figures = list(grouped[:limit] if limit else grouped)
    people = get_user_model().objects.in_bulk([row["author_id"] for row in figures if row["author_id"]])
    return [
        AuthorFigures(
            author=people.get(row["author_id"]) if row["author_id"] else None,
            hits=row["hits"],
            blocked=row["blocked"],
            proof=row["proof"],
            warned=row["warned"],
            subjects=row["subjects"],
            newest=row["newest"],
        )
        for row in figures
    ]


def marked(text: str, findings: Iterable[Finding]) -> list[Segment]:
    """A text cut where hits begin and end, so that each piece can be marked in its place. Findings without a place are left out."""
    placed = [finding for finding in findings if "start" in finding.facts]
    cuts = sorted({0, len(text), *(f.facts["start"] for f in placed), *(f.facts["end"] for f in placed)})
    segments = []
    for start, end in pairwise(cuts):
        inside = [f for f in placed if f.facts["start"] <= start and end <= f.facts["end"]]
        inside.sort(key=lambda finding: _HEAVIEST_FIRST.index(Severity(finding.severity)))
        segments.append(Segment(text[start:end], tuple(inside)))
    return segments


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of content that have texts, in words."""
    return sorted(((key, str(kind.label)) for key, kind in approval_kinds.items()), key=lambda choice: choice[1])


def kind_label(kind: str) -> str:
    """A kind in words, or as it is when no app declares it."""
    return str(approval_kinds.get(kind).label) if kind in approval_kinds else kind


def field_label(kind: str, field: str) -> str:
    """A field in the words of its kind."""
    return str(approval_kinds.get(kind).field_label(field)) if kind in approval_kinds else field
