"""Rows of the catalogue, locked in the one order: requests → products → variants → revisions → listings, each by key.

Requests come first because the kernel locks a request before it reads its draft (design, section 5).
"""

from __future__ import annotations

from collections.abc import Collection

from approvals.models import ChangeRequest
from approvals.states import OPEN_REQUESTS
from catalog.models import Listing, ListingRevision, Product, Variant
from catalog.policies.fields import LISTING_KIND


def lock_open_requests(draft_ids: Collection[int]) -> list[int]:
    """The open requests about these revisions; returns the revisions that they are about."""
    rows = ChangeRequest.objects.filter(kind=LISTING_KIND, draft_id__in=draft_ids, state__in=OPEN_REQUESTS)
    return [request.draft_id for request in rows.order_by("pk").select_for_update(of=("self",))]


def lock_products(product_ids: Collection[int]) -> dict[int, Product]:
    """Products: who writes something that a content is made of holds its product."""
    rows = Product.objects.filter(pk__in=product_ids).order_by("pk").select_for_update(of=("self",))
    return {product.pk: product for product in rows.select_related("category", "customer_group")}


def lock_masters(product_ids: Collection[int]) -> dict[int, Product]:
    """The open requests about listings of these products, then the products."""
    drafts = ListingRevision.objects.filter(
        listing__product__in=product_ids, state__in=("in_review", "approved")
    ).values_list("pk", flat=True)
    lock_open_requests(list(drafts))
    return lock_products(product_ids)


def lock_variants(variant_ids: Collection[int]) -> dict[int, Variant]:
    """Variants."""
    rows = Variant.objects.filter(pk__in=variant_ids).order_by("pk").select_for_update(of=("self",))
    return {variant.pk: variant for variant in rows}


def lock_revision(revision_id: int) -> ListingRevision:
    """A revision with its listing, shop and product; the product is locked too, as its content is made of it."""
    lock_open_requests([revision_id])
    product_id = ListingRevision.objects.values_list("listing__product_id", flat=True).get(pk=revision_id)
    lock_products([product_id])
    rows = ListingRevision.objects.select_for_update(of=("self",))
    return rows.select_related("listing__shop", "listing__product", "edited_by", "author").get(pk=revision_id)


def lock_listings(listing_ids: Collection[int]) -> dict[int, Listing]:
    """Listings: new revisions are numbered under this lock."""
    rows = Listing.objects.filter(pk__in=listing_ids).order_by("pk").select_for_update(of=("self",))
    return {listing.pk: listing for listing in rows.select_related("shop", "product", "live__snapshot")}
