"""Content rules: their lists, house formats, whose texts hit them, and what is wrong with a text while it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import django_filters
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from approvals import services
from approvals.errors import TooMuchToCheck
from approvals.models import ContentRule, ContentRuleList, FormatRule, RuleHit, TrailEntry
from approvals.policies.requests import may_change_list
from approvals.policies.texts import MAX_TEXT, half_width_units
from approvals.registries import Finding
from approvals.rule_forms import ContentRuleForm, FormatRuleForm, ImportForm, NewListForm, SwitchForm, TryForm
from approvals.seams import role_label
from approvals.selectors.content_rules import (
    field_label,
    hits_by_author,
    hits_by_rule,
    kind_label,
    lists_with_hits,
    marked,
    rules_of,
)
from approvals.selectors.deadlines import subject_kind, subject_url
from approvals.selectors.trail import sentence_of
from approvals.states import HitMoment, RuleKind, Severity
from config.kit.errors import DomainError
from config.kit.web import Chip, Column, HeaderAction, ListScreen, Tone, actor_of, domain_errors, page, require

SEE_LISTS = "approvals.view_contentrulelist"
CHANGE_LISTS = "approvals.change_contentrulelist"
ADD_LISTS = "approvals.add_contentrulelist"
SEE_FORMATS = "approvals.view_formatrule"
CHANGE_FORMATS = "approvals.change_formatrule"
ADD_FORMATS = "approvals.add_formatrule"
SEE_HITS = "approvals.view_rulehit"
HITS_OF = timedelta(days=30)
RULES_ON_A_PAGE = 100
MAX_CHECKED = 100_000
"""Bytes that are checked at once while somebody types."""
_SHOWN_AUTHORS = 10
_FIELD = "text."
_TONES = {Severity.BLOCK: Tone.BAD, Severity.PROOF: Tone.WARN, Severity.WARN: Tone.WARN, Severity.INFO: Tone.INFO}


def severity_chip(severity: str) -> Chip:
    """What a hit does, as a word with its colour."""
    known = Severity(severity)
    return Chip(str(known.label), _TONES[known])


def force_chip(is_active: bool) -> Chip:
    """Whether a list or a rule is in force."""
    return Chip(_now("in force"), Tone.GOOD) if is_active else Chip(_now("switched off"), Tone.MUTED)


def may_change(request: HttpRequest, row: ContentRuleList) -> bool:
    """Whether the person may change a list: the right, and a role that owns it."""
    user: Any = request.user
    roles = set(user.groups.values_list("name", flat=True))
    return user.has_perm(CHANGE_LISTS) and may_change_list(roles, owner_role=row.owner_role)


def _list_url(row: ContentRuleList) -> str:
    return reverse("approvals:content_rule_list", args=[row.pk])


LISTS = ListScreen(
    key="approvals.content_rule_lists",
    title=_("Content rules"),
    intro=_("What shop texts may not say. Found while typing, at submission and again at publication."),
    permission=SEE_LISTS,
    rows=lambda user: lists_with_hits(since=timezone.now() - HITS_OF),
    columns=(
        Column("name", _("List"), value=lambda row: row.title, link=_list_url),
        Column("kind", _("Kind"), value=lambda row: RuleKind(row.kind).label),
        Column("owner", _("Owner"), value=lambda row: role_label(row.owner_role)),
        Column("version", _("Version"), kind="number", order_by="version"),
        Column("rules", _("Rules"), value="rule_count", kind="number", order_by="rule_count"),
        Column("hits", _("Hits in 30 days"), value="hit_count", kind="number", order_by="hit_count"),
        Column("state", _("State"), value=lambda row: force_chip(row.is_active), kind="chip"),
        Column("changed_at", _("Changed"), kind="datetime", order_by="changed_at"),
        Column("code", _("Code"), kind="code", shown=False),
    ),
    ordering="code",
    row_url=_list_url,
    template="approvals/rules_content/lists.html",
    extra=lambda request: {"try_form": TryForm()},
    actions=(
        HeaderAction(_("New list"), "approvals:content_rule_list_new", ADD_LISTS),
        HeaderAction(_("House formats"), "approvals:format_rule_list", SEE_FORMATS, icon="ruler-2", primary=False),
        HeaderAction(_("Hits by author"), "approvals:rule_hit_list", SEE_HITS, icon="target", primary=False),
    ),
    empty=_("The shipped lists would be here after a migration."),
)


@require(ADD_LISTS)
def content_rule_list_new(request: HttpRequest) -> HttpResponse:
    """A list of the company's own; it is empty and in force."""
    form = NewListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            row = services.add_list(actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, _now("The list is in force. Add its rules, or read them from a file."))
            return outcome.redirect(_list_url(row))
    context = {
        "form": form,
        "title": _now("New list of content rules"),
        "back": reverse("approvals:content_rule_lists"),
    }
    return page(request, "approvals/rules_content/form.html", context, form=form)


@require(SEE_LISTS)
def content_rule_list(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: its rules with search, who changed it, and a text to try on it."""
    row = get_object_or_404(ContentRuleList, pk=pk)
    words, severity = request.GET.get("q", "")[:100], request.GET.get("severity", "")
    switched_off = request.GET.get("off") == "1"
    rules = rules_of(
        pk, words=words, severity=severity if severity in Severity.values else "", switched_off=switched_off
    )
    shown = Paginator(rules, RULES_ON_A_PAGE).get_page(request.GET.get("page"))
    hits = hits_by_rule(row.code, since=timezone.now() - HITS_OF)
    history = TrailEntry.objects.filter(subject_type="approvals.contentrulelist", subject_id=pk).order_by("-pk")[:20]
    context = {
        "list": row,
        "owner": role_label(row.owner_role),
        "kind": RuleKind(row.kind).label,
        "state": force_chip(row.is_active),
        "rules": [
            (rule, severity_chip(rule.severity), hits.get(rule.code, 0), _now(rule.note) if rule.note else "")
            for rule in shown
        ],
        "shown": shown,
        "words": words,
        "severity": severity,
        "severities": Severity.choices,
        "switched_off": switched_off,
        "may_change": may_change(request, row),
        "history": [(entry, sentence_of(entry.action), _few(entry.changes)) for entry in history],
        "try_form": TryForm(),
        "now": timezone.now(),
    }
    return page(request, "approvals/rules_content/list.html", context)


@require(CHANGE_LISTS)
def content_rule_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a rule to a list."""
    row = get_object_or_404(ContentRuleList, pk=pk)
    form = ContentRuleForm(request.POST or None, initial={"expected_version": row.version})
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.add_rule(
                list_id=pk,
                expected_version=form.cleaned_data["expected_version"],
                code=form.cleaned_data["code"],
                rule=form.rule(),
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(request, _now("The rule is in force, in every process within half a minute."))
            return outcome.redirect(_list_url(row))
    context = {"form": form, "title": _now("New rule"), "subtitle": row.title, "back": _list_url(row)}
    return page(request, "approvals/rules_content/form.html", context, form=form)


@require(CHANGE_LISTS)
def content_rule_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rule, or switch it off."""
    rule = get_object_or_404(ContentRule.objects.select_related("list"), pk=pk)
    form = ContentRuleForm(request.POST or None, rule=rule, initial={"expected_version": rule.list.version})
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.change_rule(
                rule_id=pk,
                expected_version=form.cleaned_data["expected_version"],
                rule=form.rule(),
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(request, _now("The rule is changed, in every process within half a minute."))
            return outcome.redirect(_list_url(rule.list))
    context = {"form": form, "title": rule.code, "subtitle": rule.list.title, "back": _list_url(rule.list)}
    return page(request, "approvals/rules_content/form.html", context, form=form)


@require(CHANGE_LISTS)
def content_rule_list_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a whole list out of force, or in force again."""
    row = get_object_or_404(ContentRuleList, pk=pk)
    form = SwitchForm(request.POST or None, initial={"expected_version": row.version})
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.switch_list(
                list_id=pk,
                is_active=not row.is_active,
                actor=actor_of(request),
                now=timezone.now(),
                **form.cleaned_data,
            )
        if not outcome.failed:
            return outcome.redirect(_list_url(row))
    words = (
        _now("Texts are no longer checked for what this list names; its rules and its hits stay.")
        if row.is_active
        else _now("Texts are checked for what this list names again, from now on.")
    )
    title = _now("Switch the list off") if row.is_active else _now("Put the list in force")
    context = {"form": form, "title": title, "subtitle": row.title, "back": _list_url(row), "words": words}
    return page(request, "approvals/rules_content/form.html", context, form=form)


@require(CHANGE_LISTS)
def content_rule_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Rules from a CSV file: looked at first, taken over all or none."""
    row = get_object_or_404(ContentRuleList, pk=pk)
    form = ImportForm(request.POST or None, request.FILES or None, initial={"expected_version": row.version})
    plan = None
    if request.method == "POST" and form.is_valid():
        text, reason = form.cleaned_data["text"], form.cleaned_data["reason"]
        with domain_errors(request, form) as outcome:
            plan = services.plan_import(list_id=pk, text=text)
            if "take" in request.POST:
                done = services.import_rules(
                    list_id=pk,
                    expected_version=form.cleaned_data["expected_version"],
                    text=text,
                    reason=reason,
                    actor=actor_of(request),
                    now=timezone.now(),
                )
        if not outcome.failed and "take" in request.POST:
            words = _now("%(added)d rules added, %(changed)d changed.")
            messages.success(request, words % {"added": len(done.added), "changed": len(done.changed)})
            return outcome.redirect(_list_url(row))
        # What was read from the file goes into the box: what is taken is what was looked at.
        form.data = {**request.POST.dict(), "text": text}
    context = {
        "form": form,
        "list": row,
        "plan": plan,
        "back": _list_url(row),
        "fits": plan is not None and not plan.problems and bool(plan.added or plan.changed),
    }
    return page(request, "approvals/rules_content/import.html", context, form=form)


@require(SEE_LISTS)
@require_POST
def content_rule_try(request: HttpRequest) -> HttpResponse:
    """A text with its hits in place, by all lists in force. Nothing is stored."""
    form = TryForm(request.POST)
    context: dict[str, Any] = {"try_form": form, "back": reverse("approvals:content_rule_lists")}
    if form.is_valid():
        text = form.cleaned_data["tried"]
        findings = services.check_texts("", {"text": text})
        context |= {
            "tried": True,
            "segments": marked(text, findings),
            "findings": [(finding, severity_chip(finding.severity)) for finding in findings],
            "units": half_width_units(text.strip()),
        }
    return page(request, "approvals/rules_content/try.html", context, form=form, fragments={"tried": "tried"})


# --- house formats


def _format_url(row: FormatRule) -> str:
    return reverse("approvals:format_rule_change", args=[row.pk])


FORMATS = ListScreen(
    key="approvals.format_rules",
    title=_("House formats"),
    intro=_("How long a field may be and what must stand in it. A platform's own format goes before the one for all."),
    permission=SEE_FORMATS,
    rows=lambda user: FormatRule.objects.all(),
    columns=(
        Column("kind", _("Kind"), value=lambda row: kind_label(row.kind), order_by="kind"),
        Column("field", _("Field"), value=lambda row: field_label(row.kind, row.field), link=_format_url),
        Column("platform", _("Platform"), value=lambda row: row.platform_code or _now("every platform")),
        Column("min", _("At least"), value="min_units", kind="number"),
        Column("max", _("At most"), value="max_units", kind="number"),
        Column("phrases", _("Must stand in it"), value=lambda row: ", ".join(row.required_phrases)),
        Column("severity", _("What a break does"), value=lambda row: severity_chip(row.severity), kind="chip"),
        Column("version", _("Version"), kind="number"),
    ),
    search=("kind", "field", "platform_code"),
    ordering="kind",
    row_url=_format_url,
    actions=(HeaderAction(_("New format"), "approvals:format_rule_new", ADD_FORMATS),),
    empty=_("Formats that the apps declare would be here after a migration."),
)


@require(ADD_FORMATS)
def format_rule_new(request: HttpRequest) -> HttpResponse:
    """The format of a field that has none, or of one platform."""
    form = FormatRuleForm(request.POST or None, initial={"min_units": 0, **request.GET.dict()})
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.add_format_rule(actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            return outcome.redirect("approvals:format_rule_list")
    context = {"form": form, "title": _now("New house format"), "back": reverse("approvals:format_rule_list")}
    return page(request, "approvals/rules_content/form.html", context, form=form)


@require(CHANGE_FORMATS)
def format_rule_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the format of a field: the next version, for every check from then on."""
    row = get_object_or_404(FormatRule, pk=pk)
    form = FormatRuleForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.change_format_rule(rule_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, _now("The format is changed, in every process within half a minute."))
            return outcome.redirect("approvals:format_rule_list")
    history = TrailEntry.objects.filter(subject_type="approvals.formatrule", subject_id=pk).order_by("-pk")[:20]
    context = {
        "form": form,
        "title": f"{kind_label(row.kind)} · {field_label(row.kind, row.field)}",
        "subtitle": row.platform_code or _now("every platform"),
        "back": reverse("approvals:format_rule_list"),
        "history": [(entry, sentence_of(entry.action), entry.changes) for entry in history],
    }
    return page(request, "approvals/rules_content/form.html", context, form=form)


# --- hits


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


# --- while typing


@require(None)
@require_POST
def check_texts(request: HttpRequest) -> HttpResponse:
    """What is wrong with the texts of a form that is being filled in. Writes nothing.

    POST `kind`, `platform`, and a `text.<field>` for each field. Answers JSON: field → `units` (half-width letters used),
    `min` and `max` (the house format; null: no limit), `findings` with `severity`, its `word`, `text` in the reader's language, and
    `start` and `end` in the text where it has a place. More than 100 kB is refused with 413.
    """
    try:
        sent = int(request.META.get("CONTENT_LENGTH") or 0)
        if sent > 4 * MAX_CHECKED:  # form encoding takes up to three bytes for one
            raise TooMuchToCheck(limit=MAX_CHECKED // 1000)
        texts = {key.removeprefix(_FIELD): str(value) for key, value in request.POST.items() if key.startswith(_FIELD)}
        if sum(len(text.encode()) for text in texts.values()) > MAX_CHECKED:
            raise TooMuchToCheck(limit=MAX_CHECKED // 1000)
        kind, platform = request.POST.get("kind", ""), request.POST.get("platform", "")
        findings = services.check_texts(kind, texts, platform_code=platform)
    except DomainError as refusal:
        return JsonResponse({"refusal": refusal.describe()}, status=refusal.status)
    answer = {name: _checked(kind, name, text, findings, platform) for name, text in texts.items()}
    return JsonResponse({"fields": answer})


def _checked(kind: str, name: str, text: str, findings: list[Finding], platform: str) -> Mapping[str, Any]:
    shape = services.format_in_force(kind, name, platform)
    return {
        "units": half_width_units(text.strip()) if len(text) <= MAX_TEXT else None,
        "min": shape.min_units if shape else 0,
        "max": shape.max_units if shape else None,
        "findings": [
            {
                "code": finding.code,
                "severity": str(finding.severity),
                "word": str(Severity(finding.severity).label),
                "text": finding.text,
                "start": finding.facts.get("start"),
                "end": finding.facts.get("end"),
            }
            for finding in findings
            if finding.field == name
        ],
    }


def _few(changes: Mapping[str, Any]) -> dict[str, Any]:
    """A file's changes can be thousands: a timeline shows the first ones."""
    shown = dict(list(changes.items())[:8])
    if len(changes) > len(shown):
        shown["…"] = [None, len(changes) - len(shown)]
    return shown
