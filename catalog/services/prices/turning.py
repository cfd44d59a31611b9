"""What begins or ends by the clock is brought along: nobody has to remember it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from django.db import transaction

from approvals.services import record_many
from catalog.models import Price, Variant
from catalog.selectors.prices import holding
from catalog.services._locks import lock_masters, lock_variants
from catalog.services.following import follow_master
from catalog.services.prices._rows import act_of, change_of, turn_of
from config.kit.actor import Actor
from config.kit.sweep import SweepResult

log = structlog.get_logger(__name__)
_BATCH = 100  # products whose listings are followed in one transaction


def turn_prices(*, actor: Actor, now: datetime, limit: int = 5_000) -> SweepResult:
    """Bring along what begins or ends by the clock: `Variant.price`, and drafts for the listings that show another price.

    Products in batches, each in its own transaction; one that fails is left for the next sweep and holds up nobody. Safe to
    run twice or side by side.
    """
    due = (
        Price.objects.filter(turns_at__lte=now).order_by("variant__product").values_list("variant__product", flat=True)
    )
    products = list(due.distinct()[:limit])
    result = SweepResult()
    for start in range(0, len(products), _BATCH):
        _turn_batch(products[start : start + _BATCH], result, actor, now)
    return result


def _turn_batch(product_ids: Sequence[int], result: SweepResult, actor: Actor, now: datetime) -> None:
    try:
        result.handled += _turn_products(product_ids, actor, now)
    except Exception:
        if len(product_ids) == 1:
            log.exception("prices_not_turned", product=product_ids[0])
            result.failed += 1
            return
        for one in product_ids:
            _turn_batch([one], result, actor, now)


@transaction.atomic
def _turn_products(product_ids: Sequence[int], actor: Actor, now: datetime) -> int:
    lock_masters(product_ids)
    rows = list(
        Price.objects.filter(variant__product__in=product_ids, turns_at__lte=now).order_by("variant", "starts_at")
    )
    if not rows:
        return 0  # another sweep was faster
    variants = lock_variants({row.variant_id for row in rows})
    in_force = Price.objects.filter(holding(now), variant__in=variants, shop__isnull=True)
    company = dict(in_force.values_list("variant", "amount"))
    in_step = []
    for pk, variant in variants.items():
        if pk in company and company[pk] != variant.price:
            variant.price = company[pk]
            in_step.append(variant)
    Variant.objects.bulk_update(in_step, ["price"], batch_size=1000)
    acts = []
    for row in rows:
        action = "catalog.price_began" if row.turns_at == row.starts_at else "catalog.price_ended"
        acts.append(replace(act_of(change_of(row), row.amount, None, row.starts_at), action=action))
        row.turns_at = turn_of(row.starts_at, row.ends_at, now)
    Price.objects.bulk_update(rows, ["turns_at"], batch_size=1000)
    record_many(acts, actor=actor, at=now)
    follow_master(product_ids=product_ids, actor=actor, now=now)
    return len(product_ids)
