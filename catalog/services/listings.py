"""Listings: made for many products and shops at once, shown by a publication, taken down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from approvals import services as approvals
from approvals.models import ChangeRequest, LiveContent, Snapshot
from approvals.services import Act, record, record_many
from approvals.states import DraftState
from catalog.models import Listing, ListingRevision, Product
from catalog.policies.fields import LISTING_KIND
from catalog.services._locks import lock_listings
from catalog.services.following import drop_needless, refresh_completeness, stop_behind_clocks
from catalog.services.plans import lines_done
from catalog.services.prices import adopt_prices
from catalog.services.proofreading import drop_proofreads
from catalog.services.pushes import plan_pushes
from catalog.services.refresh import reset_clocks, stop_clocks
from catalog.states import ListingState, PushAction
from config.kit.actor import Actor
from config.kit.sql import insert_rows
from stores.models import CustomerGroup, Shop


@transaction.atomic
def create_listings(
    *, product_ids: Collection[int], shop_ids: Collection[int], actor: Actor, now: datetime
) -> list[int]:
    """Prepare a listing of every product in every shop where it has none; returns the new ones. Nothing becomes visible."""
    titles = dict(Product.objects.filter(pk__in=product_ids).order_by("pk").values_list("pk", "name"))
    shops = list(Shop.objects.filter(pk__in=shop_ids).order_by("pk").values_list("pk", flat=True))
    rows: list[tuple[Any, ...]] = [
        (product_id, shop_id, str(ListingState.PREPARING), actor.user_id, "", 0, [], title, now)
        for product_id, title in titles.items()
        for shop_id in shops
    ]
    made = insert_rows(
        Listing,
        ("product", "shop", "state", "owner", "remote_id", "completeness", "missing", "title", "created_at"),
        rows,
        tail="ON CONFLICT (product_id, shop_id) DO NOTHING RETURNING id, shop_id",
    )
    acts = [Act("catalog.listing_made", LISTING_KIND, pk, store_id) for pk, store_id in sorted(made)]
    record_many(acts, actor=actor, at=now)
    ids = sorted(pk for pk, _shop in made)
    refresh_completeness(listing_ids=ids)
    return ids


@transaction.atomic
def take_down(*, listing_id: int, reason: str, actor: Actor, now: datetime) -> Listing:
    """Remove a listing from its shop at once; putting it back needs a new approved revision (CAT-20).

    Locks what is live, then the listing. Raises the kernel's ReasonIsMissing, NothingPublished.
    """
    shown = Listing.objects.select_related("live__snapshot").get(pk=listing_id)
    snapshot = shown.live.snapshot if shown.live else None
    approvals.take_down(
        kind=LISTING_KIND, subject_type=LISTING_KIND, subject_id=listing_id, reason=reason, actor=actor, now=now
    )
    listing = lock_listings([listing_id])[listing_id]
    listing.state = ListingState.TAKEN_DOWN
    listing.save(update_fields=["state"])
    stop_clocks(listing_ids=[listing_id], reason=reason, actor=actor, now=now)
    drop_proofreads(listing_ids=[listing_id], reason=reason, actor=actor, now=now)
    stop_behind_clocks(listing_ids=[listing_id], reason=reason, actor=actor, now=now)
    if snapshot is not None:
        plan_pushes(listing, snapshot, PushAction.TAKE_DOWN, now)
    changes = {"state": [ListingState.LISTED, ListingState.TAKEN_DOWN], "version": [snapshot and snapshot.number, None]}
    record("catalog.listing_taken_down", listing, actor=actor, reason=reason, changes=changes, at=now)
    return listing


@transaction.atomic
def show(*, request: ChangeRequest, snapshot: Snapshot, actor: Actor, now: datetime) -> Listing:
    """What a publication means for the catalogue: called by the kernel in its transaction, and only by it.

    Prices that were the revision's own become rows, so that the history knows them; refresh clocks of changed groups start
    again; planned lines are done; pushes to the shop's channels wait; a *master* draft that says nothing else any more is
    given up. Locks the listing.
    """
    listing = lock_listings([request.subject_id])[request.subject_id]
    content = snapshot.fields
    before = listing.state
    listing.live = LiveContent.objects.get(kind=LISTING_KIND, subject_type=LISTING_KIND, subject_id=listing.pk)
    listing.state = ListingState.LISTED
    listing.title = content["title"][:200]
    listing.customer_group = CustomerGroup.objects.filter(code=content["customer_group"]).first()
    listing.first_listed_at = listing.first_listed_at or now
    listing.save(update_fields=["live", "state", "title", "customer_group", "first_listed_at"])
    ListingRevision.objects.filter(pk=request.draft_id).update(
        state=DraftState.PUBLISHED, edited_by=None, edited_until=None
    )
    adopt_prices(listing=listing, prices=content["prices"], reason=request.number, actor=actor, now=now)
    lines_done(listing_id=listing.pk, now=now, actor=actor)
    reset_clocks(listing, snapshot, snapshot.changed_fields, now)
    plan_pushes(listing, snapshot, PushAction.PUBLISH, now)
    changes = {"state": [before, ListingState.LISTED], "version": [None, snapshot.number]}
    record("catalog.listing_shown", listing, actor=actor, changes=changes, at=now)
    drop_needless(listing_ids=[listing.pk], actor=actor, now=now)
    refresh_completeness(listing_ids=[listing.pk])
    return listing
