"""The shot list as it is read."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from catalog.models import Listing, ListingPlanLine, Product, Shot
from catalog.states import ListingState, PlanState, ProductState

BEST_SELLERS = 50
"""Products up to this sales rank are photographed first."""


def shot_list(user: Any) -> QuerySet[Shot]:
    """Shots with their product, owner and picture. Products belong to every shop, so everybody sees all."""
    return Shot.objects.select_related("product", "owner", "photo")


def products_to_photograph() -> QuerySet[Product]:
    """Best sellers, and what is sold or planned anywhere; archived products are left out."""
    sold = Listing.objects.filter(state__in=(ListingState.PREPARING, ListingState.LISTED))
    planned = ListingPlanLine.objects.filter(
        done_at__isnull=True, plan__state__in=(PlanState.IN_REVIEW, PlanState.APPROVED)
    )
    return Product.objects.exclude(state=ProductState.ARCHIVED).filter(
        Q(sales_rank__lte=BEST_SELLERS) | Q(pk__in=sold.values("product_id")) | Q(pk__in=planned.values("product_id"))
    )
