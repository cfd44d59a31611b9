"""Packages filled and emptied: what came in, and the drafts of the listings that it changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from approvals.services import record
from approvals.states import DraftState, Importance
from catalog.errors import ListingOutsidePackage, PackageIsClosed, SourceHasMovedOn
from catalog.models import Listing, ListingRevision, Package, SourceItem
from catalog.services._reasons import require_reason
from catalog.services.listings import create_listings
from catalog.services.packages._notices import put_in
from catalog.services.packages._rows import (
    end_package,
    give_back_items,
    inherit_clock_and_class,
    lock_package,
    move_items,
)
from catalog.services.packages.progress import package_progress
from catalog.services.sources import hand_clocks, person_of
from catalog.states import PackageState, SourceState
from config.kit.actor import Actor


@transaction.atomic
def make_package(
    *,
    title: str,
    source_ids: Collection[int] = (),
    shop_ids: Collection[int] = (),
    importance: Importance = Importance.GENERAL,
    owner_id: int | None = None,
    publish_at: datetime | None = None,
    note: str = "",
    actor: Actor,
    now: datetime,
) -> Package:
    """Begin a package of what came in, for these shops (none: every shop).

    Its clock is that of the earliest arrival, or starts now; its class is the highest of `importance` and its items'.
    Locks the items. Raises SourceHasMovedOn.
    """
    package = Package.objects.create(
        title=title.strip(),
        importance=importance,
        owner_id=owner_id or person_of(actor),
        publish_at=publish_at,
        clock_started_at=now,
        note=note.strip(),
        created_at=now,
    )
    package.shops.set(shop_ids)
    record("catalog.package_made", package, actor=actor, at=now)
    if source_ids:
        return add_sources(package_id=package.pk, source_ids=source_ids, actor=actor, now=now)
    return package


@transaction.atomic
def add_sources(*, package_id: int, source_ids: Collection[int], actor: Actor, now: datetime) -> Package:
    """Put items into a package: they are in draft, and the package inherits the earliest clock and the highest class.

    Notices are applied to the drafts that are there already. Locks package, then items. Raises PackageIsClosed,
    SourceHasMovedOn for one that is not waiting any more.
    """
    package = lock_package(package_id)
    items = list(SourceItem.objects.filter(pk__in=source_ids).order_by("pk").select_for_update(of=("self",)))
    new = [item for item in items if item.package_id != package_id]
    for item in new:
        if item.state != SourceState.RECEIVED:
            raise SourceHasMovedOn(title=item.title, state=item.get_state_display())
    move_items(new, SourceState.IN_DRAFT, actor, now, package=package)
    hand_clocks(
        source_ids=[item.pk for item in new], owner_id=package.owner_id, reason=str(package), actor=actor, now=now
    )
    if new:
        titles = "; ".join(item.title for item in new)
        record("catalog.package_changed", package, actor=actor, changes={"sources": [None, titles]}, at=now)
    inherit_clock_and_class(package, actor, now)
    drafts = [row.listing_id for row in package.revisions.filter(state=DraftState.DRAFT)]
    products = {item.product_id for item in new if item.product_id is not None}
    again = Listing.objects.filter(pk__in=drafts, product__in=products).order_by("pk").values_list("pk", flat=True)
    put_in(package, list(again), actor, now)
    return Package.objects.get(pk=package_id)


@transaction.atomic
def remove_source(*, package_id: int, source_id: int, reason: str, actor: Actor, now: datetime) -> Package:
    """Take an item out again: it waits for another package. What the drafts took over of it stays in them.

    Locks package, then item. Raises ReasonMissing, PackageIsClosed, SourceHasMovedOn.
    """
    require_reason(reason)
    package = lock_package(package_id)
    item = SourceItem.objects.select_for_update(of=("self",)).get(pk=source_id, package=package_id)
    if item.state != SourceState.IN_DRAFT:
        raise SourceHasMovedOn(title=item.title, state=item.get_state_display())
    give_back_items([item], reason, actor, now)
    changes = {"sources": [item.title, None]}
    record("catalog.package_changed", package, actor=actor, reason=reason, changes=changes, at=now)
    inherit_clock_and_class(package, actor, now)
    return Package.objects.get(pk=package_id)


@transaction.atomic
def add_listings(*, package_id: int, listing_ids: Collection[int], actor: Actor, now: datetime) -> list[int]:
    """Begin a draft of each listing in the package, with what its notices say; returns the drafts.

    A notice that is in effect and meant for every shop of the product changes the product master and the company's price;
    one for some shops, or for later, goes into the drafts, its prices into rows that begin when it takes effect. The drafts
    of a notice for later are published then. Locks package, then as the services of revisions, master and prices.
    Raises PackageIsClosed, ListingOutsidePackage, DraftIsInAnotherPackage, and what those services raise.
    """
    package = lock_package(package_id)
    listings = Listing.objects.filter(pk__in=listing_ids).select_related("shop", "product").order_by("pk")
    shops = set(package.shops.values_list("pk", flat=True))
    for listing in listings:
        if shops and listing.shop_id not in shops:
            raise ListingOutsidePackage(listing=str(listing), package=package.number)
    before = set(package.revisions.values_list("pk", flat=True))
    made = put_in(package, [listing.pk for listing in listings], actor, now)
    if new := set(made) - before:
        changes = {"listings": [len(before), len(before | new)]}
        record("catalog.package_changed", package, actor=actor, changes=changes, at=now)
    return made


@transaction.atomic
def add_products(
    *, package_id: int, product_ids: Collection[int], new_too: bool = False, actor: Actor, now: datetime
) -> list[int]:
    """Begin drafts of the listings of products in the package's shops (none: in every shop that has them); returns the drafts.

    `new_too`: also prepare listings in those shops of the package that do not have the product yet. As `add_listings`.
    """
    package = lock_package(package_id)
    shops = list(package.shops.values_list("pk", flat=True))
    if new_too and shops:
        create_listings(product_ids=product_ids, shop_ids=shops, actor=actor, now=now)
    rows = Listing.objects.filter(product__in=product_ids)
    rows = rows.filter(shop__in=shops) if shops else rows
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    return add_listings(package_id=package_id, listing_ids=ids, actor=actor, now=now)


@transaction.atomic
def remove_listing(*, package_id: int, revision_id: int, actor: Actor, now: datetime) -> Package:
    """Take a draft out of the package; it stays its author's draft. Locks the package. Raises PackageIsClosed."""
    package = lock_package(package_id)
    row = package.revisions.select_related("listing").get(pk=revision_id, state=DraftState.DRAFT)
    ListingRevision.objects.filter(pk=revision_id).update(package=None)
    changes = {"listings": [str(row.listing), None]}
    record("catalog.package_changed", package, actor=actor, changes=changes, at=now)
    package_progress(package_id=package_id, now=now, actor=actor)
    return Package.objects.get(pk=package_id)


@transaction.atomic
def close_package(*, package_id: int, reason: str, actor: Actor, now: datetime) -> Package:
    """Give a package up that is not in approval: its items wait again, its drafts stay with their authors.

    Locks package, then items. Raises ReasonMissing, PackageIsClosed.
    """
    require_reason(reason)
    package = lock_package(package_id)
    if package.state != PackageState.GATHERING:
        raise PackageIsClosed(package=package.number)
    waiting = SourceItem.objects.filter(package=package, state=SourceState.IN_DRAFT).order_by("pk")
    give_back_items(list(waiting.select_for_update(of=("self",))), reason, actor, now)
    package.revisions.filter(state=DraftState.DRAFT).update(package=None)
    end_package(package, reason, actor, now)
    return package
