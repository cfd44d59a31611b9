"""Promotion zones: what is shown, the library, and the slots."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit.web import Chip, Column, HeaderAction, ListScreen, Tone, actor_of, domain_errors, page, require
from stores import services
from stores.forms.pages import BookingForm, MoveBookingForm, ReasonForm, ZoneForm, ZoneSettingsForm, moment
from stores.models import Shop, Zone, ZoneBooking
from stores.selectors import zones as selectors
from stores.states import BookingState
from stores.views.pages import timeline_of

_TONES = {
    BookingState.PLANNED: Tone.INFO,
    BookingState.SHOWN: Tone.GOOD,
    BookingState.OVER: Tone.MUTED,
    BookingState.CANCELLED: Tone.MUTED,
}

ZONES = ListScreen(
    key="stores.zones",
    title=_("Promotion zones"),
    permission="stores.view_page",
    rows=lambda user: Zone.objects.filter(shop__in=Shop.objects.visible_to(user)).select_related(
        "shop", "shown", "fallback"
    ),
    columns=(
        Column("name", _("Name"), order_by="name", link=lambda one: one.get_absolute_url()),
        Column("shop", _("Shop"), value=lambda one: str(one.shop)),
        Column("code", _("Code"), kind="code", order_by="code"),
        Column("shown", _("Shown since the last swap"), value=lambda one: one.shown.name if one.shown else ""),
        Column("fallback", _("Shown otherwise"), value=lambda one: one.fallback.name if one.fallback else ""),
        Column("swapped_at", _("Last swapped"), kind="datetime", order_by="swapped_at"),
    ),
    search=("name", "code"),
    ordering="name",
    row_url=lambda one: one.get_absolute_url(),
    actions=(HeaderAction(_("New zone"), "stores:zone_new", "stores.book_zone", shortcut="n"),),
    empty=_("Places on pages whose content the calendar swaps would be here."),
)


def booking_chip(booking: ZoneBooking) -> Chip:
    """A slot's state as a coloured word."""
    return Chip(booking.get_state_display(), _TONES[BookingState(booking.state)])


@require("stores.view_page")
def zone_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a zone shows now, what comes, what was."""
    zone = _zone(request, pk)
    now = timezone.now()
    shown = selectors.shown_in([zone], now)[zone.pk]
    bookings = selectors.bookings_of(pk, since=now - timedelta(days=30))
    context = {
        "zone": zone,
        "shown": shown,
        "is_fallback": shown is not None and shown.pk == zone.fallback_id,
        "bookings": [(one, booking_chip(one)) for one in bookings],
        "library": selectors.library(zone.shop_id),
        "timeline": timeline_of("stores.zone", pk),
        "now": now,
    }
    return page(request, "stores/pages/zone.html", context)


@require("stores.book_zone")
def zone_new(request: HttpRequest) -> HttpResponse:
    """Make a zone."""
    form = ZoneForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        made: list[Zone] = []
        with domain_errors(request, form) as outcome:
            data = form.cleaned_data
            made.append(
                services.create_zone(
                    shop_id=data["shop"].pk,
                    code=data["code"],
                    name=data["name"],
                    actor=actor_of(request),
                    now=timezone.now(),
                )
            )
        if not outcome.failed:
            messages.success(request, gettext("The zone is made. Choose what it shows while nothing is booked."))
            return outcome.redirect("stores:zone", made[0].pk)
    context = {"title": gettext("New zone"), "back": reverse("stores:zone_list"), "form": form}
    return page(request, "stores/pages/act.html", context, form=form)


@require("stores.book_zone")
def zone_settings(request: HttpRequest, pk: int) -> HttpResponse:
    """A zone's name and fallback."""
    zone = _zone(request, pk)
    initial = {"name": zone.name, "fallback": zone.fallback_id}
    form = ZoneSettingsForm(request.POST or None, zone=zone, initial=initial)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            fallback = form.cleaned_data["fallback"]
            services.change_zone(
                zone_id=pk,
                name=form.cleaned_data["name"],
                fallback_id=fallback.pk if fallback else None,
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(request, gettext("Kept."))
            return outcome.redirect("stores:zone", pk)
    context = {"title": gettext("Settings of the zone"), "back": zone.get_absolute_url(), "form": form}
    return page(request, "stores/pages/act.html", {**context, "subtitle": str(zone)}, form=form)


@require("stores.book_zone")
def zone_book(request: HttpRequest, pk: int) -> HttpResponse:
    """Book a slot."""
    zone = _zone(request, pk)
    form = BookingForm(request.POST or None, pages=selectors.library(zone.shop_id), initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            data = form.cleaned_data
            services.book_zone(
                zone_id=pk,
                page_id=data["page"].pk,
                starts_at=data["starts_at"],
                ends_at=data["ends_at"],
                reason=data["reason"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(request, gettext("Booked. It is swapped in and back by itself."))
            return outcome.redirect("stores:zone", pk)
    context = {"title": gettext("Book a slot"), "back": zone.get_absolute_url(), "form": form}
    return page(request, "stores/pages/act.html", {**context, "subtitle": str(zone)}, form=form)


@require("stores.book_zone")
def booking_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a slot other times."""
    booking = _booking(request, pk)
    initial = {"starts_at": moment(booking.starts_at), "ends_at": moment(booking.ends_at)}
    form = MoveBookingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.move_booking(booking_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, gettext("Moved."))
            return outcome.redirect("stores:zone", booking.zone_id)
    context = {"title": gettext("Move the slot"), "back": booking.zone.get_absolute_url(), "form": form}
    return page(request, "stores/pages/act.html", {**context, "subtitle": str(booking)}, form=form)


@require("stores.book_zone")
def booking_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a slot back."""
    booking = _booking(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.cancel_booking(booking_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, gettext("Cancelled. The zone shows what it shows otherwise."))
            return outcome.redirect("stores:zone", booking.zone_id)
    context = {"title": gettext("Cancel the slot"), "back": booking.zone.get_absolute_url(), "form": form}
    return page(request, "stores/pages/act.html", {**context, "subtitle": str(booking)}, form=form)


def _zone(request: HttpRequest, pk: int) -> Zone:
    rows = Zone.objects.filter(shop__in=Shop.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("shop", "fallback", "shown"), pk=pk)


def _booking(request: HttpRequest, pk: int) -> ZoneBooking:
    rows = ZoneBooking.objects.filter(zone__shop__in=Shop.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("zone__shop", "page"), pk=pk)
