"""What the modules of a page may name: pictures, zones and pages of its shop, and products from the floor above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stores.models import Page, PagePicture, Zone
from stores.policies.modules import FieldType, Surroundings
from stores.registries import PAGE_SOURCES, Choice
from stores.selectors.storefront import PRODUCTS
from stores.states import PageKind

_LED_TO = (PageKind.HOME, PageKind.SUB, PageKind.BRAND, PageKind.PROMOTION)
_PICTURES = 200


def surroundings(shop_id: int) -> Surroundings:
    """Pictures, zones and page addresses of a shop, which modules may name. Three queries."""
    return Surroundings(
        pictures=frozenset(PagePicture.objects.filter(shop_id=shop_id).values_list("sha256", flat=True)),
        zones=frozenset(Zone.objects.filter(shop_id=shop_id).values_list("code", flat=True)),
        pages=frozenset(Page.objects.filter(shop_id=shop_id, kind__in=_LED_TO).values_list("slug", flat=True)),
    )


def choices_for(page: Page, modules: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Choice]]:
    """By type of field what it may name, for all modules of a page at once; of products only those that are chosen."""
    pictures = PagePicture.objects.filter(shop=page.shop_id).order_by("-uploaded_at", "-pk")
    zones = Zone.objects.filter(shop=page.shop_id).order_by("name")
    others = Page.objects.filter(shop=page.shop_id, kind__in=_LED_TO).order_by("name")
    found: dict[str, Sequence[Choice]] = {
        FieldType.PICTURE: [Choice(one.sha256, one.alt or one.file_name) for one in pictures[:_PICTURES]],
        FieldType.ZONE: [Choice(one.code, one.name) for one in zones],
        FieldType.PAGE: [Choice(one.slug, one.name) for one in others],
    }
    if PRODUCTS in PAGE_SOURCES:
        source = PAGE_SOURCES.get(PRODUCTS)
        found[FieldType.CATEGORY] = source.categories(page.shop_id)
        chosen = {pk for module in modules for pk in module["data"].get("products", ())}
        found[FieldType.PRODUCTS] = source.named(page.shop_id, sorted(chosen)) if chosen else []
    return found


def products_found(shop_id: int, words: str) -> Sequence[Choice]:
    """Products of a shop that words find; none while no floor above declares products."""
    return PAGE_SOURCES.get(PRODUCTS).choices(shop_id, words) if PRODUCTS in PAGE_SOURCES else ()
