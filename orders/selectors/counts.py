"""How much waits, in numbers: for the home page and the system page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from orders.models import ImportRow, Order, Parcel, RawInput
from orders.states import InputState, OrderMode, OrderStatus, ParcelState, StockStatus
from stores.selectors import visible_shop_ids


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """Live orders in work within a person's shops, by what they wait for."""

    held: int
    unmapped: int
    short: int
    ready: int
    picking: int
    packed: int
    overdue: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class BenchCounts:
    """What waits at the bench, over all locations."""

    ready: int
    picking: int
    packed: int
    to_hand_over: int


def desk_counts(user: Any, now: datetime) -> DeskCounts:
    """One statement over the partial index of orders in work, one over quarantined inputs."""
    in_work = Q(status__in=(OrderStatus.HELD, OrderStatus.READY, OrderStatus.PICKING, OrderStatus.PACKED))
    found = (
        Order.objects.visible_to(user)
        .filter(in_work, mode=OrderMode.LIVE)
        .aggregate(
            held=Count("pk", filter=Q(status=OrderStatus.HELD)),
            unmapped=Count("pk", filter=Q(stock_status=StockStatus.UNMAPPED)),
            short=Count("pk", filter=Q(stock_status=StockStatus.SHORT)),
            ready=Count("pk", filter=Q(status=OrderStatus.READY)),
            picking=Count("pk", filter=Q(status=OrderStatus.PICKING)),
            packed=Count("pk", filter=Q(status=OrderStatus.PACKED)),
            overdue=Count("pk", filter=Q(ship_by__lt=now)),
        )
    )
    inputs = RawInput.objects.filter(state=InputState.QUARANTINED)
    shops = visible_shop_ids(user)
    if shops is not None:
        inputs = inputs.filter(shop__in=shops)
    return DeskCounts(**found, quarantined=inputs.count())


def bench_counts() -> BenchCounts:
    """Two statements: orders by status, packed parcels."""
    found = Order.objects.filter(mode=OrderMode.LIVE).aggregate(
        ready=Count("pk", filter=Q(status=OrderStatus.READY)),
        picking=Count("pk", filter=Q(status=OrderStatus.PICKING)),
        packed=Count("pk", filter=Q(status=OrderStatus.PACKED)),
    )
    return BenchCounts(**found, to_hand_over=Parcel.objects.filter(state=ParcelState.PACKED).count())


def inputs_waiting(now: datetime) -> tuple[int, datetime | None]:
    """Raw inputs that are due and the time since which the oldest waits."""
    found = RawInput.objects.filter(state=InputState.PENDING, next_at__lte=now).aggregate(
        n=Count("pk"), since=Min("next_at")
    )
    return found["n"], found["since"]


def quarantine_waiting(now: datetime) -> tuple[int, datetime | None]:
    """Quarantined inputs and rows of files, with the time since which the oldest input waits."""
    inputs = RawInput.objects.filter(state=InputState.QUARANTINED).aggregate(n=Count("pk"), since=Min("done_at"))
    rows = ImportRow.objects.filter(state=InputState.QUARANTINED).count()
    return inputs["n"] + rows, inputs["since"]
