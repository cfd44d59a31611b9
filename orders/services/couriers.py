"""The declared couriers as rows."""

from __future__ import annotations

from django.db import transaction

from orders.couriers import COURIERS
from orders.models import Courier


@transaction.atomic
def sync_couriers() -> int:
    """Make a row for every declared courier without one; a row that is there may have been changed and stays. Returns how many."""
    here = set(Courier.objects.values_list("code", flat=True))
    missing = [
        Courier(
            code=declared.code,
            name=declared.name,
            patterns=list(declared.patterns),
            kuaidi100_code=declared.kuaidi100_code,
            easypost_code=declared.easypost_code,
        )
        for declared in COURIERS
        if declared.code not in here
    ]
    Courier.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)
