"""The list of parcels and one parcel's page: for whoever answers for the order, narrowed to their shops."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, FilterSet, ModelChoiceFilter

from config.kit.web import Chip, Column, ListScreen, Preset, page, require
from orders.models import Courier, Parcel, TrackingEvent
from orders.selectors import tracking
from orders.states import ParcelState
from orders.tokens import tracking_address

TONES = {
    ParcelState.PROBLEM: "bad",
    ParcelState.LOST: "bad",
    ParcelState.RETURNING: "warn",
    ParcelState.RETURNED: "warn",
    ParcelState.SIGNED: "good",
    ParcelState.SIGNED_BY_OTHER: "good",
    ParcelState.PACKING: "muted",
    ParcelState.PACKED: "neutral",
}


def parcel_chip(parcel: Parcel) -> Chip:
    """The parcel's state as a coloured word."""
    return Chip(ParcelState(parcel.state).label, TONES.get(ParcelState(parcel.state), "info"))


class ParcelFilter(FilterSet):
    """By state and courier."""

    state = ChoiceFilter(choices=ParcelState.choices, label=_("State"))
    courier = ModelChoiceFilter(queryset=Courier.objects.order_by("name"), label=_("Courier"))


PARCELS = ListScreen(
    key="orders.parcels",
    title=_("Parcels"),
    permission="orders.view_order",
    rows=tracking.parcels_visible_to,
    columns=(
        Column("note_number", _("Shipping note"), kind="code", order_by="note_number"),
        Column("order", _("Order"), kind="code", value="order.number"),
        Column("shop", _("Shop"), value="order.shop"),
        Column("state", _("State"), kind="chip", value=parcel_chip),
        Column("courier", _("Courier")),
        Column("waybill", _("Waybill"), kind="code", order_by="waybill"),
        Column("weight_grams", _("Weight (g)"), kind="number", shown=False),
        Column("packed_at", _("Packed"), kind="datetime", order_by="packed_at"),
        Column("state_at", _("State since"), kind="datetime", order_by="state_at"),
        Column("delivered_at", _("Delivered"), kind="datetime", shown=False),
    ),
    filters=ParcelFilter,
    search=("note_number", "waybill", "order__number", "order__external_number"),
    ordering="-pk",
    row_url=lambda parcel: reverse("orders:parcel_detail", args=[parcel.pk]),
    presets=(
        Preset(_("Problems"), "state=problem"),
        Preset(_("Coming back"), "state=returning"),
        Preset(_("Packed, not handed over"), "state=packed"),
    ),
    empty=_("Parcels of the orders that went through the warehouse would be here."),
)


@require("orders.view_order")
def parcel_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a parcel is, what is in it, and what its courier told."""
    parcel = get_object_or_404(tracking.parcels_visible_to(request.user).select_related("handover", "packed_by"), pk=pk)
    context = {
        "parcel": parcel,
        "order": parcel.order,
        "state": parcel_chip(parcel),
        "lines": parcel.lines.select_related("order_line__variant__product").order_by("pk"),
        "scans": parcel.scans.select_related("person").order_by("-pk")[:200],
        "events": _events(request, parcel),
        "public_address": request.build_absolute_uri(tracking_address(parcel.pk)) if parcel.handover_id else "",
    }
    return page(request, "orders/bench/parcel_detail.html", context)


def _events(request: HttpRequest, parcel: Parcel) -> list[TrackingEvent]:
    events = tracking.journey(parcel.pk)
    if not request.user.has_perm("customers.see_personal_data"):
        for event in events:
            event.text = tracking.without_names(event.text, parcel.order)
    return events
