"""From yesterday evening till now: the orders that are still in the house, each as far as its fate says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from config.kit.actor import Actor
from orders import services
from orders.demo import desk, warehouse
from orders.demo.intake import take_batch
from orders.demo.plan import Fate, PlannedOrder
from orders.demo.world import World
from orders.models import Parcel
from orders.states import HoldKind

Act = tuple[float, Callable[[], None]]


def live_today(world: World) -> None:
    """Play what happened in the youngest window, in the order of time."""
    acts: list[Act] = [
        (order.moment, lambda order=order: _arrive(world, order))  # type: ignore[misc]
        for order in world.plan.orders
        if order.moment is not None
    ]
    acts += [
        (0.45, lambda: _ship(world)),
        (0.62, lambda: _pack(world)),
        (0.78, lambda: _half_pack(world)),
        (0.89, lambda: _half_pick(world)),
        (0.987, lambda: _ask_for_cancellation(world)),
    ]
    for _moment, act in sorted(acts, key=lambda one: one[0]):
        act()
        world.tell_news()


def _of(world: World, fate: Fate) -> list[PlannedOrder]:
    return [order for order in world.plan.orders if order.fate == fate]


def _arrive(world: World, order: PlannedOrder) -> None:
    now = world.placed_at(order) + timedelta(seconds=25)
    take_batch(world, order.shop, order.channel, [order], now)
    desk.look_at_new(world, order, min(world.now, now + timedelta(minutes=4)))


def _ship(world: World) -> None:
    """What left last night or this morning."""
    orders = _of(world, Fate.SHIPPED)
    for wave in warehouse.build_waves(world, orders, world.lately(0.45)).values():
        warehouse.pick(world, wave, world.lately(0.47))
    parcels = [
        warehouse.pack(world, order, world.lately(0.5 + 0.05 * step / len(orders))) for step, order in enumerate(orders)
    ]
    warehouse.hand_over(world, parcels, world.lately(0.58))


def _pack(world: World) -> None:
    """What is packed and waits for its courier, a part of it in the bag already."""
    orders = _of(world, Fate.PACKED)
    for wave in warehouse.build_waves(world, orders, world.lately(0.62)).values():
        warehouse.pick(world, wave, world.lately(0.64))
    for step, order in enumerate(orders):
        parcel = warehouse.pack(world, order, world.lately(0.66 + 0.08 * step / len(orders)))
        if step % 5 < 2:
            services.bag_parcel(
                courier_id=parcel.courier_id or 0, location_id=parcel.location_id, code=parcel.waybill,
                actor=world.staff("wh"), now=world.lately(0.76),
            )  # fmt: skip


def _half_pack(world: World) -> None:
    """A wave at the pack bench: picked, every second parcel scanned but for its last piece."""
    orders = _of(world, Fate.PACKING)
    for wave in warehouse.build_waves(world, orders, world.lately(0.78)).values():
        warehouse.pick(world, wave, world.lately(0.8))
    for order in orders[::2]:
        warehouse.scan(world, order, world.lately(0.85), leave=1)


def _half_pick(world: World) -> None:
    """A wave that is being walked, with one bin where a piece was missing."""
    for wave in warehouse.build_waves(world, _of(world, Fate.PICKING), world.lately(0.89)).values():
        left = warehouse.pick(world, wave, world.lately(0.92), share=0.5)
        if len(left) > 1:
            services.short_pick(
                wave_id=wave.pk, pick_line_id=left[0].pk, quantity=1, reason="货架上只剩空盒。",
                actor=world.staff("wh-min"), now=world.lately(0.96),
            )  # fmt: skip


def _ask_for_cancellation(world: World) -> None:
    """Channels that want packed orders back: held before they leave."""
    for order in _of(world, Fate.PACKED):
        if order.hold == HoldKind.CANCEL_REQUESTED:
            parcel = Parcel.objects.get(order=world.order_ids[order.key])
            services.cancel_by_channel(
                order_id=parcel.order_id, actor=Actor.client(f"{order.shop} {order.channel}"), now=world.lately(0.987)
            )
