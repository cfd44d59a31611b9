"""Drafts of many listings in one package: from the grid and from files. All of them or none, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from approvals import services as approvals
from approvals.models import LiveContent
from approvals.services import Act, changed, record, record_many
from approvals.states import DraftState
from catalog.errors import ChangesRefused, NothingToChange, PackageCannotBeUndone
from catalog.models import Listing, ListingRevision, Package
from catalog.policies.fields import LISTING_KIND, overlay
from catalog.policies.merging import merged
from catalog.selectors.grid import BATCH, Standing, cell_text, standing_of
from catalog.services._locks import lock_listings, lock_open_requests, lock_products
from catalog.services._reasons import require_reason
from catalog.services.following import refresh_completeness
from catalog.services.packages import close_package, make_package
from catalog.states import RevisionOrigin
from config.kit.actor import Actor
from config.kit.errors import DomainError

BULK_ORIGINS = (RevisionOrigin.BULK, RevisionOrigin.IMPORT)
_NAMED = 5

Entries = Mapping[int, Mapping[str, Any]]


@transaction.atomic
def make_bulk_package(
    *,
    entries: Entries,
    before: Mapping[int, Mapping[str, str]],
    title: str,
    origin: RevisionOrigin,
    actor: Actor,
    now: datetime,
    note: str = "",
) -> Package:
    """A package with a new draft of every listing in `entries` (listing → field → value, as `save_revision` takes them).

    `before` is what the person was shown: listing → path → text (`selectors.grid.cell_text`); where a listing says something
    else by now nothing is made. Each draft begins with what its shop has for itself, as `begin_revision` does; prices are
    overrides of the drafts. Nothing becomes visible. A constant number of queries for every 500 listings.

    Locks products, then listings. Raises NothingToChange, ChangesRefused.
    """
    if not entries:
        raise NothingToChange()
    products = Listing.objects.filter(pk__in=entries).values_list("product_id", flat=True)
    lock_products(sorted(set(products)))
    listings = lock_listings(entries)
    refused = [_("listing %(id)s: not there any more") % {"id": pk} for pk in entries if pk not in listings]
    package = make_package(
        title=title,
        shop_ids=sorted({one.shop_id for one in listings.values()}),
        note=note,
        actor=actor,
        now=now,
    )
    made = 0
    keys = sorted(listings)
    for start in range(0, len(keys), BATCH):
        batch = {pk: listings[pk] for pk in keys[start : start + BATCH]}
        made += _draft_batch(batch, entries, before, package, origin, actor, now, refused)
    if refused:
        raise ChangesRefused(count=len(refused), list="; ".join(refused[:_NAMED]), refused=refused)
    if not made:
        raise NothingToChange()
    record("catalog.package_changed", package, actor=actor, changes={"listings": [0, made]}, at=now)
    return package


@transaction.atomic
def undo_package(*, package_id: int, reason: str, actor: Actor, now: datetime) -> Package:
    """Give up every draft of a package that came from the grid or a file, and close the package.

    What is in approval is taken back first. Locks requests, package, revisions, items. Raises ReasonMissing, PackageIsClosed,
    PackageCannotBeUndone once something of it is approved or public.
    """
    require_reason(reason)
    rows = ListingRevision.objects.filter(package=package_id, origin__in=BULK_ORIGINS)
    lock_open_requests(list(rows.values_list("pk", flat=True)))
    package = Package.objects.select_for_update(of=("self",)).get(pk=package_id)
    if rows.filter(state__in=(DraftState.APPROVED, DraftState.PUBLISHED)).exists():
        raise PackageCannotBeUndone(package=package.number)
    in_review = rows.filter(state=DraftState.IN_REVIEW, request__isnull=False).order_by("request_id")
    for request_id in list(in_review.values_list("request_id", flat=True)):
        approvals.withdraw_request(request_id=request_id or 0, reason=reason, actor=actor, now=now)
    drafts = list(
        rows.filter(state=DraftState.DRAFT).select_related("listing").order_by("pk").select_for_update(of=("self",))
    )
    ids = [draft.pk for draft in drafts]
    close_package(package_id=package_id, reason=reason, actor=actor, now=now)
    ListingRevision.objects.filter(pk__in=ids).update(
        package=package_id, state=DraftState.DISCARDED, changed_at=now, edited_by=None, edited_until=None
    )
    approvals.drop_clock(kind=LISTING_KIND, draft_ids=ids, reason=reason, actor=actor, now=now)
    acts = [
        Act(
            "catalog.revision_discarded",
            LISTING_KIND,
            draft.listing_id,
            draft.listing.shop_id,
            reason,
            {"revision": [draft.number, None]},
        )
        for draft in drafts
    ]
    record_many(acts, actor=actor, at=now)
    listing_ids = sorted({draft.listing_id for draft in drafts})
    for start in range(0, len(listing_ids), BATCH):
        refresh_completeness(listing_ids=listing_ids[start : start + BATCH])
    return Package.objects.get(pk=package_id)


def _draft_batch(
    listings: Mapping[int, Listing],
    entries: Entries,
    before: Mapping[int, Mapping[str, str]],
    package: Package,
    origin: RevisionOrigin,
    actor: Actor,
    now: datetime,
    refused: list[str],
) -> int:
    standing = standing_of(listings, now=now)
    live = LiveContent.objects.filter(kind=LISTING_KIND, subject_type=LISTING_KIND, subject_id__in=listings)
    versions = dict(live.values_list("subject_id", "last_number"))
    newest = ListingRevision.objects.filter(listing__in=listings).values("listing").annotate(number=Max("number"))
    numbers = dict(newest.values_list("listing", "number"))
    rows: list[ListingRevision] = []
    acts: list[Act] = []
    for pk, listing in listings.items():
        if objection := _objection(standing, pk, before.get(pk, {})):
            refused.append(f"{listing}: {objection}")
            continue
        try:
            overrides = merged(standing.overrides[pk], entries[pk], standing.masters[pk], standing.known[pk])
        except DomainError as refusal:
            refused.append(f"{listing}: {refusal.describe()}")
            continue
        if overrides == standing.overrides[pk]:
            continue
        number = numbers.get(pk, 0) + 1
        rows.append(
            ListingRevision(
                listing=listing,
                number=number,
                origin=origin,
                overrides=overrides,
                base_number=versions.get(pk),
                package=package,
                author_id=actor.user_id,
                authors=[actor.user_id] if actor.user_id is not None else [],
                version=1,
                created_at=now,
                changed_at=now,
            )
        )
        told = changed(standing.content(pk), overlay(standing.masters[pk], overrides))
        begun = {"revision": [None, number], "origin": [None, str(origin)]}
        acts.append(Act("catalog.revision_begun", LISTING_KIND, pk, listing.shop_id, changes=begun))
        saved = {"revision": [number, number], **told}
        acts.append(Act("catalog.revision_saved", LISTING_KIND, pk, listing.shop_id, changes=saved))
    if refused:
        return 0  # nothing stays of it
    ListingRevision.objects.bulk_create(rows, batch_size=BATCH)
    record_many(acts, actor=actor, at=now)
    refresh_completeness(listing_ids=[row.listing_id for row in rows])
    return len(rows)


def _objection(standing: Standing, pk: int, before: Mapping[str, str]) -> str:
    """Why no draft can be made over what the person was shown, or ""."""
    if pk in standing.packages:
        return _("a draft of it is in package %(package)s already") % {"package": standing.packages[pk]}
    content = standing.content(pk)
    for path, text in before.items():
        if (present := cell_text(content, path)) != text:
            return _("%(field)s says “%(now)s” now") % {"field": path, "now": present}
    return ""
