"""Promotion zones: what is shown, the library, and the slots."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.kit.web import Chip, Column, HeaderAction, ListScreen, Tone, page, require
from stores import services
from stores.forms.pages import BookingForm, MoveBookingForm, ReasonForm, ZoneForm, ZoneSettingsForm, moment
from stores.models import Shop, Zone, ZoneBooking
from stores.selectors import zones as selectors
from stores.selectors.timeline import timeline_of
from stores.states import BookingState
from stores.views.acts import form_page

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
    return form_page(
        request,
        "stores/pages/act.html",
        ZoneForm(request.POST or None, user=request.user, initial=request.GET.dict()),
        lambda data, act: services.create_zone(shop_id=data["shop"].pk, code=data["code"], name=data["name"], **act),
        done=gettext("The zone is made. Choose what it shows while nothing is booked."),
        context={"title": gettext("New zone"), "back": reverse("stores:zone_list")},
    )


@require("stores.book_zone")
def zone_settings(request: HttpRequest, pk: int) -> HttpResponse:
    """A zone's name and fallback."""
    zone = _zone(request, pk)
    return form_page(
        request,
        "stores/pages/act.html",
        ZoneSettingsForm(request.POST or None, zone=zone, initial={"name": zone.name, "fallback": zone.fallback_id}),
        lambda data, act: services.change_zone(
            zone_id=pk,
            name=data["name"],
            fallback_id=data["fallback"].pk if data["fallback"] else None,
            reason=data["reason"],
            **act,
        ),
        done=gettext("Kept."),
        to=zone.get_absolute_url(),
        context=_about(gettext("Settings of the zone"), zone, zone),
    )


@require("stores.book_zone")
def zone_book(request: HttpRequest, pk: int) -> HttpResponse:
    """Book a slot."""
    zone = _zone(request, pk)
    return form_page(
        request,
        "stores/pages/act.html",
        BookingForm(request.POST or None, pages=selectors.library(zone.shop_id), initial=request.GET.dict()),
        lambda data, act: services.book_zone(
            zone_id=pk,
            page_id=data["page"].pk,
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            reason=data["reason"],
            **act,
        ),
        done=gettext("Booked. It is swapped in and back by itself."),
        to=zone.get_absolute_url(),
        context=_about(gettext("Book a slot"), zone, zone),
    )


@require("stores.book_zone")
def booking_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a slot other times."""
    booking = _booking(request, pk)
    initial = {"starts_at": moment(booking.starts_at), "ends_at": moment(booking.ends_at)}
    return form_page(
        request,
        "stores/pages/act.html",
        MoveBookingForm(request.POST or None, initial=initial),
        lambda data, act: services.move_booking(booking_id=pk, **data, **act),
        done=gettext("Moved."),
        to=booking.zone.get_absolute_url(),
        context=_about(gettext("Move the slot"), booking, booking.zone),
    )


@require("stores.book_zone")
def booking_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a slot back."""
    booking = _booking(request, pk)
    return form_page(
        request,
        "stores/pages/act.html",
        ReasonForm(request.POST or None),
        lambda data, act: services.cancel_booking(booking_id=pk, **data, **act),
        done=gettext("Cancelled. The zone shows what it shows otherwise."),
        to=booking.zone.get_absolute_url(),
        context=_about(gettext("Cancel the slot"), booking, booking.zone),
    )


def _about(title: str, subject: Zone | ZoneBooking, zone: Zone) -> dict[str, str]:
    return {"title": title, "subtitle": str(subject), "back": zone.get_absolute_url()}


def _zone(request: HttpRequest, pk: int) -> Zone:
    rows = Zone.objects.filter(shop__in=Shop.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("shop", "fallback", "shown"), pk=pk)


def _booking(request: HttpRequest, pk: int) -> ZoneBooking:
    rows = ZoneBooking.objects.filter(zone__shop__in=Shop.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("zone__shop", "page"), pk=pk)
