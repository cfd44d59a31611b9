"""Reads of prices: what was asked, is asked and will be."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from catalog.models import Price
from catalog.policies.pricing import COMPANY_CURRENCY
from catalog.states import PriceStage
from stores.models import Shop


def holding(now: datetime) -> Q:
    """Prices that hold at this moment; the end does not belong to it."""
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def prices_for(user: Any, now: datetime) -> QuerySet[Price]:
    """The company's prices and those of the person's shops, the latest first, with `currency` and the `stage` at this moment."""
    rows = Price.objects.select_related("variant__product", "shop", "set_by").order_by("-starts_at", "-pk")
    if not user.has_perm("stores.see_all_shops"):
        rows = rows.filter(Q(shop__isnull=True) | Q(shop__in=Shop.objects.visible_to(user)))
    return rows.annotate(
        currency=Coalesce("shop__currency", Value(COMPANY_CURRENCY)),
        stage=Case(
            When(starts_at__gt=now, then=Value(str(PriceStage.PLANNED))),
            When(holding(now), then=Value(str(PriceStage.HOLDS))),
            default=Value(str(PriceStage.OVER)),
        ),
    )
