"""Enums of stock."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LocationKind(models.TextChoices):
    """Where pieces lie."""

    WAREHOUSE = "warehouse", _("warehouse")
    SHOP_FLOOR = "shop_floor", _("physical shop")


class MovementKind(models.TextChoices):
    """Why a level changed. Reserving changes `reserved` only, shipping both."""

    RECEIPT = "receipt", _("receipt")
    CORRECTION = "correction", _("correction")
    RESERVE = "reserve", _("reserved")
    RELEASE = "release", _("reservation released")
    SHIP = "ship", _("shipped")
    SALE = "sale", _("sold over the counter")
    RETURN = "return", _("returned")


class ReservationState(models.TextChoices):
    """A reservation is held until it is shipped or released."""

    HELD = "held", _("promised")
    SHIPPED = "shipped", _("shipped")
    RELEASED = "released", _("given back")


RESERVATION_TRANSITIONS: dict[str, frozenset[str]] = {
    ReservationState.HELD: frozenset({ReservationState.SHIPPED, ReservationState.RELEASED}),
    ReservationState.SHIPPED: frozenset(),
    ReservationState.RELEASED: frozenset(),
}
