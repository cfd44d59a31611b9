"""The import desk: upload, check, start, correct, run again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from approvals.selectors import heartbeat_age, sentence_of, trail_of
from config.kit.actor import Actor
from config.kit.web import (
    BulkAction,
    Chip,
    Column,
    HeaderAction,
    ListScreen,
    Preset,
    actor_of,
    domain_errors,
    page,
    require,
)
from orders.forms.desk.acts import ReasonForm
from orders.forms.desk.filters import ImportFilter, ImportRowFilter
from orders.forms.desk.imports import COLUMN_NAMES, PERSONAL, RowForm, UploadForm
from orders.models import ImportRow, ImportRun
from orders.selectors import imports as selectors
from orders.selectors.timeline import readable_changes
from orders.services import imports as services
from orders.states import ImportState, InputState, OrderMode
from orders.tasks import nudge_imports
from orders.views.desk import chips

SEE = "customers.see_personal_data"
SHOWN_ROWS = 20
# A worker comes at least this often when it is there; see the beat schedule.
LATE_AFTER_SECONDS = 120


def address(run: ImportRun) -> str:
    """The page of an import."""
    return reverse("orders:import_detail", args=[run.pk])


IMPORTS = ListScreen(
    key="orders.imports",
    title=gettext_lazy("Imports"),
    permission="orders.view_importrun",
    rows=selectors.import_runs,
    columns=(
        Column("file_name", gettext_lazy("File"), link=address),
        Column("state", gettext_lazy("State"), kind="chip", value=chips.import_chip),
        Column("shop", gettext_lazy("Shop"), value="shop.name"),
        Column("mode", gettext_lazy("Mode"), value="get_mode_display"),
        Column("row_count", gettext_lazy("Rows"), kind="number", order_by="row_count"),
        Column("order_count", gettext_lazy("Orders"), kind="number", order_by="order_count"),
        Column("duplicate_count", gettext_lazy("Already here"), kind="number", shown=False),
        Column("quarantined_count", gettext_lazy("Quarantined"), kind="number", order_by="quarantined_count"),
        Column("column_map", gettext_lazy("Column map"), value="column_map.name", shown=False),
        Column("requested_by", gettext_lazy("Uploaded by")),
        Column("created_at", gettext_lazy("Uploaded"), kind="datetime", order_by="created_at"),
    ),
    filters=ImportFilter,
    search=("file_name",),
    search_hint=gettext_lazy("File name"),
    row_url=address,
    presets=(
        Preset(gettext_lazy("To be started"), "state=checked"),
        Preset(gettext_lazy("Failed"), "state=failed"),
    ),
    actions=(
        HeaderAction(
            gettext_lazy("Upload a file"), "orders:import_new", "orders.import_orders", "upload", shortcut="n"
        ),
    ),
    empty=gettext_lazy("Order files that were uploaded would be here, each with what became of its rows."),
)


def set_aside_one(*, pk: int, actor: Actor, reason: str) -> None:
    """Set one of the ticked rows aside."""
    services.set_row_aside(row_id=pk, reason=reason, actor=actor, now=timezone.now())


def row_address(row: ImportRow) -> str:
    """The page of a row."""
    return reverse("orders:import_row", args=[row.pk])


def _state_of_row(row: ImportRow) -> Chip:
    return Chip(row.get_state_display(), chips.INPUT_TONES[InputState(row.state)])


IMPORT_ROWS = ListScreen(
    key="orders.import_rows",
    title=gettext_lazy("Rows of imports"),
    permission="orders.view_importrun",
    rows=selectors.import_rows,
    columns=(
        Column("row_number", gettext_lazy("Row"), kind="number", order_by="row_number", link=row_address),
        Column("group_key", gettext_lazy("Order number"), kind="code", order_by="group_key"),
        Column("seller_code", gettext_lazy("Seller code"), kind="code", value=lambda row: _cell(row, "seller_code")),
        Column("quantity", gettext_lazy("Quantity"), value=lambda row: _cell(row, "quantity")),
        Column("state", gettext_lazy("State"), kind="chip", value=_state_of_row),
        Column("problem", gettext_lazy("Problem")),
        Column("problem_field", gettext_lazy("Column"), value=lambda row: str(COLUMN_NAMES.get(row.problem_field, ""))),
        Column("file", gettext_lazy("File"), value="run.file_name", shown=False),
    ),
    filters=ImportRowFilter,
    search=("group_key",),
    search_hint=gettext_lazy("Order number"),
    ordering="pk",
    row_url=row_address,
    presets=(Preset(gettext_lazy("Quarantined"), "state=quarantined"),),
    bulk=(
        BulkAction(
            "aside",
            gettext_lazy("Set aside"),
            run=set_aside_one,
            permission="orders.replay_input",
            explain=gettext_lazy(
                "The rows stay with your reason and become no orders. Rows that are not quarantined are refused."
            ),
            icon="archive",
        ),
    ),
    empty=gettext_lazy("Rows of uploaded files would be here."),
)


def _cell(row: ImportRow, name: str) -> str:
    return str((row.corrected or row.cells).get(name, ""))


@require("orders.import_orders")
def import_new(request: HttpRequest) -> HttpResponse:
    """Upload an order file."""
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with domain_errors(request, form) as outcome:
            run = services.upload_file(
                shop_id=data["shop"].pk,
                column_map_id=data["column_map"].pk,
                file=data["file"],
                file_name=data["file"].name,
                mode=OrderMode(data["mode"]),
                makes_drafts=data["unknown_codes"] == "draft",
                is_dry_run=data["is_dry_run"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            nudge_imports()
            return outcome.redirect(address(run))
    return page(request, "orders/desk/import_new.html", {"form": form}, form=form)


@require("orders.view_importrun")
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An import: how far it is, figures that add up, what was recognised, what waits for correction."""
    run = _run(request, pk)
    figures = selectors.import_figures(pk)
    goes_on = selectors.may_go_on(run)
    quarantined = ImportRow.objects.filter(run=run, state=InputState.QUARANTINED).order_by("row_number")
    context = {
        "run": run,
        "state": chips.import_chip(run).__html__(),
        "figures": figures,
        "goes_on": goes_on,
        "is_held": goes_on and selectors.is_being_worked_on(pk),
        "worker_age": heartbeat_age("imports") if goes_on else None,
        "same_file": selectors.same_file(run, request.user),
        "columns": [(name, COLUMN_NAMES.get(name, name)) for name in run.header],
        "missing": [
            (name, label)
            for name, label in COLUMN_NAMES.items()
            if name in run.column_map.columns and name not in run.header
        ]
        if run.header
        else [],
        "problems": [
            (item, COLUMN_NAMES.get(item["problem_field"], item["problem_field"])) for item in selectors.problems_of(pk)
        ],
        "rows": list(quarantined.exclude(problem_field="")[:SHOWN_ROWS]),
        "waiting_rows": figures.waiting if run.state == ImportState.DONE else 0,
        "may_correct": request.user.has_perm("orders.replay_input")
        and run.state in (ImportState.CHECKED, ImportState.DONE),
        "history": [
            (entry, sentence_of(entry.action), readable_changes(entry.changes, plain=False))
            for entry in _history(run, request.user.has_perm(SEE))
        ],
    }
    response = page(request, "orders/desk/import.html", context, fragments={"import-progress": "progress"})
    if request.headers.get("HX-Target") == "import-progress" and not goes_on:
        response["HX-Refresh"] = "true"
    return response


def _history(run: ImportRun, plain: bool) -> list[Any]:
    entries = trail_of("orders.importrun", run.pk)[-30:][::-1]
    # Cells that were corrected may be a person's: the trail keeps them, this page covers them. The hash stands in the header.
    hidden = {"sha256"} if plain else {"sha256", *PERSONAL}
    for entry in entries:
        entry.changes = {name: pair for name, pair in entry.changes.items() if name not in hidden}
    return entries


@require("orders.import_orders")
@require_POST
def import_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a checked file make its orders."""
    return _move(request, pk, services.begin_import, _("Started. Its orders are being made."))


@require("orders.import_orders")
@require_POST
def import_rerun(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a finished import take in the rows that were corrected since."""
    return _move(request, pk, services.rerun_corrected, _("The corrected rows are being taken in."))


def _move(request: HttpRequest, pk: int, service: Any, words: str) -> HttpResponse:
    _run(request, pk)
    with domain_errors(request) as outcome:
        service(run_id=pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        nudge_imports()
        messages.success(request, words)
    return outcome.redirect("orders:import_detail", pk)


@require("orders.view_importrun")
def import_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One row with its cells, and the form to correct it."""
    row = _row(request, pk)
    return _show_row(request, row, _row_form(request, row), ReasonForm(auto_id=f"id_{pk}_aside_%s"))


@require("orders.replay_input")
@require_POST
def import_row_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put corrected cells beside the original; the row waits for the next run."""
    row = _row(request, pk)
    form = _row_form(request, row, request.POST)
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            fresh = services.correct_row(row_id=pk, cells=form.corrected(), actor=actor_of(request), now=timezone.now())
        if not outcome.failed:
            return _settled(request, outcome, row, fresh, _("Row %d corrected. It waits for “run corrected rows”."))
    return _show_row(request, row, form, ReasonForm(auto_id=f"id_{pk}_aside_%s"), refused=form)


@require("orders.replay_input")
@require_POST
def import_row_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide that a row is no order."""
    row, form = _row(request, pk), ReasonForm(request.POST, auto_id=f"id_{pk}_aside_%s")
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            fresh = services.set_row_aside(row_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            return _settled(request, outcome, row, fresh, _("Row %d set aside."))
    return _show_row(request, row, _row_form(request, row), form, refused=form)


def _settled(
    request: HttpRequest, outcome: domain_errors, row: ImportRow, fresh: ImportRow, words: str
) -> HttpResponse:
    if getattr(request, "htmx", False):
        context = {"row": fresh, "words": words % row.row_number, "is_settled": True}
        return page(request, "orders/desk/import_row.html#row", context)
    messages.success(request, words % row.row_number)
    return outcome.redirect("orders:import_detail", row.run_id)


def _row_form(request: HttpRequest, row: ImportRow, data: Any = None) -> RowForm:
    return RowForm(
        data,
        cells=row.corrected or row.cells,
        columns=row.run.header,
        bad=row.problem_field if row.problem_field in COLUMN_NAMES else "order_number",
        plain=request.user.has_perm(SEE),
        auto_id=f"id_{row.pk}_%s",
    )


def _show_row(
    request: HttpRequest, row: ImportRow, form: RowForm, aside_form: ReasonForm, *, refused: forms.Form | None = None
) -> HttpResponse:
    plain = request.user.has_perm(SEE)
    cells = row.corrected or row.cells
    context = {
        "row": row,
        "run": row.run,
        "state": _state_of_row(row).__html__(),
        "form": form,
        "aside_form": aside_form,
        "cells": [
            (COLUMN_NAMES.get(name, name), value if plain or name not in PERSONAL else PERSONAL[name](value))
            for name, value in cells.items()
        ],
        "may_correct": request.user.has_perm("orders.replay_input")
        and row.state == InputState.QUARANTINED
        and row.run.state in (ImportState.CHECKED, ImportState.DONE),
    }
    fragments = {f"row-{row.pk}": "row"}
    return page(request, "orders/desk/import_row.html", context, form=refused, fragments=fragments)


def _run(request: HttpRequest, pk: int) -> ImportRun:
    return get_object_or_404(selectors.import_runs(request.user), pk=pk)


def _row(request: HttpRequest, pk: int) -> ImportRow:
    return get_object_or_404(selectors.import_rows(request.user).select_related("run__column_map", "run__shop"), pk=pk)
