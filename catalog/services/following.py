"""Bringing along what is made of product masters: requests, revisions of shown listings, completeness."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from approvals import services as approvals
from approvals.services import Act, record_many
from catalog.models import Listing, ListingRevision
from catalog.policies.completeness import completeness
from catalog.policies.fields import LISTING_KIND
from catalog.selectors.contents import Layer, layers_of, newest_drafts, resolve, standing_overrides
from catalog.selectors.listings import requirement_book
from catalog.services._locks import lock_listings
from catalog.states import ListingState, RevisionOrigin, RevisionState
from config.kit.actor import Actor

_OPEN = (RevisionState.DRAFT, RevisionState.IN_REVIEW, RevisionState.APPROVED)


@transaction.atomic
def refresh_completeness(*, listing_ids: Collection[int]) -> int:
    """Compute anew how complete listings are: of the newest draft, or of what they would say without one. Returns how many changed.

    The title is the draft's until the listing is shown, then the live one. A constant number of queries. Locks listings.
    """
    if not listing_ids:
        return 0
    listings = lock_listings(listing_ids)
    drafts = {draft.listing_id: draft for draft in newest_drafts(listing_ids)}
    standing = standing_overrides(listing_ids)
    layers = {
        pk: Layer(listing.product_id, listing.shop_id, standing.get(pk, {}), None, listing.created_at)
        for pk, listing in listings.items()
    }
    by_draft = layers_of(drafts.values(), at=None)
    contents = resolve(layers | {pk: by_draft[draft.pk] for pk, draft in drafts.items()})
    book = requirement_book()
    changed = []
    for pk, listing in listings.items():
        content = contents[pk]
        percent, missing = completeness(content, book.needs(content["category"], listing.shop.platform_id))
        stored = [item.stored() for item in missing]
        title = content["title"][:200] if listing.state == ListingState.PREPARING else listing.title
        if (listing.completeness, listing.missing, listing.title) != (percent, stored, title):
            listing.completeness, listing.missing, listing.title = percent, stored, title
            changed.append(listing)
    Listing.objects.bulk_update(changed, ["completeness", "missing", "title"], batch_size=500)
    return len(changed)


@transaction.atomic
def follow_master(*, product_ids: Collection[int], actor: Actor, now: datetime) -> list[int]:
    """After a change of product masters, prices or pictures: bring everything that is made of them along.

    Requests whose draft says something else now go back to their authors; every shown listing that would say something
    else gets a revision of origin *master*, so that one change reaches every shop that has no override (CAT-19), and loses
    it when there is nothing left to say; completeness is computed anew. Returns the listings that got or keep such a
    revision. The caller holds `lock_masters(product_ids)`.
    """
    listing_ids = list(Listing.objects.filter(product__in=product_ids).order_by("pk").values_list("pk", flat=True))
    if not listing_ids:
        return []
    submitted = ListingRevision.objects.filter(
        listing__in=listing_ids, state__in=(RevisionState.IN_REVIEW, RevisionState.APPROVED)
    )
    approvals.void_changed(
        kind=LISTING_KIND, draft_ids=list(submitted.values_list("pk", flat=True)), actor=actor, now=now
    )
    behind = _bring_along(listing_ids, actor, now)
    refresh_completeness(listing_ids=listing_ids)
    return behind


def _bring_along(listing_ids: Collection[int], actor: Actor, now: datetime) -> list[int]:
    shown = list(
        Listing.objects.filter(pk__in=listing_ids, state=ListingState.LISTED, live__snapshot__isnull=False)
        .select_related("live__snapshot")
        .order_by("pk")
    )
    if not shown:
        return []
    standing = standing_overrides([listing.pk for listing in shown])
    layers = {one.pk: Layer(one.product_id, one.shop_id, standing.get(one.pk, {}), now) for one in shown}
    contents = resolve(layers)
    behind = [one for one in shown if contents[one.pk] != _live_fields(one)]
    open_ones = ListingRevision.objects.filter(
        listing__in=listing_ids, origin=RevisionOrigin.MASTER, state__in=_OPEN
    ).order_by("pk")
    has_one = set(open_ones.values_list("listing_id", flat=True))
    _begin_for_master([one for one in behind if one.pk not in has_one], standing, actor, now)
    drafts = open_ones.filter(state=RevisionState.DRAFT)
    drafts.filter(listing__in=[one.pk for one in behind]).exclude(changed_at=now).update(
        changed_at=now, version=F("version") + 1
    )
    needless = list(drafts.exclude(listing__in=[one.pk for one in behind]).select_related("listing"))
    ListingRevision.objects.filter(pk__in=[one.pk for one in needless]).update(
        state=RevisionState.DISCARDED, changed_at=now
    )
    if needless:
        ids = [one.pk for one in needless]
        approvals.drop_clock(kind=LISTING_KIND, draft_ids=ids, reason="", actor=actor, now=now)
    acts = [
        Act(
            "catalog.revision_discarded",
            LISTING_KIND,
            one.listing_id,
            one.listing.shop_id,
            changes={"revision": [one.number, None]},
        )
        for one in needless
    ]
    record_many(acts, actor=actor, at=now)
    return [one.pk for one in behind]


def _begin_for_master(
    listings: Collection[Listing], standing: Mapping[int, Mapping[str, Any]], actor: Actor, now: datetime
) -> None:
    locked = lock_listings([one.pk for one in listings])
    newest = ListingRevision.objects.filter(listing__in=locked).values("listing").annotate(number=Max("number"))
    last = dict(newest.values_list("listing", "number"))
    ListingRevision.objects.bulk_create(
        [
            ListingRevision(
                listing=listing,
                number=last.get(pk, 0) + 1,
                origin=RevisionOrigin.MASTER,
                overrides=dict(standing.get(pk, {})),
                base_number=listing.live.last_number if listing.live else None,
                author_id=actor.user_id,
                authors=[actor.user_id] if actor.user_id else [],
                created_at=now,
                changed_at=now,
            )
            for pk, listing in locked.items()
        ],
        batch_size=1000,
    )
    acts = [
        Act(
            "catalog.revision_begun",
            LISTING_KIND,
            pk,
            listing.shop_id,
            changes={"revision": [None, last.get(pk, 0) + 1], "origin": [None, str(RevisionOrigin.MASTER)]},
        )
        for pk, listing in locked.items()
    ]
    record_many(acts, actor=actor, at=now)


def _live_fields(listing: Listing) -> dict[str, Any] | None:
    live = listing.live
    return live.snapshot.fields if live is not None and live.snapshot is not None else None
