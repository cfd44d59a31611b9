"""The nightly proof that levels are the sums of their movements."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from approvals.services import Act, beat, record_many
from config.kit.actor import Actor
from inventory import selectors

HEARTBEAT = "stock-check"


@transaction.atomic
def compare_levels_with_ledger(*, actor: Actor, now: datetime) -> list[selectors.LedgerDifference]:
    """Write every difference into the trail and note the heartbeat. Corrects nothing: a person looks first."""
    differences = selectors.ledger_differences()
    acts = []
    for found in differences:
        subject = ("inventory.stocklevel", found.level_id) if found.level_id else ("catalog.variant", found.variant_id)
        changes = {
            "on_hand": [found.ledger_on_hand, found.on_hand],
            "reserved": [found.ledger_reserved, found.reserved],
            "promised": [found.promised, found.reserved],
        }
        reason = f"location {found.location_id}: ledger, level"
        acts.append(Act("inventory.ledger_disagrees", *subject, reason=reason, changes=changes))
    record_many(acts, actor=actor, at=now)
    beat(HEARTBEAT, now=now, differences=len(differences))
    return differences
