"""Whose texts hit which content rules, when, and what came of it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.models import ContentRuleList, RuleHit
from approvals.selectors.content_rules import field_label, hits_by_author
from approvals.selectors.deadlines import subject_kind, subject_url
from approvals.states import HitMoment, Severity
from approvals.views.content_rules.chips import severity_chip
from config.kit.web import Column, HeaderAction, ListScreen

SEE_HITS = "approvals.view_rulehit"
_SHOWN_AUTHORS = 10


def list_choices() -> list[tuple[str, str]]:
    """Every list to filter by."""
    return [(row.code, row.title) for row in ContentRuleList.objects.order_by("name")]


def hit_author_choices() -> list[tuple[str, str]]:
    """Everybody whose texts ever hit a rule."""
    figures = hits_by_author(RuleHit.objects.filter(author__isnull=False))
    return sorted(((str(one.author.pk), str(one.author)) for one in figures), key=lambda choice: choice[1])


class HitFilter(django_filters.FilterSet):
    """Whose texts hit which rules, when."""

    author = django_filters.ChoiceFilter(label=_("Author"), field_name="author_id", choices=hit_author_choices)
    list_code = django_filters.ChoiceFilter(label=_("List"), choices=list_choices)
    severity = django_filters.ChoiceFilter(label=_("What it did"), choices=Severity.choices)
    at = django_filters.DateFromToRangeFilter(label=_("Day"))
    moment = django_filters.ChoiceFilter(label=_("Moment"), choices=HitMoment.choices)
    rule_code = django_filters.CharFilter(label=_("Rule"))

    class Meta:
        model = RuleHit
        fields: tuple[str, ...] = ()


def _hit_figures(request: HttpRequest) -> dict[str, Any]:
    asked = HitFilter(request.GET, queryset=RuleHit.objects.all())
    rows = asked.qs if asked.is_valid() else RuleHit.objects.none()
    return {"figures": hits_by_author(rows, limit=_SHOWN_AUTHORS), "now": timezone.now()}


HITS = ListScreen(
    key="approvals.rule_hits",
    title=_("Hits of content rules"),
    intro=_(
        "Each hit at submission and at publication, under its author's name. Secrets and personal data are never repeated."
    ),
    permission=SEE_HITS,
    rows=lambda user: RuleHit.objects.select_related("author", "request"),
    columns=(
        Column("at", _("At"), kind="datetime"),
        Column("author", _("Author"), value=lambda row: str(row.author) if row.author else _now("the system")),
        Column("rule", _("Rule"), value="rule_code", kind="code"),
        Column("list", _("List"), value=lambda row: f"{row.list_code} v{row.list_version}"),
        Column("severity", _("What it did"), value=lambda row: severity_chip(row.severity), kind="chip"),
        Column("excerpt", _("Text"), value=lambda row: row.excerpt or _now("not shown")),
        Column("field", _("Field"), value=lambda row: field_label(row.kind, row.field)),
        Column(
            "subject",
            _("Subject"),
            value=lambda row: f"{subject_kind(row.subject_type)} {row.subject_id}",
            link=lambda row: subject_url(row.subject_type, row.subject_id),
        ),
        Column("moment", _("Moment"), value=lambda row: HitMoment(row.moment).label),
        Column("reason", _("Reason given")),
        Column(
            "request",
            _("Change request"),
            value=lambda row: row.request.number if row.request else "",
            kind="code",
            link=lambda row: row.request.get_absolute_url() if row.request else "",
        ),
    ),
    filters=HitFilter,
    search=("rule_code", "excerpt"),
    template="approvals/rules_content/hits.html",
    extra=_hit_figures,
    actions=(
        HeaderAction(_("Figures by author"), "approvals:rule_hit_export", SEE_HITS, icon="table-export", primary=False),
    ),
    empty=_("Whoever hits a content rule would be here."),
)
