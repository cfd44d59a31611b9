"""The wave board and a wave's page."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from config.kit.web import actor_of, domain_errors, page, require
from orders import services
from orders.forms.bench import LeaveForm, WaveFilterForm, WaveForm
from orders.models import Order, Wave
from orders.selectors import bench
from orders.selectors.bench import WaveRule
from orders.services import PutBack
from orders.states import OrderStatus


@require("orders.pick_order")
def wave_board(request: HttpRequest) -> HttpResponse:
    """What waits at each location, the orders for the next wave, and the waves that are on their way."""
    return _board(request, WaveForm())


@require("orders.build_wave")
@require_POST
def wave_build(request: HttpRequest) -> HttpResponse:
    """Build a wave of the ticked orders. Those that somebody else took meanwhile are left out and counted."""
    form = WaveForm(request.POST)
    if form.is_valid():
        courier = form.cleaned_data["courier"]
        wanted = tuple(form.cleaned_data["order"])
        rule = WaveRule(
            location_id=form.cleaned_data["location"].pk,
            order_ids=wanted,
            courier_id=courier.pk if courier else None,
            limit=len(wanted),
        )
        with domain_errors(request, form) as outcome:
            wave = services.build_wave(rule=rule, actor=actor_of(request), now=timezone.now())
        if not outcome.failed:
            _tell_built(request, wave, len(wanted))
            return outcome.redirect("orders:wave_detail", wave.pk)
    return _board(request, form)


@require("orders.pick_order")
def wave_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A wave: how far it is, its pick list, its parcels."""
    wave = get_object_or_404(Wave.objects.select_related("location", "created_by"), pk=pk)
    parcels = list(bench.parcels_of_wave(pk))
    lines = list(bench.pick_lines(pk))
    context = {
        "wave": wave,
        "parcels": parcels,
        "lines": lines,
        "pieces": sum(line.quantity - line.short for line in lines),
        "picked": sum(line.picked for line in lines),
        "packed": sum(1 for parcel in parcels if parcel.order.status != OrderStatus.PICKING),
        "leave_form": LeaveForm(),
    }
    return page(request, "orders/bench/wave_detail.html", context)


@require("orders.build_wave")
@require_POST
def wave_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one order out of its wave."""
    order = get_object_or_404(Order, pk=pk)
    wave_id = order.wave_id
    form = LeaveForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    with domain_errors(request) as outcome:
        put_back = services.leave_wave(order_id=pk, reason=reason, actor=actor_of(request), now=timezone.now())
        messages.success(request, _("%(number)s left the wave; its stock stays reserved.") % {"number": order.number})
        tell_put_back(request, put_back)
    return outcome.redirect("orders:wave_detail", wave_id) if wave_id else outcome.redirect("orders:wave_board")


def tell_put_back(request: HttpRequest, put_back: Sequence[PutBack]) -> None:
    """Say which pieces go back into which bin."""
    for item in put_back:
        facts = {"count": item.quantity, "sku": item.sku, "bin": item.bin_code or "–"}
        messages.warning(request, _("Put back: %(count)s × %(sku)s into %(bin)s.") % facts)


def _tell_built(request: HttpRequest, wave: Wave, wanted: int) -> None:
    taken = wave.orders.count()
    text = ngettext("Wave %(number)s with %(count)d order.", "Wave %(number)s with %(count)d orders.", taken)
    messages.success(request, text % {"number": wave.number, "count": taken})
    if taken < wanted:
        missing = ngettext(
            "%(count)d order was not free any more and stayed out.",
            "%(count)d orders were not free any more and stayed out.",
            wanted - taken,
        )
        messages.warning(request, missing % {"count": wanted - taken})


def _board(request: HttpRequest, form: WaveForm) -> HttpResponse:
    work = bench.work_by_location()
    busiest = next((row.location_id for row in work if row.ready), work[0].location_id if work else None)
    data = request.GET.copy()
    if form.is_bound and form.data.get("location"):
        data["location"] = form.data["location"]
    data.setdefault("location", str(busiest or ""))
    data.setdefault("limit", "60")
    chosen = WaveFilterForm(data)
    orders: list[Order] = []
    if chosen.is_valid():
        rule = WaveRule(
            location_id=chosen.cleaned_data["location"].pk,
            single_item=chosen.single_item,
            ship_by_before=chosen.cleaned_data["before"],
            limit=chosen.cleaned_data["limit"] or 60,
        )
        orders = list(bench.orders_for_wave(rule).select_related("shop")[: rule.limit])
        form.initial["location"] = rule.location_id
    context = {"work": work, "filter": chosen, "form": form, "orders": orders, "waves": list(bench.open_waves())}
    return page(request, "orders/bench/wave_board.html", context, form=form)
