"""Listing plans: what is to be listed where and when, and what of it is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from approvals import services as approvals
from catalog.errors import PlanLinesRefused
from catalog.forms.plans import LinesForm, PlanForm
from catalog.forms.products import ReasonForm
from catalog.models import ListingPlan, ListingPlanLine
from catalog.selectors import plans as selectors
from catalog.selectors.history import history
from catalog.services import plans as services
from catalog.states import PlanState
from catalog.views.act_page import act_page
from config.kit.web import Chip, Column, HeaderAction, ListScreen, Preset, Tone, actor_of, domain_errors, page, require
from config.kit.web.downloads import download

SEE, PLAN = "catalog.view_listing", "catalog.plan_listings"
_TONES = {
    PlanState.DRAFT: Tone.INFO,
    PlanState.IN_REVIEW: Tone.WARN,
    PlanState.APPROVED: Tone.GOOD,
    PlanState.CLOSED: Tone.MUTED,
}


def state_chip(plan: ListingPlan) -> Chip:
    """Where a plan stands."""
    return Chip(plan.get_state_display(), _TONES[PlanState(plan.state)])


def line_chip(line: ListingPlanLine, now: datetime) -> Chip:
    """Done, late in red, or still to come."""
    if line.done_at is not None:
        return Chip(gettext("listed"), Tone.GOOD, "check")
    if selectors.is_late(line, now):
        return Chip(gettext("late"), Tone.BAD, "alert-triangle")
    return Chip(gettext("planned"), Tone.NEUTRAL)


class PlanFilter(django_filters.FilterSet):
    """By state."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=PlanState.choices)

    class Meta:
        model = ListingPlan
        fields: tuple[str, ...] = ()


def _progress(plan: Any) -> str:
    return f"{plan.done_count} / {plan.line_count}"


PLANS = ListScreen(
    key="catalog.plans",
    title=_("Listing plans"),
    permission=SEE,
    rows=lambda user: selectors.plan_list(),
    columns=(
        Column("name", _("Name"), link=lambda row: row.get_absolute_url(), order_by="name"),
        Column("state", _("State"), kind="chip", value=state_chip),
        Column("starts_on", _("From"), kind="date", order_by="starts_on"),
        Column("ends_on", _("Until"), kind="date", order_by="ends_on"),
        Column("group", _("Target group"), value=lambda row: str(row.customer_group or "")),
        Column("survey", _("Survey"), value="survey_title"),
        Column("done", _("Listed / planned"), value=_progress),
        Column("next_on", _("Next day"), kind="date"),
        Column("owner", _("Owner"), value=lambda row: str(row.owner)),
    ),
    filters=PlanFilter,
    search=("name", "survey_title"),
    search_hint=_("Name, survey"),
    row_url=lambda row: row.get_absolute_url(),
    presets=(Preset(_("In force"), "state=approved"), Preset(_("Drafts"), "state=draft")),
    actions=(HeaderAction(_("New plan"), "catalog:plan_new", PLAN, shortcut="n"),),
    empty=_("Plans of what is listed where and when would be here."),
)


class LineFilter(django_filters.FilterSet):
    """Done or not, and late."""

    done = django_filters.BooleanFilter(label=_("Listed"), field_name="done_at", lookup_expr="isnull", exclude=True)
    late = django_filters.BooleanFilter(label=_("Late"), method="only_late")

    class Meta:
        model = ListingPlanLine
        fields: tuple[str, ...] = ()

    def only_late(self, rows: Any, name: str, value: bool) -> Any:
        """Past their day and not listed."""
        late = selectors.late_lines(timezone.now())
        return rows.filter(late) if value else rows.exclude(late)


PLAN_LINES = ListScreen(
    key="catalog.plan_lines",
    title=_("Planned listings"),
    intro=_("Lines of all listing plans: planned against done."),
    permission=SEE,
    rows=selectors.plan_lines,
    columns=(
        Column("product", _("Product"), value=lambda row: str(row.product)),
        Column("shop", _("Shop"), value=lambda row: str(row.shop)),
        Column("planned_on", _("Planned for"), kind="date", order_by="planned_on"),
        Column("state", _("State"), kind="chip", value=lambda row: line_chip(row, timezone.now())),
        Column("done_at", _("Done"), kind="datetime"),
        Column("owner", _("Owner"), value=lambda row: str(row.owner)),
        Column("plan", _("Plan"), value=lambda row: str(row.plan), link=lambda row: row.plan.get_absolute_url()),
    ),
    filters=LineFilter,
    search=("product__name", "plan__name"),
    search_hint=_("Product, plan"),
    ordering="planned_on",
    row_url=lambda row: f"{row.plan.get_absolute_url()}#line-{row.pk}",
    presets=(Preset(_("Late"), "late=true"), Preset(_("Not listed yet"), "done=false")),
    empty=_("Planned listings would be here."),
)


@require(PLAN)
def plan_new(request: HttpRequest) -> HttpResponse:
    """Begin a plan."""
    form = PlanForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            made = services.make_plan(
                facts=form.facts(),
                survey_file=form.cleaned_data["survey_file"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            return outcome.redirect(made)
    context = {"form": form, "title": gettext("New plan"), "back": reverse("catalog:plan_list"), "plan": None}
    return page(request, "catalog/plans/plan_edit.html", context, form=form)


@require(PLAN)
def plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the head of a plan."""
    row = get_object_or_404(ListingPlan, pk=pk)
    form = PlanForm(request.POST or None, request.FILES or None, initial=PlanForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.change_plan(
                plan_id=pk,
                facts=form.facts(),
                survey_file=form.cleaned_data["survey_file"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            return outcome.redirect(row)
    context = {"form": form, "title": gettext("Change the plan"), "back": row.get_absolute_url(), "plan": row}
    return page(request, "catalog/plans/plan_edit.html", context, form=form)


@require(SEE)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: what it rests on, its lines, planned against done."""
    row = get_object_or_404(selectors.plan_list(), pk=pk)
    now = timezone.now()
    lines = [
        (line, line_chip(line, now))
        for line in selectors.plan_lines(request.user).filter(plan=pk).order_by("planned_on", "product__name", "pk")
    ]
    may_plan = request.user.has_perm(PLAN) and row.state != PlanState.CLOSED
    context = {
        "plan": row,
        "state": state_chip(row),
        "lines": lines,
        "late": sum(chip.tone == Tone.BAD for _line, chip in lines),
        "request_row": row.request if row.request_id else None,
        "may_plan": may_plan,
        "may_submit": may_plan and row.state == PlanState.DRAFT and bool(row.survey_title) and row.lines.exists(),
        "history": history("catalog.listingplan", pk),
    }
    return page(request, "catalog/plans/plan.html", context)


@require(SEE)
def plan_line(request: HttpRequest, pk: int) -> HttpResponse:
    """A line's place on its plan's page: where its clock leads."""
    line = get_object_or_404(selectors.plan_lines(request.user), pk=pk)
    return redirect(f"{line.plan.get_absolute_url()}#line-{pk}")


@require(PLAN)
def plan_lines(request: HttpRequest, pk: int) -> HttpResponse:
    """Paste lines: looked at first, taken with a second click."""
    row = get_object_or_404(ListingPlan, pk=pk)
    form = LinesForm(request.POST or None)
    checked: list[selectors.CheckedRow] = []
    if request.method == "POST" and form.is_valid():
        rows = form.rows()
        checked = selectors.check_rows(row, rows)
        if "take" in request.POST:
            with domain_errors(request, form) as outcome:
                services.paste_lines(plan_id=pk, rows=rows, actor=actor_of(request), now=timezone.now())
            if not outcome.failed:
                messages.success(request, gettext("The lines are in the plan."))
                return outcome.redirect(row)
            if not isinstance(outcome.error, PlanLinesRefused):
                checked = []
    bad = sum(bool(line.error) for line in checked)
    context = {"plan": row, "form": form, "checked": checked, "bad": bad, "may_take": checked and not bad}
    return page(request, "catalog/plans/plan_lines.html", context, form=form)


@require(PLAN)
@require_POST
def plan_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for approval of a plan."""
    row = get_object_or_404(ListingPlan, pk=pk)
    with domain_errors(request) as outcome:
        approvals.submit(kind=services.KIND, draft_id=pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        messages.success(request, gettext("The plan is with the management."))
    return outcome.redirect(row)


@require(PLAN)
def plan_close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a plan."""
    row = get_object_or_404(ListingPlan, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.close_plan(plan_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            return outcome.redirect(row)
    explain = gettext("Lines that are not listed yet are no longer due. The plan stays readable.")
    return act_page(
        request, form, title=gettext("Close the plan"), subject=row.name, explain=explain, back=row.get_absolute_url()
    )


@require(PLAN)
def plan_line_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a line out of its plan."""
    line = get_object_or_404(ListingPlanLine.objects.select_related("plan", "product", "shop"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            row = services.remove_line(line_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            return outcome.redirect(row)
    explain = gettext("A plan that was approved is a draft again and needs another approval.")
    return act_page(
        request,
        form,
        title=gettext("Take the line out"),
        subject=str(line),
        explain=explain,
        back=line.plan.get_absolute_url(),
    )


@require(SEE)
def plan_survey(request: HttpRequest, pk: int) -> FileResponse:
    """The survey that a plan rests on, as a download."""
    row = get_object_or_404(ListingPlan, pk=pk)
    if not row.survey_file or not row.survey_file.storage.exists(str(row.survey_file.name)):
        raise Http404
    return download(row.survey_file.open("rb"), row.survey_file_name)
