"""Locks of orders: functions that return rows, in key order. The house's lock order stands in orders/README.md."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from django.db.models import QuerySet

from orders.models import Order, Parcel, RawInput, Wave


def lock_order(order_id: int) -> Order:
    """Lock one order and return it fresh. Raises Order.DoesNotExist."""
    return Order.objects.select_for_update().get(pk=order_id)


def lock_orders(orders: Collection[int] | QuerySet[Order], *, skip_locked: bool = False) -> list[Order]:
    """Lock many orders in key order and return them fresh; `skip_locked` leaves out those that somebody else holds."""
    return list(
        Order.objects.filter(pk__in=cast(Any, orders)).order_by("pk").select_for_update(skip_locked=skip_locked)
    )


def lock_wave(wave_id: int) -> Wave:
    """Lock one wave and return it fresh."""
    return Wave.objects.select_for_update().get(pk=wave_id)


def lock_parcel(parcel_id: int) -> Parcel:
    """Lock one parcel and return it fresh. Lock its order first."""
    return Parcel.objects.select_for_update().get(pk=parcel_id)


def lock_input(input_id: int) -> RawInput:
    """Lock one raw input and return it fresh."""
    return RawInput.objects.select_for_update().get(pk=input_id)
