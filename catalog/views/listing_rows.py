"""What lists of things about listings have in common: the columns that they begin with, and the filter by shop."""

from __future__ import annotations

from typing import Any, Final

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from config.kit.web import Column
from stores.models import Shop

LISTING_AND_SHOP: Final = (
    Column(
        "listing",
        _("Listing"),
        value=lambda row: row.listing.title or str(row.listing.product),
        link=lambda row: row.get_absolute_url(),
    ),
    Column("shop", _("Shop"), value=lambda row: row.listing.shop.name),
)
"""Which listing in which shop, of rows with a `listing`; the link leads to the page of the row itself."""


def store_filter() -> django_filters.ModelChoiceFilter:
    """A filter by shop for rows with a `store_id` of their own, which has an index; theirs is no foreign key."""

    def in_shop(rows: QuerySet[Any], name: str, shop: Shop) -> QuerySet[Any]:
        return rows.filter(store_id=shop.pk)

    return django_filters.ModelChoiceFilter(label=_("Shop"), queryset=Shop.objects.order_by("name"), method=in_shop)
