"""Reads of parcels on their way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Upper

from config.kit.web import mask_name, mask_phone
from orders.couriers import clean_waybill
from orders.models import Order, Parcel, TrackingEvent


def parcels_visible_to(user: Any) -> QuerySet[Parcel]:
    """Parcels of the orders that the employee may see."""
    return Parcel.objects.filter(order__in=Order.objects.visible_to(user)).select_related(
        "order__shop", "courier", "location"
    )


def parcel_ids_by_waybill(waybill: str) -> Sequence[tuple[int, int]]:
    """(order, parcel) of a waybill; at most one pair, for a number is on one parcel."""
    number = clean_waybill(waybill)
    if not number:
        return []
    found = Parcel.objects.alias(number=Upper("waybill")).filter(number=number).exclude(waybill="")
    return list(found.values_list("order_id", "pk"))


def without_names(words: str, order: Order) -> str:
    """What a courier wrote with the recipient covered: couriers tell who signed, and at which number they rang."""
    name, phone = order.recipient_name, order.recipient_phone
    for private, masked in ((name, mask_name(name)), (phone, mask_phone(phone))):
        if private:
            words = words.replace(private, masked)
    return words


def journey(parcel_id: int) -> list[TrackingEvent]:
    """What couriers told about a parcel, newest first."""
    return list(TrackingEvent.objects.filter(parcel_id=parcel_id).order_by("-at", "-pk"))
