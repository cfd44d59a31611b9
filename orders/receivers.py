"""News from below."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from config.kit.actor import Actor
from inventory.signals import stock_replenished
from orders.services import allocate_waiting

# What a booking frees is given out at once to this many orders; the sweep serves the rest.
AT_ONCE = 200


@receiver(stock_replenished, dispatch_uid="orders.allocate_waiting")
def give_to_waiting(sender: Any, *, variant_ids: list[int], now: datetime, **kwargs: Any) -> None:
    """Stock that became free goes to the orders that wait for it, oldest promise first."""
    allocate_waiting(actor=Actor.system("allocation"), now=now, variant_ids=variant_ids, limit=AT_ONCE)
