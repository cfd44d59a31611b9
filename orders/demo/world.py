"""What the story's chapters share: the rows that were made so far, and the one clock that they all read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from catalog.models import Variant
from config.kit.actor import Actor
from inventory.models import Location
from orders.demo.plan import Plan, PlannedOrder
from stores.models import Employee, Shop

ZONE = ZoneInfo("Asia/Shanghai")
MALL = "mall"
"""The company's own online shop (公司商城): it lists goods, and takes no orders yet."""


@dataclass
class World:
    """`order_ids` holds the order of each plan key that was taken in."""

    plan: Plan
    now: datetime
    say: Callable[[str], None]
    people: dict[str, Employee] = field(default_factory=dict)
    shops: dict[str, Shop] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)
    couriers: dict[str, int] = field(default_factory=dict)
    variants: Sequence[Variant] = ()
    order_ids: dict[int, int] = field(default_factory=dict)

    def at(self, days_ago: int, minute: int = 0) -> datetime:
        """A minute of a local day."""
        midnight = self.now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=days_ago) + timedelta(minutes=minute)

    def lately(self, share: float) -> datetime:
        """A moment between yesterday evening (0) and now (1)."""
        start = self.at(1, 18 * 60)
        return start + (self.now - start) * share

    def placed_at(self, order: PlannedOrder) -> datetime:
        """When the buyer ordered."""
        return self.at(order.days_ago, order.minute) if order.moment is None else self.lately(order.moment)

    def staff(self, username: str) -> Actor:
        """An employee as the one who acts."""
        person = self.people[username]
        return Actor.staff(user_id=person.pk, label=str(person))

    def tell_news(self) -> None:
        """Run what waits for the commit. The whole demo is one transaction, and stock that came in must reach orders at once."""
        waiting, connection.run_on_commit = connection.run_on_commit, []
        for entry in waiting:
            entry[1]()  # savepoints, what to call, whether it may fail


def refresh_statistics() -> None:
    """Nobody else sees the rows of the demo's transaction, so nobody else tells the planner how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
