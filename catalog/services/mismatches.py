"""The hourly comparison of change notices with what shoppers see (CAT-5)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q

from approvals.models import LiveContent
from approvals.services import Act, DeadlineStart, meet_deadlines, record_many, start_deadlines
from catalog.models import Listing, Price, SourceItem
from catalog.policies.fields import LISTING_KIND
from catalog.policies.notices import differences, governing
from catalog.services.sources import SUBJECT
from catalog.states import SourceKind, SourceState
from config.kit.actor import Actor

RULE = "notice_mismatch"
_BATCH = 200  # products whose live contents are in memory at once


def compare_notices(*, now: datetime, product_ids: Iterable[int] | None = None) -> int:
    """Compare the notices in effect with the live listings of their products; returns how many now differ.

    A difference starts the clock `notice_mismatch`, owed by operations, on the notice; when everything agrees again the
    clock is met. Safe to run twice or side by side. Products in batches, each in its own transaction with seven
    statements however many rows differ.
    """
    notices = SourceItem.objects.filter(kind=SourceKind.NOTICE, effective_at__lte=now, product__isnull=False)
    notices = notices.exclude(state=SourceState.REFUSED)
    if product_ids is not None:
        notices = notices.filter(product__in=list(product_ids))
    products = sorted(notices.values_list("product", flat=True).distinct())
    return sum(_compare(products[at : at + _BATCH], now) for at in range(0, len(products), _BATCH))


@transaction.atomic
def _compare(products: Sequence[int], now: datetime) -> int:
    # Locked in key order, so that a notice is judged by what stood there when its row was written.
    items = list(
        SourceItem.objects.filter(
            kind=SourceKind.NOTICE, effective_at__lte=now, product__in=products
        ).exclude(state=SourceState.REFUSED).order_by("pk").select_for_update()
    )  # fmt: skip
    by_product: dict[int, list[SourceItem]] = defaultdict(list)
    for item in sorted(items, key=lambda row: (row.effective_at, row.pk)):
        by_product[item.product_id or 0].append(item)
    listings = _live_listings(products)
    holding = _holding_prices(products, now)
    differing: list[SourceItem] = []
    agreeing: list[SourceItem] = []
    for product, rows in by_product.items():
        left = {notice.id: notice.facts for notice in governing((row.pk, row.facts) for row in rows)}
        for item in rows:
            found = _found(left[item.pk], listings.get(product, ()), holding.get(product, ()), item)
            if found:
                differing.append(item)
            elif item.mismatch_since is not None:
                agreeing.append(item)
            item.mismatch = found
            item.checked_at = now
    _write(items, differing, agreeing, now)
    return len(differing)


def _write(items: list[SourceItem], differing: list[SourceItem], agreeing: list[SourceItem], now: datetime) -> None:
    actor = Actor.system("compare notices")
    fresh = [item for item in differing if item.mismatch_since is None]
    for item in fresh:
        item.mismatch_since = now
    for item in agreeing:
        item.mismatch_since = None
    SourceItem.objects.bulk_update(items, ["mismatch", "mismatch_since", "checked_at"], batch_size=500)
    if fresh:
        start_deadlines(
            [
                DeadlineStart(
                    rule=RULE,
                    subject_type=SUBJECT,
                    subject_id=item.pk,
                    subject_label=item.title,
                    starts_at=now,
                    owner_role="OPS",
                )
                for item in fresh
            ],
            now=now,
        )
    if agreeing:
        meet_deadlines(
            subject_type=SUBJECT, subject_ids=[item.pk for item in agreeing], rules=[RULE], actor=actor, now=now
        )
    acts = [
        Act("catalog.notice_differs", SUBJECT, item.pk, changes={"mismatch": [[], item.mismatch]}) for item in fresh
    ]
    acts += [Act("catalog.notice_agrees", SUBJECT, item.pk) for item in agreeing]
    if acts:
        record_many(acts, actor=actor, at=now)


def _found(
    facts: Mapping[str, Any],
    listings: Iterable[tuple[Listing, Mapping[str, Any]]],
    holding: Iterable[_Holding],
    item: SourceItem,
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for listing, content in listings if facts else ():
        # Another price that began after the notice took effect was set on purpose. The notice's own price that was
        # entered late is none: it must be seen in the shop like one that was entered in time.
        later_priced = {
            price.sku
            for price in holding
            if price.shop_id in (None, listing.shop_id)
            and item.effective_at
            and price.starts_at > item.effective_at
            and str(price.amount) != facts.get("prices", {}).get(price.sku)
        }
        for difference in differences(facts, content, currency=listing.shop.currency, later_priced=later_priced):
            found.append(
                {
                    "listing": listing.pk,
                    "label": str(listing),
                    "field": difference.field,
                    "wanted": difference.wanted,
                    "found": difference.found,
                }
            )
    return found


def _live_listings(products: Sequence[int]) -> dict[int, list[tuple[Listing, Mapping[str, Any]]]]:
    """Listings that shoppers see, with the content that they see, by product."""
    rows = {row.pk: row for row in Listing.objects.filter(product__in=products).select_related("shop", "product")}
    contents = LiveContent.objects.filter(kind=LISTING_KIND, subject_id__in=rows, snapshot__isnull=False)
    found: dict[int, list[tuple[Listing, Mapping[str, Any]]]] = defaultdict(list)
    for pk, content in contents.order_by("subject_id").values_list("subject_id", "snapshot__content"):
        found[rows[pk].product_id].append((rows[pk], json.loads(content)))
    return found


class _Holding(NamedTuple):
    """A price that is asked now; without a shop, in every one."""

    sku: str
    shop_id: int | None
    amount: Decimal
    starts_at: datetime


def _holding_prices(products: Sequence[int], now: datetime) -> dict[int, list[_Holding]]:
    """The prices that are asked now, by product."""
    rows = Price.objects.filter(variant__product__in=products, starts_at__lte=now)
    rows = rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    found: dict[int, list[_Holding]] = defaultdict(list)
    for product, sku, shop, amount, starts in rows.values_list(
        "variant__product", "variant__sku", "shop", "amount", "starts_at"
    ):
        found[product].append(_Holding(sku, shop, amount, starts))
    return found
