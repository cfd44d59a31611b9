"""Lists of content rules: what they find, who owns them, and a text to try on all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals import services
from approvals.models import ContentRuleList, TrailEntry
from approvals.policies.requests import may_change_list
from approvals.policies.texts import half_width_units
from approvals.rule_forms import NewListForm, SwitchForm, TryForm
from approvals.seams import role_label
from approvals.selectors.content_rules import hits_by_rule, lists_with_hits, marked, rules_of
from approvals.selectors.trail import sentence_of
from approvals.states import RuleKind, Severity
from approvals.views.content_rules.chips import force_chip, severity_chip
from approvals.views.content_rules.formats import SEE_FORMATS
from approvals.views.content_rules.hits import SEE_HITS
from config.kit.web import Column, HeaderAction, ListScreen, actor_of, domain_errors, page, require

SEE_LISTS = "approvals.view_contentrulelist"
CHANGE_LISTS = "approvals.change_contentrulelist"
ADD_LISTS = "approvals.add_contentrulelist"
HITS_OF = timedelta(days=30)
RULES_ON_A_PAGE = 100


def may_change(request: HttpRequest, row: ContentRuleList) -> bool:
    """Whether the person may change a list: the right, and a role that owns it."""
    user: Any = request.user
    roles = set(user.groups.values_list("name", flat=True))
    return user.has_perm(CHANGE_LISTS) and may_change_list(roles, owner_role=row.owner_role)


def list_url(row: ContentRuleList) -> str:
    """The page of a list."""
    return reverse("approvals:content_rule_list", args=[row.pk])


LISTS = ListScreen(
    key="approvals.content_rule_lists",
    title=_("Content rules"),
    intro=_("What shop texts may not say. Found while typing, at submission and again at publication."),
    permission=SEE_LISTS,
    rows=lambda user: lists_with_hits(since=timezone.now() - HITS_OF),
    columns=(
        Column("name", _("List"), value=lambda row: row.title, link=list_url),
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
    row_url=list_url,
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
            return outcome.redirect(list_url(row))
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
            return outcome.redirect(list_url(row))
    words = (
        _now("Texts are no longer checked for what this list names; its rules and its hits stay.")
        if row.is_active
        else _now("Texts are checked for what this list names again, from now on.")
    )
    title = _now("Switch the list off") if row.is_active else _now("Put the list in force")
    context = {"form": form, "title": title, "subtitle": row.title, "back": list_url(row), "words": words}
    return page(request, "approvals/rules_content/form.html", context, form=form)


@require(SEE_LISTS)
def content_rule_try(request: HttpRequest) -> HttpResponse:
    """A text with its hits in place, by all lists in force. Nothing is stored; a reload leads back to where it is written."""
    if request.method != "POST":
        return redirect("approvals:content_rule_lists")
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


def _few(changes: Mapping[str, Any]) -> dict[str, Any]:
    """A file's changes can be thousands: a timeline shows the first ones."""
    shown = dict(list(changes.items())[:8])
    if len(changes) > len(shown):
        shown["…"] = [None, len(changes) - len(shown)]
    return shown
