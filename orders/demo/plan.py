"""What the demo's shops have gone through, as pure data: days counted back from now, never a clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from orders.demo.buyers import PlannedBuyer
from orders.demo.catalogue import PlannedVariant
from orders.demo.luck import dice
from orders.states import HoldKind, ParcelState

MAIN, INTL, LAKESIDE, OLD_TOWN = "tb-main", "intl", "hz-hubin", "nb-laocheng"
PHYSICAL = (LAKESIDE, OLD_TOWN)
# Days ago. Until three weeks ago orders were in an old system, whose files are taken in as history
FIRST_DAY, LIVE_DAYS = 60, 21
LATE_GOODS_DAY = 12
SCARCE = 5


class Fate(StrEnum):
    """How far an order has come by now."""

    HISTORY = "history"
    THROUGH = "through"
    CANCELLED = "cancelled"
    UNPAID = "unpaid"
    SHIPPED = "shipped"
    PACKED = "packed"
    PACKING = "packing"
    PICKING = "picking"
    READY = "ready"
    OVERDUE = "overdue"
    HELD = "held"


@dataclass(slots=True)
class PlannedOrder:
    """One order. Either `days_ago` and `minute` say when it was placed, or `moment` (0 to 1 in the youngest window)."""

    key: int
    shop: str
    channel: str
    fate: Fate
    hold: HoldKind | None
    buyer: PlannedBuyer
    lines: tuple[tuple[int, int], ...]
    days_ago: int = 0
    minute: int = 0
    moment: float | None = None
    note: str = ""
    courier: str = "zto"
    travel_days: int = 2
    ending: ParcelState = ParcelState.SIGNED

    @property
    def external_id(self) -> str:
        """The number that the shop gave it."""
        prefix = {MAIN: "TB26", INTL: "61"}.get(self.shop, "DH")
        return f"{prefix}{8_000_000 + 37 * self.key}"

    def luck(self, topic: str) -> float:
        """A number below 1 that belongs to this order and this topic, the same in every run of a seed."""
        return dice(self.key, topic, self.minute).random()


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a seed decides. The last `SCARCE` variants are short; the one before them (`late`) came in late."""

    seed: int
    variants: list[PlannedVariant]
    orders: list[PlannedOrder]
    floors: dict[str, frozenset[int]]

    @property
    def late(self) -> int:
        """The variant that nobody had until `LATE_GOODS_DAY`."""
        return len(self.variants) - SCARCE - 1

    @property
    def scarce(self) -> range:
        """Variants of which fewer are there than orders ask for."""
        return range(len(self.variants) - SCARCE, len(self.variants))
