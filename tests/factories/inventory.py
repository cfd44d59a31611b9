"""Builders of stock. Levels are filled through the service, so that the ledger always agrees."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from catalog.models import Variant
from config.kit.actor import Actor
from inventory import services
from inventory.models import Location, StockLevel
from inventory.services import StockLine
from inventory.states import LocationKind
from tests.factories.catalog import VariantFactory


class LocationFactory(DjangoModelFactory):
    """One warehouse unless a code is given."""

    class Meta:
        model = Location
        django_get_or_create = ("code",)

    code = "main"
    name = factory.LazyAttribute(lambda o: o.code.title())
    kind = LocationKind.WAREHOUSE


def stock(
    quantity: int, *, variant: Variant | None = None, location: Location | None = None, **facts: Any
) -> StockLevel:
    """A level with so many pieces on hand, received at the beginning of the year."""
    line = StockLine((variant or VariantFactory()).pk, (location or LocationFactory()).pk, quantity)
    booked = services.receive_stock(
        lines=[line], reference="opening", actor=Actor.system("tests"), now=datetime(2026, 1, 1, tzinfo=UTC)
    )
    level = booked[0]
    if facts:
        StockLevel.objects.filter(pk=level.pk).update(**facts)
    level.refresh_from_db()
    return level
