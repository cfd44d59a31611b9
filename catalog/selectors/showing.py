"""A published version in the words of shoppers: for a shop's channel, for somebody who pastes it, and for our own mall's page.

Everything comes from the snapshot, never from a draft; only the names of blocks, attributes and categories are those of now.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from approvals.models import Snapshot
from catalog.models import AttributeDefinition, Category, DescriptionBlock, Listing, Rendition
from catalog.selectors.listings import requirement_book
from catalog.selectors.wording import said_in_words
from stores.models import Shop

SIZE: Final = "large"
"""The copy of a picture that a shop gets (services/photos/processing.SIZES)."""


@dataclass(frozen=True, slots=True)
class ShownVariant:
    """A variant as it is offered. `price` and `was_price` are in the shop's currency."""

    sku: str
    name: str
    price: Decimal
    was_price: Decimal | None
    weight_grams: int
    barcode: str


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture of the version: `sha256` is that of the copy at `url`, which anybody may fetch while the version is live."""

    photo_id: int
    role: str
    alt: str
    sha256: str
    url: str
    width: int
    height: int
    rendition_id: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The words, prices and pictures of one version, in the language of its shop."""

    title: str
    brand: str
    brief: str
    slogan: str
    blocks: tuple[tuple[str, str], ...]
    service_text: str
    category: str
    attributes: tuple[tuple[str, str], ...]
    currency: str
    variants: tuple[ShownVariant, ...]
    pictures: tuple[ShownPicture, ...]


def shown(snapshot: Snapshot, shop: Shop, *, listing_id: int) -> Shown:
    """A version in words. Six queries. A variant without a price is left out: nothing is offered for nothing."""
    content = snapshot.fields
    with translation.override(shop.language):
        return Shown(
            title=content["title"],
            brand=content.get("brand") or "",
            brief=content.get("brief") or "",
            slogan=content.get("slogan") or "",
            blocks=_blocks(content.get("blocks") or {}, shop.language),
            service_text=content.get("service_text") or "",
            category=Category.objects.filter(code=content.get("category") or "").values_list("name", flat=True).first()
            or "",
            attributes=_attributes(content.get("attributes") or {}, content.get("category") or ""),
            currency=shop.currency,
            variants=_variants(content),
            pictures=_pictures(content.get("photos") or [], listing_id),
        )


def public_picture(listing_id: int, sha256: str) -> Rendition | None:
    """The copy of a picture with this hash, when it belongs to what is live of the listing; else None."""
    listing = (
        Listing.objects.filter(pk=listing_id, live__snapshot__isnull=False).select_related("live__snapshot").first()
    )
    live = listing.live if listing is not None else None
    if live is None or live.snapshot is None:
        return None
    originals = {item["key"]: item["sha256"] for item in live.snapshot.fields.get("photos") or []}
    rows = Rendition.objects.filter(sha256=sha256, photo__in=[int(key) for key in originals if key.isdecimal()])
    return next((row for row in rows.select_related("photo") if originals[str(row.photo_id)] == row.photo.sha256), None)


def picture_address(listing_id: int, sha256: str) -> str:
    """Where a shop, or a shopper, fetches a picture of a live listing."""
    return settings.SITE_URL.rstrip("/") + reverse("catalog:public_photo", args=[listing_id, sha256])


def _blocks(texts: dict[str, str], language: str) -> tuple[tuple[str, str], ...]:
    """In the company's order; a block that was removed since keeps its code as its name."""
    known = DescriptionBlock.objects.in_bulk(list(texts), field_name="code")
    codes = sorted(texts, key=lambda code: (known[code].position if code in known else 10_000, code))
    is_english = language.startswith("en")
    names = {code: (is_english and block.name_en) or block.name for code, block in known.items()}
    return tuple((names.get(code, code), texts[code]) for code in codes if texts[code].strip())


def _attributes(values: dict[str, Any], category: str) -> tuple[tuple[str, str], ...]:
    if not values:
        return ()
    known = {one.code: one for one in requirement_book().definitions_of(category)}
    missing = [code for code in values if code not in known]
    for one in AttributeDefinition.objects.filter(code__in=missing).order_by("-pk"):
        known[one.code] = one
    codes = sorted(values, key=lambda code: (known[code].position if code in known else 10_000, code))
    return tuple(
        (known[code].name, said_in_words(values[code], known[code].unit))
        if code in known
        else (code, said_in_words(values[code]))
        for code in codes
    )


def _variants(content: dict[str, Any]) -> tuple[ShownVariant, ...]:
    prices, was, weights = content.get("prices") or {}, content.get("was_prices") or {}, content.get("weight") or {}
    barcodes = content.get("barcodes") or {}
    return tuple(
        ShownVariant(
            sku=sku,
            name=name,
            price=Decimal(prices[sku]),
            was_price=Decimal(was[sku]) if was.get(sku) else None,
            weight_grams=int(weights.get(sku) or 0),
            barcode=barcodes.get(sku) or "",
        )
        for sku, name in (content.get("variants") or {}).items()
        if prices.get(sku)
    )


def _pictures(items: list[dict[str, str]], listing_id: int) -> tuple[ShownPicture, ...]:
    """Those whose bytes are still what was approved, in the order of the version."""
    rows = Rendition.objects.filter(photo__in=[int(item["key"]) for item in items], name=SIZE).select_related("photo")
    by_photo = {row.photo_id: row for row in rows}
    found = []
    for item in items:
        row = by_photo.get(int(item["key"]))
        if row is None or row.photo.sha256 != item["sha256"]:
            continue
        address = picture_address(listing_id, row.sha256)
        found.append(
            ShownPicture(
                row.photo_id, item["role"], item.get("alt") or "", row.sha256, address, row.width, row.height, row.pk
            )
        )
    return tuple(found)


def missing_pictures(snapshot: Snapshot, found: Shown) -> int:
    """Pictures of the version that have no copy to show; 0 is as it should be."""
    return len(snapshot.fields.get("photos") or []) - len(found.pictures)
