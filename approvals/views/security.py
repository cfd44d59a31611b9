"""Refused attempts to go around the rules."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from approvals.models import SecurityEvent
from approvals.selectors.deadlines import subject_kind, subject_url
from approvals.selectors.security import code_choices, what_words
from config.kit.web import Column, ListScreen

SEE_EVENTS = "approvals.view_securityevent"


class EventFilter(django_filters.FilterSet):
    """Who tried what, when."""

    code = django_filters.ChoiceFilter(label=_("What"), choices=code_choices)
    at = django_filters.DateFromToRangeFilter(label=_("Day"))
    actor_user_id = django_filters.NumberFilter(label=_("Person's key"))
    request_id = django_filters.CharFilter(label=_("Request"))

    class Meta:
        model = SecurityEvent
        fields: tuple[str, ...] = ()


def _refusal(row: SecurityEvent) -> str:
    return ", ".join(f"{name}: {value}" for name, value in row.detail.items() if value not in (None, ""))


EVENTS = ListScreen(
    key="approvals.security_events",
    title=_("Security events"),
    intro=_("Attempts that were refused. They stay, whatever became of what was tried."),
    permission=SEE_EVENTS,
    rows=lambda user: SecurityEvent.objects.all(),
    columns=(
        Column("at", _("At"), kind="datetime"),
        Column("what", _("What was tried"), value=lambda row: what_words(row.code)),
        Column("actor", _("Who"), value="actor_label"),
        Column("path", _("By which way"), kind="text"),
        Column(
            "subject",
            _("Subject"),
            value=lambda row: f"{subject_kind(row.subject_type)} {row.subject_id}" if row.subject_id else "",
            link=lambda row: subject_url(row.subject_type, row.subject_id) if row.subject_id else "",
        ),
        Column("detail", _("Detail"), value=_refusal),
        Column("code", _("Code"), kind="code", shown=False),
        Column("request", _("Request"), value="request_id", kind="code", shown=False),
    ),
    filters=EventFilter,
    search=("actor_label", "path"),
    search_hint=_("Person or way"),
    empty=_("Nothing was refused so far."),
)
