"""Where on the shelves a variant lies."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from approvals.services import record
from config.kit.actor import Actor
from inventory.models import StockLevel


@transaction.atomic
def set_bin(*, level_id: int, bin_code: str, actor: Actor, now: datetime) -> StockLevel:
    """Name the bin by which pick lists are sorted. Locks the level; the same bin again writes nothing."""
    level = StockLevel.objects.select_for_update().get(pk=level_id)
    if level.bin_code != bin_code:
        changes = {"bin_code": [level.bin_code, bin_code]}
        level.bin_code = bin_code
        level.save(update_fields=["bin_code"])
        record("inventory.bin_set", level, actor=actor, changes=changes, at=now)
    return level
