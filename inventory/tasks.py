"""What stock does by the clock."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from config.kit.actor import Actor
from inventory import services

log = structlog.get_logger(__name__)


@shared_task(name="inventory.compare_levels_with_ledger")
def compare_levels_with_ledger() -> int:
    """Compare every level with the ledger. Returns how many disagree."""
    actor = Actor.system("inventory.compare_levels_with_ledger")
    found = services.compare_levels_with_ledger(actor=actor, now=timezone.now())
    if found:
        log.error("stock_ledger_disagrees", count=len(found), first=str(found[0]))
    return len(found)
