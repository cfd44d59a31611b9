"""Waves, picking, packing and hand-over of planned orders, each with the service that the bench uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from orders import services
from orders.demo import names
from orders.demo.plan import PlannedOrder
from orders.demo.waybills import waybill
from orders.demo.world import World
from orders.models import Note, Order, Parcel, ParcelLine, PickLine, Wave
from orders.selectors.bench import WaveRule
from orders.states import NoteKind, OrderStatus

_PICKERS = ("wh-lei", "wh-min")


def build_waves(world: World, orders: Sequence[PlannedOrder], now: datetime) -> dict[str, Wave]:
    """A wave for each location that has ready orders among these. Location code → wave."""
    ids = [world.order_ids[order.key] for order in orders]
    ready = set(Order.objects.filter(pk__in=ids, status=OrderStatus.READY).values_list("pk", flat=True))
    waves = {}
    for location in world.locations:
        here = tuple(
            world.order_ids[order.key]
            for order in orders
            if world.order_ids[order.key] in ready and _location(world, order) == location
        )
        if here:
            rule = WaveRule(location_id=world.locations[location].pk, order_ids=here, limit=len(here))
            waves[location] = services.build_wave(rule=rule, actor=world.staff(_boss(location)), now=now)
    return waves


def pick(world: World, wave: Wave, now: datetime, *, share: float = 1.0) -> list[PickLine]:
    """Walk the first part of a wave, fifteen seconds a bin. Returns the bins that are left."""
    lines = list(PickLine.objects.filter(wave=wave).order_by("walk_order"))
    walked = round(len(lines) * share)
    for step, line in enumerate(lines[:walked]):
        services.pick(
            wave_id=wave.pk, pick_line_id=line.pk, quantity=line.quantity,
            actor=world.staff(_PICKERS[wave.pk % 2]), now=now + timedelta(seconds=15 * step),
        )  # fmt: skip
    return lines[walked:]


def scan(world: World, order: PlannedOrder, now: datetime, *, leave: int = 0) -> Parcel:
    """Scan an order's pieces into its parcel, all but the last `leave`; now and then the wrong one first."""
    parcel = Parcel.objects.get(order=world.order_ids[order.key])
    actor = world.staff(_packer(order))
    if order.luck("wrong scan") < 0.02:
        services.scan_unit(parcel_id=parcel.pk, code=world.plan.variants[0].barcode, actor=actor, now=now)
    rows = (
        ParcelLine.objects.filter(parcel=parcel).order_by("pk").values_list("order_line__variant__barcode", "quantity")
    )
    codes = [code for code, quantity in rows for _unit in range(quantity)]
    for code in codes[: len(codes) - leave]:
        services.scan_unit(parcel_id=parcel.pk, code=code, actor=actor, now=now)
    return parcel


def pack(world: World, order: PlannedOrder, now: datetime) -> Parcel:
    """Scan everything, read the notes, close the parcel under its waybill."""
    parcel = scan(world, order, now)
    actor = world.staff(_packer(order))
    notes = Note.objects.filter(order=parcel.order_id, kind=NoteKind.WAREHOUSE).values_list("pk", flat=True)
    if notes:
        services.acknowledge_notes(parcel_id=parcel.pk, note_ids=list(notes), actor=actor, now=now)
    weight = sum(world.plan.variants[variant].weight_grams * pieces for variant, pieces in order.lines) + 120
    return services.close_parcel(
        parcel_id=parcel.pk, waybill=waybill(order), courier_id=world.couriers[order.courier], weight_grams=weight,
        actor=actor, now=now + timedelta(seconds=50),
    ).parcel  # fmt: skip


def hand_over(world: World, parcels: Sequence[Parcel], now: datetime) -> None:
    """Give parcels away, one hand-over for each location and courier."""
    bags: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for parcel in parcels:
        bags[parcel.location_id, parcel.courier_id].append(parcel.pk)
    for (location_id, courier_id), parcel_ids in sorted(bags.items()):
        services.hand_over(
            courier_id=courier_id or 0, location_id=location_id, parcel_ids=parcel_ids,
            taken_by=names.DRIVERS[(courier_id or 0) % len(names.DRIVERS)], actor=world.staff("wh"), now=now,
        )  # fmt: skip


def ship(world: World, orders: Sequence[PlannedOrder], start: datetime) -> list[PlannedOrder]:
    """A whole afternoon: those of the orders that are ready are picked, packed and handed over. Returns them."""
    waves = build_waves(world, orders, start)
    for wave in waves.values():
        pick(world, wave, start + timedelta(minutes=10))
    ids = set(Order.objects.filter(wave__in=waves.values()).values_list("pk", flat=True))
    gone = [order for order in orders if world.order_ids[order.key] in ids]
    parcels = [pack(world, order, start + timedelta(minutes=60, seconds=90 * step)) for step, order in enumerate(gone)]
    hand_over(world, parcels, start + timedelta(minutes=210))
    return gone


def _location(world: World, order: PlannedOrder) -> str:
    return order.shop if order.shop in world.locations else "main"


def _boss(location: str) -> str:
    return "wh" if location == "main" else "off"


def _packer(order: PlannedOrder) -> str:
    return _PICKERS[order.key % 2]
