"""House formats: how long a field may be, and what must stand in it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals import services
from approvals.models import FormatRule, TrailEntry
from approvals.rule_forms import FormatRuleForm
from approvals.selectors.content_rules import field_label, kind_label
from approvals.selectors.trail import sentence_of
from approvals.views.content_rules.chips import severity_chip
from config.kit.web import Column, HeaderAction, ListScreen, actor_of, domain_errors, page, require

SEE_FORMATS = "approvals.view_formatrule"
CHANGE_FORMATS = "approvals.change_formatrule"
ADD_FORMATS = "approvals.add_formatrule"


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
