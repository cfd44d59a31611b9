"""Sealing the trail: batches of entries, each bound to the batch before it by hash."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import connection, transaction

from approvals.models import TrailDigest, TrailSeal
from approvals.policies.trail import CURRENT_FORM, FORMS, GENESIS, SealFacts, entry_digest, seal_digest
from approvals.selectors.trail import floor_of_unsealed, unsealed_entries

log = structlog.get_logger(__name__)
SEAL_SIZE = 5000
_SEAL_LOCK = 0x7A67_7365  # advisory: a chain grows at one end only


def seal_trail(*, now: datetime) -> int:
    """Seal every visible entry that is not sealed yet; returns how many.

    An entry's id is given before its transaction commits, so a smaller id may appear after a larger one was sealed.
    Such a latecomer is simply part of a later seal: a seal says "these rows looked like this by then", not "there are
    no others in between". To find latecomers without reading the whole trail, the search starts at a floor: the
    highest id sealed more than a day ago.

    Each seal is a transaction of its own. When another process is sealing, this one leaves the work to it and returns 0.
    """
    total, floor = 0, floor_of_unsealed()
    while True:
        sealed = _seal_batch(floor, now)
        total += sealed
        if sealed < SEAL_SIZE:
            return total


@transaction.atomic
def _seal_batch(floor: int, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    rows = unsealed_entries().filter(pk__gt=floor).order_by("pk").values(*FORMS[CURRENT_FORM])
    digests = {row["id"]: entry_digest(row) for row in rows[:SEAL_SIZE]}
    if not digests:
        return 0
    last = TrailSeal.objects.order_by("-pk").first()
    facts = SealFacts(CURRENT_FORM, now, len(digests), max(digests), bytes(last.digest) if last else GENESIS)
    seal = TrailSeal.objects.create(
        form=facts.form,
        sealed_at=now,
        entry_count=facts.entry_count,
        last_entry_id=facts.last_entry_id,
        previous=facts.previous,
        digest=seal_digest(facts, digests.values()),
    )
    TrailDigest.objects.bulk_create(
        TrailDigest(entry_id=pk, seal=seal, digest=digest) for pk, digest in digests.items()
    )
    # The log leaves this machine: whoever cuts off the end of the chain cannot cut it off there (verify_trail --holds).
    log.info("trail_sealed", seal=seal.pk, entries=facts.entry_count, digest=bytes(seal.digest).hex())
    return facts.entry_count
