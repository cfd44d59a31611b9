"""What a revision says: the product master with the shop's own values over it, for one or for thousands in as many queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from approvals.states import DraftState
from catalog.models import Listing, ListingRevision, Package, Photo, Price, Product, Variant
from catalog.policies.fields import Override, overlay, override_list
from catalog.policies.pricing import Span, price_at
from catalog.states import PhotoRole, PhotoState
from stores.models import Shop

_ROLE_ORDER = {role: place for place, role in enumerate(PhotoRole.values)}


@dataclass(frozen=True, slots=True)
class Layer:
    """Overrides of a product in a shop, to be laid over the master.

    `at`: the moment whose prices count; None means the last moment at which something that it says was written (see
    `contents_of`).
    """

    product_id: int
    shop_id: int
    overrides: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    written_at: datetime | None = None


@dataclass(slots=True)
class _Master:
    """Everything that the contents of some products are made of."""

    products: dict[int, Product]
    shops: dict[int, Shop]
    variants: dict[int, list[Variant]]
    prices: dict[int, list[Price]]
    photos: dict[int, list[Photo]]


def content_of(revision: ListingRevision, *, at: datetime | None) -> dict[str, Any]:
    """What one revision says; see `contents_of`."""
    return contents_of([revision], at=at)[revision.pk]


def contents_of(revisions: Sequence[ListingRevision], *, at: datetime | None) -> dict[int, dict[str, Any]]:
    """Revision id → its content with the prices that hold at `at`, in a constant number of queries.

    With `at` None they are those of the publication time or, without one, of the last moment at which the draft or a
    price of its variants was written. So a draft says the same until somebody writes something, whatever the clock
    shows; that a price has begun since then is found by the check before a publication.
    """
    return resolve(layers_of(revisions, at=at))


def layers_of(revisions: Iterable[ListingRevision], *, at: datetime | None) -> dict[int, Layer]:
    """Revision id → its layer, in two queries. A revision without a time of its own has that of its package."""
    rows = list(revisions)
    listings = Listing.objects.in_bulk({revision.listing_id for revision in rows})
    package_ids = {revision.package_id for revision in rows if revision.package_id is not None}
    times = dict(Package.objects.filter(pk__in=package_ids).values_list("pk", "publish_at"))

    def layer(revision: ListingRevision) -> Layer:
        listing = listings[revision.listing_id]
        publish_at = revision.publish_at or times.get(revision.package_id or 0)
        written_at = max(filter(None, (publish_at, revision.changed_at)))
        return Layer(listing.product_id, listing.shop_id, revision.overrides, at, written_at)

    return {revision.pk: layer(revision) for revision in rows}


def resolve(layers: Mapping[int, Layer]) -> dict[int, dict[str, Any]]:
    """Key → content for each layer: six queries, however many."""
    shown = {
        int(item["key"])
        for layer in layers.values()
        for item in layer.overrides.get("photos") or ()
        if str(item["key"]).isdecimal()
    }
    master = _read({layer.product_id for layer in layers.values()}, {layer.shop_id for layer in layers.values()}, shown)
    return {key: _resolved(layer, master) for key, layer in layers.items()}


def master_contents(layers: Mapping[int, Layer]) -> dict[int, dict[str, Any]]:
    """The same without any overrides: what each shop would show if it had nothing of its own."""
    return resolve({key: Layer(one.product_id, one.shop_id, {}, one.at, one.written_at) for key, one in layers.items()})


def master_of(revision: ListingRevision, *, at: datetime | None) -> dict[str, Any]:
    """What the revision's shop would show without its overrides."""
    return master_contents(layers_of([revision], at=at))[revision.pk]


def override_layer(revision: ListingRevision, *, at: datetime | None) -> list[Override]:
    """What the revision has for this shop only, part by part, with the master's value beside it."""
    return override_list(revision.overrides, master_of(revision, at=at))


def standing_overrides(listing_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Listing id → what the shop had for itself in its last published revision, on which the next one builds.

    Without prices: publishing made rows of them (services/prices.adopt_prices).
    """
    published = (
        ListingRevision.objects.filter(listing__in=listing_ids, state=DraftState.PUBLISHED)
        .order_by("listing_id", "-request__published_at", "-id")
        .distinct("listing_id")
        .values_list("listing_id", "overrides")
    )
    return {pk: {code: own for code, own in overrides.items() if code != "prices"} for pk, overrides in published}


def newest_drafts(listing_ids: Collection[int]) -> QuerySet[ListingRevision]:
    """The newest open revision of each listing, where there is one."""
    return (
        ListingRevision.objects.filter(
            listing__in=listing_ids, state__in=(DraftState.DRAFT, DraftState.IN_REVIEW, DraftState.APPROVED)
        )
        .order_by("listing_id", "-number")
        .distinct("listing_id")
    )


def spans_of(rows: Iterable[Price]) -> list[Span]:
    """Rows of prices as plain data."""
    return [Span(row.amount, row.starts_at, row.ends_at, row.shop_id) for row in rows]


def _read(product_ids: set[int], shop_ids: set[int], photo_ids: set[int]) -> _Master:
    products = Product.objects.select_related("category", "customer_group").in_bulk(product_ids)
    variants: defaultdict[int, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(product__in=product_ids).order_by("sku"):
        variants[variant.product_id].append(variant)
    prices: defaultdict[int, list[Price]] = defaultdict(list)
    rows = Price.objects.filter(variant__product__in=product_ids)
    for price in rows.filter(shop__isnull=True) | rows.filter(shop__in=shop_ids):
        prices[price.variant_id].append(price)
    photos: defaultdict[int, list[Photo]] = defaultdict(list)
    pictures = Photo.objects.filter(product__in=product_ids, state=PhotoState.APPROVED)
    if photo_ids:
        pictures |= Photo.objects.filter(product__in=product_ids, pk__in=photo_ids)
    for photo in pictures:
        photos[photo.product_id].append(photo)
    return _Master(products, Shop.objects.in_bulk(shop_ids), variants, prices, photos)


def _resolved(layer: Layer, read: _Master) -> dict[str, Any]:
    product, shop = read.products[layer.product_id], read.shops[layer.shop_id]
    variants = read.variants.get(product.pk, [])
    photos = read.photos.get(product.pk, [])
    rows = {v.pk: [p for p in read.prices.get(v.pk, ()) if p.shop_id in (None, shop.pk)] for v in variants}
    at = layer.at or max(
        filter(None, (layer.written_at, *(price.created_at for of_variant in rows.values() for price in of_variant)))
    )
    prices = {
        v.sku: price_at(spans_of(rows[v.pk]), shop_id=shop.pk, currency=shop.currency, fallback=v.price, at=at)
        for v in variants
    }
    master = {
        "title": product.name,
        "brand": product.brand,
        "category": product.category.code if product.category else "",
        "brief": product.brief,
        "slogan": product.slogan,
        "blocks": {code: text for code, text in product.blocks.items() if text},
        "attributes": {code: value for code, value in product.attributes.items() if value not in (None, "")},
        "feature": product.feature,
        "customer_group": product.customer_group.code if product.customer_group else "",
        "variants": {v.sku: v.name for v in variants},
        "weight": {v.sku: v.weight_grams for v in variants},
        "barcodes": {v.sku: v.barcode for v in variants if v.barcode},
        "prices": {sku: f"{amount:.2f}" for sku, amount in prices.items() if amount is not None},
        "was_prices": {},
        "service_text": product.service_text,
        "photos": [_picture(photo) for photo in sorted(photos, key=_place) if photo.state == PhotoState.APPROVED],
    }
    own = dict(layer.overrides)
    if "photos" in own:
        known = {str(photo.pk): photo for photo in photos}
        own["photos"] = [_picture_as(item, known[item["key"]]) for item in own["photos"] if item["key"] in known]
    return overlay(master, own)


def _place(photo: Photo) -> tuple[int, int, int]:
    return _ROLE_ORDER[photo.role], photo.position, photo.pk


def _picture(photo: Photo) -> dict[str, Any]:
    return {"key": str(photo.pk), "role": photo.role, "sha256": photo.sha256, "alt": photo.alt}


def _picture_as(item: Mapping[str, Any], photo: Photo) -> dict[str, Any]:
    """A picture in the role and with the description that the shop gave it; its bytes are the photo's own."""
    return {**_picture(photo), **{name: item[name] for name in ("role", "alt") if name in item}}
