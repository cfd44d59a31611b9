"""The page of a listing in our own mall: made of what is live, and of nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from catalog.models import Listing
from catalog.selectors.showing import shown


@dataclass(frozen=True, slots=True)
class MallPage:
    """A page as shoppers get it. `content_hash` is reckoned from the content that it was made of."""

    html: str
    content_hash: str
    url: str


def mall_page(shop_code: str, listing_id: int) -> MallPage | None:
    """The page of a listing that is live in this shop; None when there is none: then shoppers get "not found"."""
    rows = Listing.objects.filter(pk=listing_id, shop__code=shop_code, shop__is_active=True)
    listing = rows.filter(live__snapshot__isnull=False).select_related("shop", "live__snapshot").first()
    if listing is None or listing.live is None or listing.live.snapshot is None:
        return None
    snapshot = listing.live.snapshot
    content_hash = hashlib.sha256(snapshot.content.encode()).hexdigest()
    content = shown(snapshot, listing.shop, listing_id=listing_id)
    url = settings.SITE_URL.rstrip("/") + reverse("catalog:public_listing", args=[shop_code, listing_id])
    prices = [variant.price for variant in content.variants]
    context = {
        "shop": listing.shop,
        "listing": content,
        "content_hash": content_hash,
        "lowest": min(prices, default=None),
        "is_range": len(set(prices)) > 1,
        "url": url,
    }
    with translation.override(listing.shop.language):
        return MallPage(render_to_string("storefront/listing.html", context), content_hash, url)
