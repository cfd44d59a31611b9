"""Bringing along what is made of product masters: requests, revisions of shown listings, completeness."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet

from approvals import services as approvals
from approvals.services import Act, record_many
from approvals.states import DraftState
from catalog.models import Listing, ListingRevision
from catalog.policies.completeness import completeness
from catalog.policies.fields import LISTING_KIND
from catalog.selectors.contents import Layer, layers_of, newest_drafts, resolve, standing_overrides
from catalog.selectors.listings import requirement_book
from catalog.services._locks import lock_listings
from catalog.states import ListingState, RevisionOrigin
from config.kit.actor import Actor
from stores.states import Role

BEHIND = "listing_behind"
"""The clock of a draft of origin *master*, on its listing: from the change of the product until it is submitted."""
_OPEN = (DraftState.DRAFT, DraftState.IN_REVIEW, DraftState.APPROVED)


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
    else gets a revision of origin *master*, so that one change reaches every shop that has no override (CAT-19), with a
    clock until it is submitted, and loses both when there is nothing left to say; completeness is computed anew. Returns
    the listings that got or keep such a revision. The caller holds `lock_masters(product_ids)`.
    """
    listing_ids = list(Listing.objects.filter(product__in=product_ids).order_by("pk").values_list("pk", flat=True))
    if not listing_ids:
        return []
    submitted = ListingRevision.objects.filter(
        listing__in=listing_ids, state__in=(DraftState.IN_REVIEW, DraftState.APPROVED)
    )
    approvals.void_changed(
        kind=LISTING_KIND, draft_ids=list(submitted.values_list("pk", flat=True)), actor=actor, now=now
    )
    behind = _bring_along(listing_ids, actor, now)
    refresh_completeness(listing_ids=listing_ids)
    return behind


def drop_needless(*, listing_ids: Collection[int], actor: Actor, now: datetime) -> list[int]:
    """Give up the *master* drafts of listings that show already what those would say; returns the listings that are behind."""
    shown = list(
        Listing.objects.filter(pk__in=listing_ids, state=ListingState.LISTED, live__snapshot__isnull=False)
        .select_related("live__snapshot")
        .order_by("pk")
    )
    if not shown:
        return []
    standing = standing_overrides([listing.pk for listing in shown])
    contents = resolve({one.pk: Layer(one.product_id, one.shop_id, standing.get(one.pk, {}), now) for one in shown})
    behind = [one.pk for one in shown if contents[one.pk] != _live_fields(one)]
    drafts = _master_drafts(listing_ids).filter(state=DraftState.DRAFT)
    needless = [
        one
        for one in drafts.exclude(listing__in=behind).select_related("listing")
        if one.overrides == standing.get(one.listing_id, {})  # else somebody wrote more into it
    ]
    if not needless:
        return behind
    ids = [one.pk for one in needless]
    ListingRevision.objects.filter(pk__in=ids).update(state=DraftState.DISCARDED, changed_at=now)
    approvals.drop_clock(kind=LISTING_KIND, draft_ids=ids, reason="", actor=actor, now=now)
    stop_behind_clocks(listing_ids=[one.listing_id for one in needless], actor=actor, now=now)
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
    return behind


def stop_behind_clocks(*, listing_ids: Collection[int], actor: Actor, now: datetime, reason: str = "") -> None:
    """End the clocks of *master* drafts: met, or with a reason given up."""
    ids = list(listing_ids)
    if reason:
        approvals.withdraw_deadlines(
            subject_type=LISTING_KIND, subject_ids=ids, rules=[BEHIND], actor=actor, now=now, reason=reason
        )
    else:
        approvals.meet_deadlines(subject_type=LISTING_KIND, subject_ids=ids, rules=[BEHIND], actor=actor, now=now)


def _bring_along(listing_ids: Collection[int], actor: Actor, now: datetime) -> list[int]:
    behind = drop_needless(listing_ids=listing_ids, actor=actor, now=now)
    if not behind:
        return []
    has_one = set(_master_drafts(behind).values_list("listing_id", flat=True))
    _begin_for_master([pk for pk in behind if pk not in has_one], actor, now)
    drafts = _master_drafts(behind).filter(state=DraftState.DRAFT)
    drafts.exclude(changed_at=now).update(changed_at=now, version=F("version") + 1)
    return behind


def _master_drafts(listing_ids: Collection[int]) -> QuerySet[ListingRevision]:
    """Open revisions of origin *master*, one of a listing at most."""
    return ListingRevision.objects.filter(
        listing__in=listing_ids, origin=RevisionOrigin.MASTER, state__in=_OPEN
    ).order_by("pk")


def _begin_for_master(listing_ids: Collection[int], actor: Actor, now: datetime) -> None:
    if not listing_ids:
        return
    standing = standing_overrides(listing_ids)
    locked = lock_listings(listing_ids)
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
    approvals.start_deadlines(
        [
            approvals.DeadlineStart(
                rule=BEHIND,
                subject_type=LISTING_KIND,
                subject_id=pk,
                subject_label=str(listing)[:160],
                starts_at=now,
                store_id=listing.shop_id,
                owner_id=listing.owner_id,
                owner_role=Role.OPS,
            )
            for pk, listing in locked.items()
        ],
        now=now,
    )


def _live_fields(listing: Listing) -> dict[str, Any] | None:
    live = listing.live
    return live.snapshot.fields if live is not None and live.snapshot is not None else None
