"""Where an order's goods are taken from. Pure: facts in, decision out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """A locked stock level with what the choice needs to know of its location."""

    level_id: int
    variant_id: int
    location_id: int
    on_hand: int
    reserved: int
    location_shop_id: int | None
    location_priority: int
    serves_online: bool

    @property
    def available(self) -> int:
        """Pieces that nobody is promised."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Need:
    """Pieces of one variant for one order line."""

    line_id: int
    variant_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderNeed:
    """All that one order of one shop needs; it is served from one location or waits."""

    order_id: int
    store_id: int
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Shortage:
    """What is missing of one variant: the best that a single location could give."""

    variant_id: int
    asked: int
    available: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """One line taken from one level."""

    line_id: int
    store_id: int
    level_id: int
    variant_id: int
    location_id: int
    quantity: int


class Allocator:
    """Gives orders their goods one after the other from a set of locked levels, remembering what it gave.

    Locations are asked in this order: the shop's own, then by priority, then by key. The first that can serve the
    whole order wins; an order is never spread over locations here (splitting is a decision of a person).
    """

    def __init__(self, levels: Iterable[LevelFacts]) -> None:
        self._by_location: dict[int, dict[int, LevelFacts]] = {}
        self._free: dict[int, int] = {}
        self._facts: dict[int, LevelFacts] = {}
        for level in levels:
            self._by_location.setdefault(level.location_id, {})[level.variant_id] = level
            self._free[level.level_id] = level.available
            self._facts[level.location_id] = level

    def allocate(self, order: OrderNeed) -> list[Allocation] | list[Shortage]:
        """The order's allocations, or its shortages and nothing taken."""
        asked: dict[int, int] = {}
        for need in order.needs:
            asked[need.variant_id] = asked.get(need.variant_id, 0) + need.quantity
        for location_id in self._locations_for(order.store_id):
            levels = self._by_location[location_id]
            if all(variant in levels and self._free[levels[variant].level_id] >= n for variant, n in asked.items()):
                for variant, n in asked.items():
                    self._free[levels[variant].level_id] -= n
                return [
                    Allocation(
                        need.line_id,
                        order.store_id,
                        levels[need.variant_id].level_id,
                        need.variant_id,
                        location_id,
                        need.quantity,
                    )
                    for need in order.needs
                ]
        return self._shortages(order.store_id, asked)

    def _locations_for(self, store_id: int) -> Sequence[int]:
        usable = [facts for facts in self._facts.values() if facts.serves_online or facts.location_shop_id == store_id]
        usable.sort(key=lambda f: (f.location_shop_id != store_id, f.location_priority, f.location_id))
        return [facts.location_id for facts in usable]

    def _shortages(self, store_id: int, asked: Mapping[int, int]) -> list[Shortage]:
        locations = self._locations_for(store_id)
        best = {
            variant: max(
                (
                    self._free[self._by_location[location][variant].level_id]
                    for location in locations
                    if variant in self._by_location[location]
                ),
                default=0,
            )
            for variant in asked
        }
        missing = [Shortage(variant, n, best[variant]) for variant, n in asked.items() if best[variant] < n]
        # Every variant is somewhere, but no location has them all: name all of them.
        return missing or [Shortage(variant, n, best[variant]) for variant, n in asked.items()]
