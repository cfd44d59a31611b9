"""The three weeks of live business, day by day: receipts, intake, desk, wave, hand-over, deliveries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from config.kit.actor import Actor
from orders import services
from orders.demo import desk, warehouse
from orders.demo.intake import take
from orders.demo.plan import LIVE_DAYS, PHYSICAL, Fate, PlannedOrder
from orders.demo.stock import Receipt, receive
from orders.demo.waybills import journey
from orders.demo.world import World, refresh_statistics
from orders.states import ParcelState

_SLOTS = (9 * 60, 13 * 60, 17 * 60, 21 * 60, 24 * 60)  # orders are fetched at these minutes
_WAVE = 14 * 60
_SIGNED = (ParcelState.SIGNED, ParcelState.SIGNED_BY_OTHER)
_HANDED_OVER = _WAVE + 210


def live_through(world: World, receipts: dict[int, Receipt]) -> None:
    """Play every order that was placed before yesterday evening, in the order of time."""
    placed: dict[int, list[PlannedOrder]] = defaultdict(list)
    for order in world.plan.orders:
        if order.moment is None and order.fate != Fate.HISTORY:
            placed[order.days_ago].append(order)
    unsettled: list[PlannedOrder] = []
    waiting: list[PlannedOrder] = []
    arrivals: dict[int, list[tuple[PlannedOrder, int]]] = defaultdict(list)
    for day in range(LIVE_DAYS, 0, -1):
        receive(world, day, receipts.get(day, {}), f"采购入库 第 {(LIVE_DAYS - day) // 7 + 4} 周")
        unsettled += _fetch(world, placed[day], day, _SLOTS[:2])
        for step, order in enumerate(unsettled):
            desk.settle_doubts(world, order, world.at(day, 13 * 60 + 20) + timedelta(seconds=20 * step))
        waiting += [order for order in unsettled if order.fate == Fate.THROUGH]
        today = [
            order for order in waiting if order.shop not in PHYSICAL or day % 2
        ]  # shops send parcels every other day
        gone = warehouse.ship(world, today, world.at(day, _WAVE))
        shipped = {order.key for order in gone}
        waiting = [order for order in waiting if order.key not in shipped]
        for order in gone:
            arrives = day - order.travel_days
            arrivals[arrives if arrives > 0 else 0].append((order, day))
        _deliver(world, arrivals.pop(day, []), day)
        unsettled = _fetch(world, placed[day], day, _SLOTS[2:])
        if day % 7 == 0:
            refresh_statistics()
            world.say(f"  {day} days ago: {len(world.order_ids)} orders taken in")
    _deliver(world, arrivals.pop(0, []), 0)


def _fetch(world: World, orders: Sequence[PlannedOrder], day: int, slots: Sequence[int]) -> list[PlannedOrder]:
    fetched = []
    for slot in slots:
        begin = _SLOTS[_SLOTS.index(slot) - 1] if slot != _SLOTS[0] else 0
        batch = [order for order in orders if begin <= order.minute < slot]
        if batch:
            take(world, batch, world.at(day, slot))
            for step, order in enumerate(batch):
                desk.look_at_new(world, order, world.at(day, slot) + timedelta(seconds=30 + 15 * step))
            fetched += batch
    return fetched


def _deliver(world: World, arrivals: Sequence[tuple[PlannedOrder, int]], day: int) -> None:
    """Report journeys that end on this day; on day 0 those that are still under way, as far as the courier knows."""
    for order, left_on in arrivals:
        left_at = world.at(left_on, _HANDED_OVER)
        ends_at = world.at(day if day else -1, 9 * 60 + int(order.luck("arrives") * 560))
        report = journey(order, left_at, ends_at, world.now)
        if not report.events:
            continue
        source = "easypost" if order.courier in ("ups", "usps") else "kuaidi100"
        told_at = min(world.now, report.events[-1].at + timedelta(minutes=12))
        services.apply_tracking_report(report=report, source=source, actor=Actor.client(source), now=told_at)
        if day and order.ending in _SIGNED and desk.wants_money_back(order):
            desk.refund(world, order, world.at(day, 21 * 60))
