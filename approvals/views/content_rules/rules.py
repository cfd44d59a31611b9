"""The rules of a list: one by one, or many from a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals import services
from approvals.models import ContentRule, ContentRuleList
from approvals.rule_forms import ContentRuleForm, ImportForm
from approvals.views.content_rules.lists import CHANGE_LISTS, list_url
from config.kit.web import actor_of, domain_errors, page, require


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
            messages.success(request, _("The rule is in force, in every process within half a minute."))
            return outcome.redirect(list_url(row))
    context = {"form": form, "title": _("New rule"), "subtitle": row.title, "back": list_url(row)}
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
            messages.success(request, _("The rule is changed, in every process within half a minute."))
            return outcome.redirect(list_url(rule.list))
    context = {"form": form, "title": rule.code, "subtitle": rule.list.title, "back": list_url(rule.list)}
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
            words = _("%(added)d rules added, %(changed)d changed.")
            messages.success(request, words % {"added": len(done.added), "changed": len(done.changed)})
            return outcome.redirect(list_url(row))
        # What was read from the file goes into the box: what is taken is what was looked at.
        form.data = {**request.POST.dict(), "text": text}
    context = {
        "form": form,
        "list": row,
        "plan": plan,
        "back": list_url(row),
        "fits": plan is not None and not plan.problems and bool(plan.added or plan.changed),
    }
    return page(request, "approvals/rules_content/import.html", context, form=form)
