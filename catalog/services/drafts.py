"""A draft of a listing as the kernel reads it."""

from __future__ import annotations

from datetime import datetime

from approvals.models import LiveContent
from catalog.models import AttributeDefinition, ListingRevision, Package
from catalog.policies.drafts import ListingDraft
from catalog.policies.fields import LISTING_KIND
from catalog.selectors.checks import shops_showing
from catalog.selectors.contents import content_of
from catalog.services._locks import lock_revision
from catalog.states import RevisionOrigin


def read_listing_draft(draft_id: int) -> ListingDraft:
    """The draft as it is now, with its product and its row locked: everything that changes its content holds the product.

    Prices are those of its time of publication, else of the last write (selectors.contents.contents_of).
    """
    revision: ListingRevision = lock_revision(draft_id)
    listing = revision.listing
    shop, product = listing.shop, listing.product
    live = (
        LiveContent.objects.filter(kind=LISTING_KIND, subject_type=LISTING_KIND, subject_id=listing.pk)
        .select_related("snapshot")
        .first()
    )
    package = Package.objects.filter(pk=revision.package_id).first() if revision.package_id else None
    return ListingDraft(
        subject_type=LISTING_KIND,
        subject_id=listing.pk,
        subject_label=str(listing),
        content=content_of(revision, at=None),
        live=live.snapshot.fields if live is not None and live.snapshot is not None else None,
        store_id=shop.pk,
        authors=tuple(sorted(revision.authors)),
        owner_id=listing.owner_id,
        package_id=revision.package_id,
        clock_started_at=package.clock_started_at if package is not None else _known_since(revision),
        publish_at=revision.publish_at or (package.publish_at if package is not None else None),
        warned=revision.warned,
        url=revision.get_absolute_url(),
        revision_id=revision.pk,
        product_id=product.pk,
        shop_id=shop.pk,
        platform_id=shop.platform_id,
        platform_code=shop.platform.code if shop.platform else "",
        currency=shop.currency,
        origin=revision.origin,
        own_prices=frozenset(revision.overrides.get("prices") or ()),
        base_number=revision.base_number,
        newest_version=live.last_number if live is not None else None,
        sales_rank=product.sales_rank,
        safety=frozenset(AttributeDefinition.objects.filter(is_safety=True).values_list("code", flat=True)),
        listed_in=shops_showing(product.pk),
    )


def _known_since(revision: ListingRevision) -> datetime | None:
    """A draft that follows a change of the product owes it since that change."""
    return revision.created_at if revision.origin == RevisionOrigin.MASTER else None
