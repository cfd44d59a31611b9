"""Couriers, parcels, scans, hand-over and tracking."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from config.kit.guards import append_only, state_machine
from orders.states import PARCEL_TRANSITIONS, ParcelState, ScanResult


class Courier(models.Model):
    """A parcel service. `patterns` are regular expressions of its waybill numbers: they guess and warn, never refuse."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    patterns = models.JSONField(_("waybill patterns"), default=list, blank=True)
    kuaidi100_code = models.CharField(_("code at 快递100"), max_length=40, blank=True)
    easypost_code = models.CharField(_("code at EasyPost"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("courier")
        verbose_name_plural = _("couriers")

    def __str__(self) -> str:
        return self.name


class HandOver(models.Model):
    """Parcels given to one courier at one time, with the name of who took them."""

    courier = models.ForeignKey(Courier, models.PROTECT, related_name="handovers", verbose_name=_("courier"))
    location = models.ForeignKey(
        "inventory.Location", models.PROTECT, related_name="handovers", verbose_name=_("location")
    )
    taken_by = models.CharField(_("taken by"), max_length=80)
    parcel_count = models.PositiveIntegerField(_("parcels"))
    at = models.DateTimeField(_("at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("handed over by")
    )

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")

    def __str__(self) -> str:
        return f"{self.courier} {self.at:%m-%d %H:%M}"


class Parcel(models.Model):
    """One box of an order. `note_number` is the shipping note's number, printed as a barcode."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="parcels", verbose_name=_("order"))
    store_id = models.BigIntegerField(_("shop"))
    note_number = models.CharField(_("shipping note"), max_length=24, unique=True)
    location = models.ForeignKey(
        "inventory.Location", models.PROTECT, related_name="parcels", verbose_name=_("location")
    )
    state = models.CharField(_("state"), max_length=20, choices=ParcelState.choices, default=ParcelState.PACKING)
    courier = models.ForeignKey(Courier, models.PROTECT, null=True, related_name="parcels", verbose_name=_("courier"))
    waybill = models.CharField(_("waybill"), max_length=40, blank=True)
    weight_grams = models.PositiveIntegerField(_("weight (g)"), null=True)
    handover = models.ForeignKey(
        HandOver, models.PROTECT, null=True, related_name="parcels", verbose_name=_("hand-over")
    )
    print_count = models.PositiveSmallIntegerField(_("prints"), default=0)
    created_at = models.DateTimeField(_("created"))
    packed_at = models.DateTimeField(_("packed"), null=True)
    packed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("packed by")
    )
    bagged_at = models.DateTimeField(
        _("in the courier's bag since"), null=True, help_text=_("Scanned for the next hand-over; survives a reload.")
    )
    state_at = models.DateTimeField(_("state since"))
    delivered_at = models.DateTimeField(_("delivered"), null=True)

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        indexes = [
            models.Index(
                fields=["state", "id"], name="parcel_to_hand_over", condition=Q(state__in=("packing", "packed"))
            ),
        ]
        constraints = [
            models.UniqueConstraint(Upper("waybill"), condition=~Q(waybill=""), name="waybill_is_on_one_parcel"),
            models.CheckConstraint(
                condition=Q(state="packing") | (~Q(waybill="") & Q(courier__isnull=False)),
                name="packed_parcel_has_a_waybill",
            ),
            models.CheckConstraint(
                condition=Q(bagged_at__isnull=True) | ~Q(state="packing"), name="bag_takes_packed_parcels_only"
            ),
        ]
        triggers = [state_machine("state", PARCEL_TRANSITIONS)]

    def __str__(self) -> str:
        return self.note_number


class ParcelLine(models.Model):
    """How many pieces of an order line belong in the parcel and how many were scanned into it."""

    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="lines", verbose_name=_("parcel"))
    order_line = models.ForeignKey(
        "orders.OrderLine", models.PROTECT, related_name="parcel_lines", verbose_name=_("order line")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    scanned = models.PositiveIntegerField(_("scanned"), default=0)

    class Meta:
        verbose_name = _("parcel line")
        verbose_name_plural = _("parcel lines")
        constraints = [
            models.UniqueConstraint(fields=["parcel", "order_line"], name="parcel_holds_a_line_once"),
            models.CheckConstraint(condition=Q(scanned__lte=F("quantity")), name="scanned_within_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.scanned}/{self.quantity}"


class ScanEvent(models.Model):
    """Each scan at the bench, right or wrong (SHIP-2)."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="scans", verbose_name=_("parcel"))
    code = models.CharField(_("code"), max_length=120)
    result = models.CharField(_("result"), max_length=12, choices=ScanResult.choices)
    at = models.DateTimeField(_("at"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.code}: {self.result}"


class TrackingEvent(models.Model):
    """One line of a parcel's journey as a courier told it. `fingerprint` makes a repeated line harmless."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="events", verbose_name=_("parcel"))
    at = models.DateTimeField(_("at"))
    state = models.CharField(_("state"), max_length=20, choices=ParcelState.choices)
    text = models.CharField(_("text"), max_length=500)
    place = models.CharField(_("place"), max_length=120, blank=True)
    source = models.SlugField(_("source"), max_length=24)
    raw_input = models.ForeignKey(
        "orders.RawInput", models.PROTECT, null=True, related_name="+", verbose_name=_("raw input")
    )
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        constraints = [models.UniqueConstraint(fields=["parcel", "fingerprint"], name="tracking_event_once")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.at:%m-%d %H:%M} {self.text[:40]}"
