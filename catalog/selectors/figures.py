"""Figures about what shops show: how alike their titles are, and which customers their listings are made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Avg, Count, F, Q
from django.utils.formats import number_format

from catalog.models import Listing, TitleMeasure
from catalog.states import ListingState
from stores.models import CustomerGroup, Shop

COMPARED_WITH: Final = timedelta(days=28)
MANY_ALIKE: Final = Decimal("0.10")
"""From one title in ten on, the share is told as a warning."""


@dataclass(frozen=True, slots=True)
class ShopFigures:
    """One shop: shown listings, share of near-identical titles (0 to 1) now and four weeks before, mean rating (1 to 5)."""

    shop: Shop
    shown: int
    rating: float | None
    share: Decimal | None
    share_before: Decimal | None

    @property
    def is_alike(self) -> bool:
        """Whether too many titles say the same."""
        return self.share is not None and self.share >= MANY_ALIKE

    @property
    def share_text(self) -> str:
        """The share in percent."""
        return _percent(self.share)

    @property
    def before_text(self) -> str:
        """The share of four weeks before, in percent."""
        return _percent(self.share_before)


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """How many shown listings are made for a customer group (None: for none that is named), in all and by shop."""

    group: CustomerGroup | None
    total: int
    by_shop: list[int]


def shop_figures(user: Any, today: date) -> list[ShopFigures]:
    """The person's shops that show something, by name. Three queries."""
    shown = Q(listings__state=ListingState.LISTED)
    shops = (
        Shop.objects.visible_to(user)
        .annotate(
            shown=Count("listings", filter=shown, distinct=True),
            rating=Avg(
                "listings__revisions__ratings__rating",
                filter=shown & Q(listings__revisions__request__snapshot=F("listings__live__snapshot")),
            ),
        )
        .filter(shown__gt=0)
        .order_by("name")
    )
    now, before = _shares(today), _shares(today - COMPARED_WITH)
    return [ShopFigures(shop, shop.shown, shop.rating, now.get(shop.pk), before.get(shop.pk)) for shop in shops]


def _shares(until: date) -> Mapping[int, Decimal]:
    rows = TitleMeasure.objects.filter(on__lte=until).order_by("shop", "-on").distinct("shop")
    return dict(rows.values_list("shop", "share"))


def _percent(share: Decimal | None) -> str:
    return "–" if share is None else f"{number_format(share * 100, 1)}\u00a0%"


def group_figures(user: Any, shops: list[Shop]) -> list[GroupFigures]:
    """Shown listings by customer group, in the groups' rank, those without one last. Two queries."""
    rows = Listing.objects.visible_to(user).filter(state=ListingState.LISTED)
    counts = {
        (group, shop): count
        for group, shop, count in rows.order_by().values_list("customer_group", "shop").annotate(count=Count("pk"))
    }
    groups: list[CustomerGroup | None] = [*CustomerGroup.objects.order_by("rank", "code"), None]
    found = []
    for group in groups:
        by_shop = [counts.get((group and group.pk, shop.pk), 0) for shop in shops]
        found.append(GroupFigures(group, sum(by_shop), by_shop))
    return [one for one in found if one.group is not None or one.total]
