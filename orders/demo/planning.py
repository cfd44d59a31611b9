"""From a seed to a plan: how many orders there are of each fate, who placed them, when, and for what. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from orders.demo.buyers import PlannedBuyer, plan_buyers, plan_english_buyers
from orders.demo.catalogue import plan_catalogue
from orders.demo.luck import dice
from orders.demo.plan import (
    FIRST_DAY,
    INTL,
    LAKESIDE,
    LATE_GOODS_DAY,
    LIVE_DAYS,
    MAIN,
    PHYSICAL,
    SCARCE,
    Fate,
    Plan,
    PlannedOrder,
)
from orders.states import HoldKind, ParcelState

# How many orders come in each hour of a day, as weights.
_HOURS = (1, 1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 11, 9, 8, 9, 10, 9, 8, 8, 11, 15, 16, 11, 5)
# Shares of all orders. What is left over went through as orders should.
_SHARES: tuple[tuple[Fate, HoldKind | None, float], ...] = (
    (Fate.HISTORY, None, 0.62),
    (Fate.CANCELLED, None, 0.035),
    (Fate.UNPAID, None, 0.015),
    (Fate.SHIPPED, None, 0.012),
    (Fate.PACKED, None, 0.01),
    (Fate.PACKED, HoldKind.CANCEL_REQUESTED, 0.0015),
    (Fate.PACKING, None, 0.008),
    (Fate.PICKING, None, 0.01),
    (Fate.READY, None, 0.016),
    (Fate.OVERDUE, None, 0.002),
    (Fate.HELD, HoldKind.PAYMENT, 0.008),
    (Fate.HELD, HoldKind.STOCK, 0.006),
    (Fate.HELD, HoldKind.UNMAPPED, 0.004),
    (Fate.HELD, HoldKind.ADDRESS, 0.003),
    (Fate.HELD, HoldKind.NOTE, 0.003),
    (Fate.HELD, HoldKind.PRESALE, 0.003),
    (Fate.HELD, HoldKind.PRICE, 0.002),
    (Fate.HELD, HoldKind.FRAUD, 0.002),
    (Fate.HELD, HoldKind.CHANGED, 0.002),
)
_AT_LEAST = {Fate.PICKING: 4, Fate.PACKING: 2}
# Where in the window from yesterday evening till now (0 to 1) the youngest orders came in; each must be there before its wave.
_WINDOW = {
    Fate.SHIPPED: (0.0, 0.4),
    Fate.PACKED: (0.0, 0.58),
    Fate.PACKING: (0.1, 0.74),
    Fate.PICKING: (0.2, 0.86),
    Fate.READY: (0.45, 0.985),
    Fate.HELD: (0.15, 0.98),
}
# The first three are trouble that somebody has to look after now.
_OPEN_ENDINGS = 3
_ENDINGS = (
    (ParcelState.PROBLEM, 0.006),
    (ParcelState.RETURNING, 0.004),
    (ParcelState.AT_PICKUP_POINT, 0.004),
    (ParcelState.RETURNED, 0.003),
    (ParcelState.LOST, 0.001),
    (ParcelState.SIGNED_BY_OTHER, 0.06),
)


def plan_company(seed: int, count: int) -> Plan:
    """The plan of `count` orders."""
    rng = dice(seed, "orders")
    catalogue = plan_catalogue(seed)
    archived = catalogue[-1].product
    # What people order is asked for in this order: popular first. The archived product's variants are nobody's.
    sold = [variant for variant in catalogue if variant.product != archived]
    rng.shuffle(sold)
    variants = [variant for variant in catalogue if variant.product == archived] + sold
    first_sold, usual = len(variants) - len(sold), len(variants) - SCARCE - 1
    floors = {shop: frozenset(rng.sample(range(first_sold, usual), min(80, 20 + count // 20))) for shop in PHYSICAL}
    plan = Plan(seed, variants, [], floors)
    chinese, english = plan_buyers(seed, max(12, count // 2)), plan_english_buyers(seed, max(6, count // 9))
    for key, (fate, hold) in enumerate(_fates(count, rng)):
        plan.orders.append(_order(key, fate, hold, plan, rng, chinese, english, range(first_sold, usual)))
    _give_endings(plan.orders, rng)
    return plan


def _fates(count: int, rng: Random) -> list[tuple[Fate, HoldKind | None]]:
    fates: list[tuple[Fate, HoldKind | None]] = []
    for fate, hold, share in _SHARES:
        fates += [(fate, hold)] * max(_AT_LEAST.get(fate, 1), round(count * share))
    fates += [(Fate.THROUGH, None)] * max(0, count - len(fates))
    rng.shuffle(fates)
    return fates


def _order(
    key: int,
    fate: Fate,
    hold: HoldKind | None,
    plan: Plan,
    rng: Random,
    chinese: list[PlannedBuyer],
    english: list[PlannedBuyer],
    sold: range,
) -> PlannedOrder:
    from_warehouse = fate in (Fate.SHIPPED, Fate.PACKED, Fate.PACKING, Fate.PICKING) or hold in (
        HoldKind.STOCK, HoldKind.UNMAPPED, HoldKind.PRESALE,
    )  # fmt: skip
    shops, weights = ((MAIN, INTL), (72, 28)) if from_warehouse else ((MAIN, INTL, *PHYSICAL), (66, 22, 7, 5))
    shop = rng.choices(shops, weights)[0]
    if fate == Fate.HISTORY:
        shop = rng.choices((MAIN, LAKESIDE), (8, 2))[0]
    goods = sorted(plan.floors[shop]) if shop in PHYSICAL else sold
    order = PlannedOrder(
        key=key,
        shop=shop,
        channel={MAIN: "api", INTL: rng.choices(("shopify", "woocommerce"), (7, 3))[0]}.get(shop, "hand"),
        fate=fate,
        hold=hold,
        buyer=_someone(english if shop == INTL else chinese, rng),
        lines=tuple(_lines(goods, rng)),
    )
    _place(order, rng)
    if hold == HoldKind.STOCK:
        order.lines = (*order.lines[:1], (rng.choice(plan.scarce), rng.randrange(3, 6)))
    elif shop == MAIN and fate == Fate.THROUGH and order.days_ago in range(LATE_GOODS_DAY + 1, LATE_GOODS_DAY + 4):
        order.lines = ((plan.late, 1),) if rng.random() < 0.3 else order.lines
    if shop == INTL:
        order.courier, order.travel_days = rng.choices(("ups", "usps"), (5, 4))[0], rng.randrange(7, 14)
    elif shop in PHYSICAL:
        order.courier, order.travel_days = "sf", rng.randrange(1, 3)
    else:
        order.courier, order.travel_days = rng.choices(("zto", "yto", "sf"), (5, 3, 2))[0], rng.randrange(2, 5)
    return order


def _place(order: PlannedOrder, rng: Random) -> None:
    """When it was placed: by fate, with more orders lately, a promotion eighteen days ago, and the rhythm of a day."""
    hour = rng.choices(range(24), _HOURS)[0]
    order.minute = 60 * hour + rng.randrange(60)
    if order.fate == Fate.HISTORY:
        order.days_ago = rng.randrange(LIVE_DAYS + 1, FIRST_DAY + 1)
    elif order.fate == Fate.OVERDUE:
        order.days_ago = rng.randrange(2, 4)
    elif order.fate in (Fate.THROUGH, Fate.CANCELLED, Fate.UNPAID):
        days = range(1 if order.fate == Fate.THROUGH else 2, LIVE_DAYS + 1)
        weights = [(80 - day) * (1.25 if day % 7 in (0, 1) else 1) * (2.2 if day in (17, 18) else 1) for day in days]
        order.days_ago = rng.choices(days, weights)[0]
        if order.days_ago == 1:
            order.minute = (
                7 * 60 + order.minute % 350
            )  # in time for yesterday's wave; the afternoon belongs to the youngest
    elif order.fate == Fate.HELD and rng.random() < 0.4:
        order.days_ago = rng.randrange(2, 9 if order.hold == HoldKind.STOCK else 4)
    else:
        first, last = _WINDOW[order.fate]
        order.moment = first + (last - first) * rng.random()


def _someone(buyers: list[PlannedBuyer], rng: Random) -> PlannedBuyer:
    """Some buy often, most once or twice."""
    return buyers[int(len(buyers) * rng.random() ** 1.6)]


def _lines(goods: range | list[int], rng: Random) -> Iterator[tuple[int, int]]:
    count = rng.choices((1, 2, 3), (74, 20, 6))[0]
    chosen = {goods[int(len(goods) * rng.random() ** 1.8)] for _line in range(count)}
    for variant in sorted(chosen):
        yield variant, rng.choices((1, 2, 3), (90, 8, 2))[0]


def _give_endings(orders: list[PlannedOrder], rng: Random) -> None:
    """Not every parcel arrives: trouble that is still open is young, what is settled may be older."""
    left = [order for order in orders if order.fate == Fate.THROUGH and order.days_ago >= order.travel_days + 3]
    left.sort(key=lambda order: (order.days_ago - order.travel_days, order.key))
    for number, (ending, share) in enumerate(_ENDINGS):
        if number == _OPEN_ENDINGS:
            rng.shuffle(left)
        count = max(1, round(len(left) * share))
        for order in left[:count]:
            order.ending = ending
        left = left[count:]
