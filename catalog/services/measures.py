"""What is counted every night and kept, so that one sees where it goes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from django.utils.timezone import localdate

from approvals.policies.content import near_identical_share
from catalog.models import Listing, TitleMeasure
from catalog.states import ListingState


def measure_titles(*, now: datetime) -> int:
    """Write down for every shop how alike its shown titles are (CAT-12); returns how many shops. Again the same day: anew."""
    on = localdate(now)
    titles: defaultdict[int, list[str]] = defaultdict(list)
    shown = Listing.objects.filter(state=ListingState.LISTED)
    for shop_id, title in shown.values_list("shop", "title").iterator(chunk_size=5_000):
        titles[shop_id].append(title)
    rows = [
        TitleMeasure(shop_id=shop_id, on=on, titles=len(of_shop), share=_rounded(near_identical_share(of_shop)))
        for shop_id, of_shop in sorted(titles.items())
    ]
    TitleMeasure.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["shop", "on"], update_fields=["titles", "share"]
    )
    return len(rows)


def _rounded(share: float) -> Decimal:
    return Decimal(str(share)).quantize(Decimal("0.0001"))
