"""Booking stock: receipts by scan, paste or hand, and corrections with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from config.kit.web import actor_of, domain_errors, page, require
from inventory import selectors, services
from inventory.forms import BinForm, CorrectForm, ReceiptRow, ReceiveForm, read_rows
from inventory.services import StockLine
from inventory.views.desk import may_correct
from inventory.views.once import once


@require("inventory.receive_stock")
def receive(request: HttpRequest) -> HttpResponse:
    """Book what arrived: all lines or none of them."""
    form = ReceiveForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome, once(request, form.cleaned_data["ticket"]):
            services.receive_stock(
                lines=form.lines(),
                reference=form.cleaned_data["reference"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            pieces = sum(row.pieces for row in form.rows)
            text = ngettext(
                "%(pieces)d piece received at %(location)s.", "%(pieces)d pieces received at %(location)s.", pieces
            )
            messages.success(request, text % {"pieces": pieces, "location": form.cleaned_data["location"]})
            return outcome.redirect("inventory:receive")
    return page(request, "inventory/receive.html", {"form": form, "rows": form.rows}, form=form)


@require("inventory.receive_stock")
@require_POST
def receive_scan(request: HttpRequest) -> HttpResponse:
    """Add a scanned code to the lines on the screen, which come along; nothing is booked yet."""
    code = request.POST.get("code", "").strip()[:120]
    data = request.POST.copy()
    data.pop("paste", None)
    data.appendlist("sku", code)
    data.appendlist("quantity", "1")
    rows = read_rows(data)
    scanned = next((row for row in rows if row.code == code), None)
    if scanned is not None and scanned.variant is None:
        rows = [row for row in rows if row.code != code]
    return page(
        request,
        "inventory/receive.html#rows",
        {"rows": rows, "scanned": scanned or ReceiptRow(code, ""), "is_scan": True},
    )


@require("inventory.correct_stock")
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct one level; with HTMX a GET with a quantity answers what would be left."""
    level = get_object_or_404(selectors.stock_levels(request.user), pk=pk)
    if not may_correct(request.user, level):
        raise Http404
    form = CorrectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        line = StockLine(level.variant_id, level.location_id, form.cleaned_data["quantity"])
        with domain_errors(request, form) as outcome, once(request, form.cleaned_data["ticket"]):
            services.correct_stock(
                lines=[line], reason=form.cleaned_data["reason"], actor=actor_of(request), now=timezone.now()
            )
        if not outcome.failed:
            messages.success(request, _("Stock corrected; the reason is in the ledger."))
            return outcome.redirect("inventory:level_detail", level.pk)
    difference = _number(request.POST.get("quantity") or request.GET.get("quantity", ""))
    context = {
        "level": level,
        "form": form,
        "difference": difference,
        "on_hand_after": level.on_hand + difference,
        "available_after": level.on_hand + difference - level.reserved,
        "promises": selectors.held_reservations(level.pk)[:20],
    }
    return page(request, "inventory/correct.html", context, form=form, fragments={"left": "left"})


@require("inventory.correct_stock")
def set_bin(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in which bin a level lies."""
    level = get_object_or_404(selectors.stock_levels(request.user), pk=pk)
    if not may_correct(request.user, level):
        raise Http404
    form = BinForm(request.POST if request.method == "POST" else None, initial={"bin_code": level.bin_code})
    if request.method == "POST" and form.is_valid():
        services.set_bin(level_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The bin is set; pick lists follow it."))
        response = redirect("inventory:level_detail", pk)
        response.status_code = 303
        return response
    return page(request, "inventory/set_bin.html", {"level": level, "form": form}, form=form)


def _number(text: str) -> int:
    try:
        return int(text.strip().replace("−", "-")[:9])
    except ValueError:
        return 0
