"""What shop pages show of the catalogue: listings that are live in that shop, as they were approved."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models import Category, Listing, Product, Rendition
from catalog.selectors import products_matching
from stores.registries import PAGE_SOURCES, Card, Choice, PageSource

_CHOICES = 20
_PICTURE = "list"  # the size of a card


def read(shop_id: int, *, ids: Sequence[int] = (), category: str = "", limit: int) -> list[Card]:
    """Cards of live listings: of these products in their order, or of a category and those below it, the newest first.

    Everything comes from the approved snapshot: title, lowest price, picture.
    """
    rows = _live(shop_id)
    if category:
        below = _with_below(category)
        found = list(rows.filter(product__category__code__in=below).order_by("-live__live_since", "-pk")[: limit * 2])
        # The shop may have put the product into another category than the master says.
        return _cards([one for one in found if _fields(one).get("category") in below][:limit])
    by_product = {listing.product_id: listing for listing in rows.filter(product__in=list(ids)[:limit])}
    return _cards([by_product[product] for product in ids[:limit] if product in by_product])


def choices(shop_id: int, words: str) -> list[Choice]:
    """Products with a live listing in the shop, by name; with words, those that match."""
    products = Product.objects.filter(listings__in=_live(shop_id).values("pk"))
    if words.strip():
        products = products_matching(products, words.strip()[:60])
    return [Choice(str(product.pk), product.name) for product in products.order_by("name", "pk")[:_CHOICES]]


def named(shop_id: int, ids: Sequence[int]) -> list[Choice]:
    """The products by their ids, in that order; those that are not live in the shop say so."""
    names = dict(Product.objects.filter(pk__in=list(ids)).values_list("pk", "name"))
    live = set(_live(shop_id).filter(product__in=list(ids)).values_list("product_id", flat=True))
    away = _("not live in this shop")
    return [
        Choice(str(product), names[product] if product in live else f"{names[product]} ({away})")
        for product in ids
        if product in names
    ]


def categories(shop_id: int) -> list[Choice]:
    """Categories with live listings in the shop, by name."""
    held = Category.objects.filter(pk__in=_live(shop_id).values("product__category"))
    return [Choice(category.code, category.name) for category in held.order_by("name", "pk")]


def _live(shop_id: int) -> QuerySet[Listing]:
    return Listing.objects.filter(shop_id=shop_id, live__snapshot__isnull=False).select_related(
        "live__snapshot", "shop"
    )


def _fields(listing: Listing) -> dict[str, Any]:
    return listing.live.snapshot.fields if listing.live and listing.live.snapshot else {}


def _cards(listings: Sequence[Listing]) -> list[Card]:
    """One query for the pictures of all."""
    photos = {listing.pk: photo for listing in listings if (photo := _first_photo(_fields(listing))) is not None}
    keys = [int(photo["key"]) for photo in photos.values()]
    made = Rendition.objects.filter(photo__in=keys, name=_PICTURE).select_related("photo") if keys else []
    copies = {(str(copy.photo_id), copy.photo.sha256): copy.sha256 for copy in made}
    return [_card(listing, photos.get(listing.pk), copies) for listing in listings]


def _card(listing: Listing, photo: dict[str, Any] | None, copies: dict[tuple[str, str], str]) -> Card:
    fields = _fields(listing)
    prices = [Decimal(amount) for amount in (fields.get("prices") or {}).values() if amount]
    copy = copies.get((photo["key"], photo["sha256"])) if photo else None
    return Card(
        id=listing.pk,
        title=fields.get("title") or "",
        price=min(prices) if prices else None,
        currency=listing.shop.currency if prices else "",
        picture_url=reverse("catalog:public_photo", args=[listing.pk, copy]) if copy else "",
        url=reverse("catalog:public_listing", args=[listing.shop.code, listing.pk]),
    )


def _first_photo(fields: dict[str, Any]) -> dict[str, Any] | None:
    photos = fields.get("photos") or []
    return next((photo for photo in photos if photo.get("role") == "main"), photos[0] if photos else None)


def _with_below(code: str) -> set[str]:
    """A category's code and those of everything below it. One query for the whole tree, which is small."""
    parents = list(Category.objects.values_list("code", "parent__code"))
    found, grown = {code}, True
    while grown:
        more = {child for child, parent in parents if parent in found} - found
        found |= more
        grown = bool(more)
    return found


PAGE_SOURCES.register("catalog.products", PageSource(_("Products"), read, choices, named, categories))
