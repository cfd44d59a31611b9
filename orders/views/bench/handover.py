"""Giving the bag to a courier."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from config.kit.errors import DomainError
from config.kit.web import actor_of, domain_errors, page, require
from inventory.models import Location
from orders import services
from orders.forms.bench import HandOverForm
from orders.models import Courier, Parcel
from orders.selectors import bench

_FRAGMENTS = {"bench": "bench"}
Answer = tuple[str, str]


@require("orders.hand_over_parcel")
def handover_board(request: HttpRequest) -> HttpResponse:
    """Packed parcels by location and courier: how many are in the bag, how many still lie about, and what left today."""
    context = {"bags": bench.bags(), "handovers": list(bench.latest_handovers())}
    return page(request, "orders/bench/handover_board.html", context)


@require("orders.hand_over_parcel")
def handover_bag(request: HttpRequest, location: int, courier: int) -> HttpResponse:
    """One courier's bag."""
    return _show(request, location, courier)


@require("orders.hand_over_parcel")
@require_POST
def handover_scan(request: HttpRequest, location: int, courier: int) -> HttpResponse:
    """A scanned parcel goes into the bag."""
    code = request.POST.get("code", "").strip()[:120]
    get_object_or_404(Courier, pk=courier)
    try:
        parcel = services.bag_parcel(
            courier_id=courier, location_id=location, code=code, actor=actor_of(request), now=timezone.now()
        )
    except DomainError as refusal:
        return _show(request, location, courier, answer=("bad", refusal.describe()))
    return _show(request, location, courier, answer=("ok", _("%s is in the bag.") % parcel.waybill))


@require("orders.hand_over_parcel")
@require_POST
def handover_take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a parcel out of the bag again."""
    parcel = get_object_or_404(Parcel, pk=pk)
    with domain_errors(request) as outcome:
        services.unbag_parcel(parcel_id=pk, actor=actor_of(request), now=timezone.now())
    return outcome.redirect("orders:handover_bag", parcel.location_id, parcel.courier_id)


@require("orders.hand_over_parcel")
@require_POST
def handover_finish(request: HttpRequest, location: int, courier: int) -> HttpResponse:
    """The courier takes the bag: exactly the parcels that were on the screen."""
    form = HandOverForm(request.POST)
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            handover = services.hand_over(
                courier_id=courier,
                location_id=location,
                parcel_ids=form.cleaned_data["parcel"],
                taken_by=form.cleaned_data["taken_by"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            count = handover.parcel_count
            text = ngettext("%(count)d parcel is with %(name)s.", "%(count)d parcels are with %(name)s.", count)
            messages.success(request, text % {"count": count, "name": handover.taken_by})
            return outcome.redirect("orders:handover_board")
    return _show(request, location, courier, form=form)


def _show(
    request: HttpRequest,
    location_id: int,
    courier_id: int,
    *,
    answer: Answer | None = None,
    form: HandOverForm | None = None,
) -> HttpResponse:
    courier = get_object_or_404(Courier, pk=courier_id)
    location = get_object_or_404(Location, pk=location_id)
    parcels = list(bench.parcels_to_hand_over(location_id, [courier_id]))
    bag = [parcel for parcel in parcels if parcel.bagged_at is not None]
    bag.sort(key=lambda parcel: parcel.bagged_at, reverse=True)  # type: ignore[arg-type, return-value]
    context = {
        "courier": courier,
        "location": location,
        "bag": bag,
        "left": [parcel for parcel in parcels if parcel.bagged_at is None],
        "answer": answer,
        "form": form or HandOverForm(),
    }
    return page(request, "orders/bench/handover_bag.html", context, form=form, fragments=_FRAGMENTS)
