"""Control: the trail and its proof, the register of time rules, the state of the machinery."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals import services
from approvals.forms import RuleForm
from approvals.models import TimeRule, TrailEntry, TrailSeal
from approvals.policies.trail import FORMS, entry_digest
from approvals.registries import subjects, trail_actions
from approvals.selectors.deadlines import subject_kind, subject_url
from approvals.selectors.rules import preview_rule
from approvals.selectors.system import heartbeats, queue_states, unannounced_years
from approvals.selectors.trail import sentence_of, trail_figures, unsealed_entries
from approvals.states import Rung
from config.kit.web import Column, HeaderAction, ListScreen, actor_of, domain_errors, duration, page, require

SEE_TRAIL = "approvals.view_trailentry"
SEE_RULES = "approvals.view_timerule"
CHANGE_RULES = "approvals.change_timerule"


def action_choices() -> list[tuple[str, str]]:
    """Every act that the trail may hold."""
    return sorted(((code, f"{action.sentence} ({code})") for code, action in trail_actions.items()), key=lambda c: c[1])


def subject_choices() -> list[tuple[str, str]]:
    """Every kind of subject that has a page."""
    return sorted(((code, str(kind.label)) for code, kind in subjects.items()), key=lambda choice: choice[1])


class TrailFilter(django_filters.FilterSet):
    """Who did what to what, when."""

    action = django_filters.ChoiceFilter(label=_("Action"), choices=action_choices)
    subject_type = django_filters.ChoiceFilter(label=_("Kind"), choices=subject_choices)
    at = django_filters.DateFromToRangeFilter(label=_("Day"))
    subject_id = django_filters.NumberFilter(label=_("Subject's key"))
    actor_kind = django_filters.ChoiceFilter(
        label=_("Hands"), choices=[("staff", _("people")), ("client", _("programs")), ("system", _("the system"))]
    )
    request_id = django_filters.CharFilter(label=_("Request"))

    class Meta:
        model = TrailEntry
        fields: tuple[str, ...] = ()


TRAIL = ListScreen(
    key="approvals.trail",
    title=_("Trail"),
    intro=_("Who did what, when and why. Rows are added and sealed, never changed."),
    permission=SEE_TRAIL,
    rows=lambda user: TrailEntry.objects.visible_to(user).select_related("actor_user"),
    columns=(
        Column("at", _("At"), kind="datetime", link=lambda row: row.get_absolute_url()),
        Column("what", _("What"), value=lambda row: sentence_of(row.action)),
        Column("kind", _("Kind"), value=lambda row: subject_kind(row.subject_type)),
        Column(
            "subject",
            _("Subject"),
            value="subject_id",
            kind="code",
            link=lambda row: subject_url(row.subject_type, row.subject_id),
        ),
        Column("actor", _("Who"), value="actor_label"),
        Column("reason", _("Reason")),
        Column("changes", _("Changes"), value=lambda row: ", ".join(row.changes)),
        Column("action", _("Code"), kind="code", shown=False),
        Column("request", _("Request"), value="request_id", kind="code", shown=False),
        Column("shop", _("Shop"), value="store_id", kind="code", shown=False),
    ),
    filters=TrailFilter,
    search=("reason", "actor_label"),
    search_hint=_("Reason or person"),
    row_url=lambda row: row.get_absolute_url(),
    actions=(
        HeaderAction(_("Export with proof"), "approvals:trail_export", SEE_TRAIL, icon="certificate", primary=False),
        HeaderAction(_("Verify"), "approvals:trail_proof", SEE_TRAIL, icon="shield-check"),
    ),
    empty=_("Every act that matters would be here."),
)


@require(SEE_TRAIL)
def trail_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One act with before and after, and whether the row still is what was sealed."""
    rows = TrailEntry.objects.visible_to(request.user).select_related("digest__seal", "actor_user")
    entry = get_object_or_404(rows, pk=pk)
    kept = getattr(entry, "digest", None)
    is_whole = None
    if kept is not None:
        row = {name: getattr(entry, name) for name in FORMS[kept.seal.form]}
        is_whole = entry_digest(row, form=kept.seal.form) == bytes(kept.digest)
    context = {
        "entry": entry,
        "sentence": sentence_of(entry.action),
        "subject_url": subject_url(entry.subject_type, entry.subject_id),
        "subject_kind": subject_kind(entry.subject_type),
        "seal": kept.seal if kept else None,
        "digest": bytes(kept.digest).hex() if kept else "",
        "is_whole": is_whole,
        "now": timezone.now(),
    }
    return page(request, "approvals/control/trail_entry.html", context)


@require(SEE_TRAIL)
def trail_proof(request: HttpRequest) -> HttpResponse:
    """How much is sealed, and the button that verifies everything in the background."""
    if request.method == "POST":
        with domain_errors(request) as outcome:
            job = services.request_job(
                kind="approvals.verify_trail", title=_now("Verify the trail"), params={}, actor=actor_of(request)
            )
        return outcome.redirect(job)
    newest = TrailSeal.objects.order_by("-pk").first()
    context = {
        "figures": trail_figures(),
        "newest": newest,
        "unsealed": unsealed_entries().count(),
        "now": timezone.now(),
    }
    return page(request, "approvals/control/trail_proof.html", context)


def length_words(rule: TimeRule) -> str:
    """A rule's length in its two largest units, by its calendar's minutes."""
    return duration(timedelta(minutes=rule.length_minutes))


def ladder_words(rule: TimeRule) -> str:
    """Who is told when, in words."""
    rungs = [(Rung(rung["to"]).label, timedelta(minutes=rung["after_minutes"])) for rung in rule.ladder]
    return " → ".join(f"{label} (+{duration(after)})" if after else str(label) for label, after in rungs)


RULES = ListScreen(
    key="approvals.time_rules",
    title=_("Time rules"),
    intro=_("The register of time rules in force. A change makes a new version; clocks that run keep theirs."),
    permission=SEE_RULES,
    rows=lambda user: TimeRule.objects.filter(is_current=True).select_related("calendar"),
    columns=(
        Column("name", _("Rule"), value=lambda row: row.title, link=lambda row: row.get_absolute_url()),
        Column("length", _("Length"), value=length_words),
        Column("calendar", _("Calendar"), value="calendar.title"),
        Column("starts", _("From"), value=lambda row: _now(row.starts_when) if row.starts_when else ""),
        Column("stops", _("Until"), value=lambda row: _now(row.stops_when) if row.stops_when else ""),
        Column("ladder", _("At a breach"), value=ladder_words),
        Column("consequence", _("Consequence"), kind="code"),
        Column("source", _("Source")),
        Column("version", _("Version"), kind="number"),
        Column("code", _("Code"), kind="code", shown=False),
    ),
    search=("name", "code", "source"),
    ordering="code",
    row_url=lambda row: row.get_absolute_url(),
    empty=_("The rules that the apps declare would be here after a migration."),
    page_size=100,
)


@require(SEE_RULES)
def time_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule with all its versions."""
    rule = get_object_or_404(TimeRule.objects.select_related("calendar"), pk=pk)
    versions = list(TimeRule.objects.filter(code=rule.code).select_related("calendar").order_by("-version"))
    shown = [(row, length_words(row), ladder_words(row), [f"{share:.0%}" for share in row.warn_at]) for row in versions]
    changes = TrailEntry.objects.filter(subject_type="approvals.timerule", subject_id__in=[row.pk for row in versions])
    context = {
        "rule": rule,
        "current": next(row for row in versions if row.is_current),
        "versions": shown,
        "history": [(entry, sentence_of(entry.action)) for entry in changes.order_by("-pk")],
        "starts_when": _now(rule.starts_when) if rule.starts_when else "",
        "stops_when": _now(rule.stops_when) if rule.stops_when else "",
        "now": timezone.now(),
    }
    return page(request, "approvals/control/time_rule.html", context)


@require(CHANGE_RULES)
def time_rule_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a version, see what it would mean for open work, put it in force."""
    rule = get_object_or_404(TimeRule, pk=pk, is_current=True)
    form = RuleForm(request.POST or None, initial=RuleForm.initial_of(rule))
    preview = None
    if request.method == "POST" and form.is_valid():
        proposal = form.proposal()
        if "preview" in request.POST:
            preview = preview_rule(
                rule.code, length_minutes=proposal["length_minutes"], calendar=form.cleaned_data["calendar"]
            )
        else:
            with domain_errors(request, form) as outcome:
                new = services.change_time_rule(code=rule.code, actor=actor_of(request), now=timezone.now(), **proposal)
            if not outcome.failed:
                messages.success(
                    request,
                    _now("Version %(version)d is in force. Clocks that run keep theirs.") % {"version": new.version},
                )
                return outcome.redirect(new)
    context: dict[str, Any] = {"rule": rule, "form": form, "preview": preview, "now": timezone.now()}
    return page(request, "approvals/control/time_rule_form.html", context, form=form)


@require("approvals.view_heartbeat")
def system(request: HttpRequest) -> HttpResponse:
    """Whether the house's machinery runs: sweeps, queues, seals, holiday data."""
    now = timezone.now()
    context = {
        "heartbeats": heartbeats(now=now),
        "queues": queue_states(now=now),
        "years": unannounced_years(now=now),
        "figures": trail_figures(),
        "now": now,
    }
    return page(request, "approvals/control/system.html", context, fragments={"system-state": "state"})
