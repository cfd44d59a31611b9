"""Reads of proof-reading: the queue, how long ago listings were read, and a live version field by field (CAT-6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from catalog.models import Listing, ProofreadTask
from catalog.selectors.wording import WordedField, said_in_marks, worded_fields
from catalog.states import ListingState
from stores.models import Shop

AGES: Final = (7, 14, 30, 60)
"""Upper ends, in days, of the bars of the age distribution; two more hold what is older and what was never read."""


@dataclass(frozen=True, slots=True)
class AgeBar:
    """How many shown listings were last read so long ago. `days` None with `never` False: longer than the last bar."""

    days: int | None
    never: bool
    count: int


def tasks_for(user: Any) -> QuerySet[ProofreadTask]:
    """Readings in the person's shops, open and done."""
    rows = ProofreadTask.objects.select_related("listing__shop", "listing__product", "listing__proofread_by", "done_by")
    if user.has_perm("stores.see_all_shops"):
        return rows
    return rows.filter(store_id__in=Shop.objects.visible_to(user).values("pk"))


def next_task(user: Any, *, besides: int) -> ProofreadTask | None:
    """The most urgent open reading but this one."""
    return tasks_for(user).filter(done_at__isnull=True).exclude(pk=besides).order_by("priority", "due_at", "pk").first()


def age_distribution(user: Any, now: datetime) -> list[AgeBar]:
    """How long ago shown listings were last read. One query."""
    rows = Listing.objects.visible_to(user).filter(state=ListingState.LISTED)
    ends = [now - timedelta(days=days) for days in AGES]
    bounds = zip([None, *ends[:-1]], ends, strict=True)
    counts = {
        f"a{place}": Count("pk", filter=Q(proofread_at__gte=low) & (Q(proofread_at__lt=high) if high else Q()))
        for place, (high, low) in enumerate(bounds)
    }
    found = rows.aggregate(
        **counts,
        older=Count("pk", filter=Q(proofread_at__lt=ends[-1])),
        never=Count("pk", filter=Q(proofread_at__isnull=True)),
    )
    return [
        *(AgeBar(days, False, found[f"a{place}"]) for place, days in enumerate(AGES)),
        AgeBar(None, False, found["older"]),
        AgeBar(None, True, found["never"]),
    ]


def live_entries(content: Mapping[str, Any]) -> list[WordedField]:
    """The fields of a version that say something, in their order, with parts under their names. Four queries."""
    return [one for one in worded_fields(content, said=said_in_marks) if content.get(one.code)]
