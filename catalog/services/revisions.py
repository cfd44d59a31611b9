"""Revisions: what people and programs propose that a shop shows. Saving makes nothing visible (CAT-3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

from approvals import services as approvals
from approvals.models import ChangeRequest, LiveContent, Snapshot
from approvals.services import changed, record
from approvals.states import DraftState
from catalog.errors import (
    BeingEdited,
    EditedMeanwhile,
    OwnTitle,
    RatingOutOfRange,
    RevisionIsClosed,
    RevisionNotInDraft,
    VersionCannotBeRestored,
    VersionUnknown,
)
from catalog.models import Listing, ListingRevision, TitleRating
from catalog.policies.fields import FIELDS, LISTING_KIND, OF_PARTS, differing, overlay
from catalog.policies.merging import merged
from catalog.selectors.contents import Layer, master_of, resolve, standing_overrides
from catalog.selectors.listings import version_of
from catalog.selectors.vocabulary import vocabulary_of
from catalog.services._locks import lock_listings, lock_revision
from catalog.services.following import refresh_completeness, stop_behind_clocks
from catalog.states import RevisionOrigin
from config.kit.actor import Actor

EDIT_LOCK: Final = timedelta(minutes=5)
"""How long a draft stays with the person who last touched it."""
_CLOSED = (DraftState.PUBLISHED, DraftState.DISCARDED)


@transaction.atomic
def begin_revision(
    *, listing_id: int, actor: Actor, now: datetime, origin: RevisionOrigin = RevisionOrigin.HAND
) -> ListingRevision:
    """The person's own draft of a listing from this origin, or a new one. Locks the listing.

    A new one begins with what the shop has for itself in its live version; everything else follows the product master.
    """
    listing = lock_listings([listing_id])[listing_id]
    mine = ListingRevision.objects.filter(
        listing=listing, state=DraftState.DRAFT, author=actor.user_id, origin=origin
    ).order_by("-number")
    if (found := mine.first()) is not None:
        return found
    overrides = standing_overrides([listing_id]).get(listing_id, {})
    revision = _new_revision(listing, origin, overrides, actor, now)
    changes = {"revision": [None, revision.number], "origin": [None, str(origin)]}
    record("catalog.revision_begun", listing, actor=actor, changes=changes, at=now)
    refresh_completeness(listing_ids=[listing_id])
    return revision


@transaction.atomic
def hold_revision(*, revision_id: int, actor: Actor, now: datetime, take_over: bool = False) -> ListingRevision:
    """Keep a draft for the person for `EDIT_LOCK`, as the editor does while it is open. Raises RevisionIsClosed, BeingEdited."""
    revision = lock_revision(revision_id)
    _require_open(revision)
    _take_lock(revision, actor, now, take_over=take_over)
    revision.save(update_fields=["edited_by", "edited_until"])
    return revision


@transaction.atomic
def release_revision(*, revision_id: int, actor: Actor, now: datetime) -> ListingRevision:
    """Give the draft back to everybody; somebody else's hold stays."""
    revision = lock_revision(revision_id)
    if revision.edited_by_id == actor.user_id and revision.edited_until is not None:
        revision.edited_until = None
        revision.save(update_fields=["edited_until"])
    return revision


@transaction.atomic
def save_revision(
    *,
    revision_id: int,
    fields: Mapping[str, Any],
    version: int,
    actor: Actor,
    now: datetime,
    take_over: bool = False,
    warned: Mapping[str, str] | None = None,
) -> ListingRevision:
    """Save some fields of a draft; what is not in `fields` stays. Returns it fresh.

    A field or part that is None follows the master again, as does one that says what the master says. A variant that is
    `LEFT_OUT` (False) is not offered in this shop. `warned` adds reasons for warned words by rule code ("" takes one back).
    `version` is the draft's version that the person saw. An edit of a draft in review or approved takes its request back.
    Saving what is there already writes nothing but the hold.

    Locks request, product, revision. Raises RevisionIsClosed, BeingEdited, EditedMeanwhile and what
    `policies.entries.clean_entry` refuses; then nothing is saved.
    """
    revision = lock_revision(revision_id)
    _require_open(revision)
    _take_lock_before(revision, fields, version, actor, now, take_over=take_over)
    category = fields.get("category") or revision.overrides.get("category") or ""
    known = vocabulary_of(revision.listing, own_photos=revision.overrides.get("photos") or (), category=str(category))
    master = master_of(revision, at=None)
    overrides = merged(revision.overrides, fields, master, known)
    reasons = {code: text for code, text in {**revision.warned, **(warned or {})}.items() if text.strip()}
    before = overlay(master, revision.overrides)
    is_same = overrides == revision.overrides and reasons == revision.warned
    revision.overrides, revision.warned = overrides, reasons
    if not is_same:
        revision.version += 1
        revision.changed_at = now
        if actor.user_id is not None and actor.user_id not in revision.authors:
            revision.authors = [*revision.authors, actor.user_id]
    revision.save(
        update_fields=["overrides", "warned", "version", "changed_at", "authors", "edited_by", "edited_until"]
    )
    if not is_same:
        changes = changed(before, overlay(master, overrides))
        record("catalog.revision_saved", revision.listing, actor=actor, changes=_told(revision, changes), at=now)
        approvals.void_changed(kind=LISTING_KIND, draft_ids=[revision.pk], actor=actor, now=now)
        refresh_completeness(listing_ids=[revision.listing_id])
    return ListingRevision.objects.get(pk=revision.pk)


@transaction.atomic
def schedule_revision(*, revision_id: int, publish_at: datetime | None, actor: Actor, now: datetime) -> ListingRevision:
    """Set when a draft shall be published once it is approved; None: at once. Its prices are those of that time.

    Only a draft: a request keeps the time that its approver saw. Locks as `save_revision`. Raises RevisionNotInDraft.
    """
    revision = lock_revision(revision_id)
    _require_draft(revision)
    before = revision.publish_at
    if before != publish_at:
        revision.publish_at, revision.changed_at = publish_at, now
        revision.version += 1
        revision.save(update_fields=["publish_at", "changed_at", "version"])
        times = [moment and moment.isoformat() for moment in (before, publish_at)]
        record(
            "catalog.revision_scheduled",
            revision.listing,
            actor=actor,
            changes=_told(revision, {"publish_at": times}),
            at=now,
        )
        refresh_completeness(listing_ids=[revision.listing_id])
    return revision


@transaction.atomic
def rebase_revision(*, revision_id: int, actor: Actor, now: datetime) -> ListingRevision:
    """Say that a draft was compared with the version that was published since it was begun, and stands as it is.

    Locks as `save_revision`. Raises RevisionNotInDraft.
    """
    revision = lock_revision(revision_id)
    _require_draft(revision)
    before, current = revision.base_number, _newest_version(revision.listing_id)
    if before != current:
        revision.base_number, revision.changed_at = current, now
        revision.save(update_fields=["base_number", "changed_at"])
        record(
            "catalog.revision_rebased",
            revision.listing,
            actor=actor,
            changes=_told(revision, {"base": [before, current]}),
            at=now,
        )
    return revision


@transaction.atomic
def discard_revision(*, revision_id: int, actor: Actor, now: datetime, reason: str = "") -> ListingRevision:
    """Give a draft up; it stays readable. Its clock ends. Locks as `save_revision`. Raises RevisionNotInDraft."""
    revision = lock_revision(revision_id)
    _require_draft(revision)
    revision.state, revision.changed_at = DraftState.DISCARDED, now
    revision.edited_by = revision.edited_until = None
    revision.save(update_fields=["state", "changed_at", "edited_by", "edited_until"])
    approvals.drop_clock(kind=LISTING_KIND, draft_ids=[revision.pk], reason=reason, actor=actor, now=now)
    record(
        "catalog.revision_discarded",
        revision.listing,
        actor=actor,
        reason=reason,
        changes={"revision": [revision.number, None]},
        at=now,
    )
    if revision.origin == RevisionOrigin.MASTER:
        reason = reason or gettext("The draft was given up.")
        stop_behind_clocks(listing_ids=[revision.listing_id], reason=reason, actor=actor, now=now)
    refresh_completeness(listing_ids=[revision.listing_id])
    return revision


@transaction.atomic
def restore_snapshot(*, listing_id: int, snapshot_number: int, actor: Actor, now: datetime) -> ListingRevision:
    """A new draft that says exactly what that version said, with its own way through approval (CAT-20). Locks the listing.

    Raises VersionUnknown, VersionCannotBeRestored.
    """
    listing = lock_listings([listing_id])[listing_id]
    try:
        snapshot = version_of(listing_id, snapshot_number)
    except Snapshot.DoesNotExist:
        raise VersionUnknown(listing=str(listing), number=snapshot_number) from None
    wanted = snapshot.fields
    master = resolve({0: Layer(listing.product_id, listing.shop_id, {}, None, now)})[0]
    overrides = differing(wanted, master)
    says = resolve({0: Layer(listing.product_id, listing.shop_id, overrides, None, now)})[0]
    if says != wanted:
        lost = [str(field.label) for field in FIELDS if says[field.code] != wanted[field.code]]
        raise VersionCannotBeRestored(number=snapshot_number, fields=", ".join(lost))
    revision = _new_revision(listing, RevisionOrigin.RESTORE, overrides, actor, now, restored_from=snapshot)
    changes = {"revision": [None, revision.number], "restored": [None, snapshot_number]}
    record("catalog.version_restored", listing, actor=actor, changes=changes, at=now)
    refresh_completeness(listing_ids=[listing_id])
    return revision


def submit_revision(
    *, revision_id: int, actor: Actor, now: datetime, important: bool = False, reason: str = ""
) -> ChangeRequest:
    """Ask for approval of what the draft says now.

    Raises RevisionIsClosed, BeingEdited and what the kernel's `submit` raises (NotReady names everything at once); then the
    draft stays a draft.
    """
    with transaction.atomic():
        revision = lock_revision(revision_id)
        _require_open(revision)
        _take_lock(revision, actor, now, take_over=False)
        revision.edited_until = None
        revision.save(update_fields=["edited_by", "edited_until"])
        if revision.state == DraftState.DRAFT and revision.changed_at < now:
            # The prices of this moment are what the approver shall see (selectors.contents.contents_of).
            ListingRevision.objects.filter(pk=revision_id).update(changed_at=now)
    # Outside: the kernel keeps the hits of content rules even when it refuses.
    return approvals.submit(
        kind=LISTING_KIND, draft_id=revision_id, actor=actor, now=now, important=important, reason=reason
    )


@transaction.atomic
def rate_title(*, revision_id: int, rating: int, actor: Actor, now: datetime) -> TitleRating:
    """Say how lively title and copy are, 1 to 5 (CAT-12); a second rating replaces the person's first.

    Raises RatingOutOfRange, OwnTitle for an author.
    """
    if isinstance(rating, bool) or rating not in range(1, 6):
        raise RatingOutOfRange(field="rating")
    revision = ListingRevision.objects.select_related("listing").get(pk=revision_id)
    if actor.user_id is None or actor.user_id in (revision.author_id, *revision.authors):
        raise OwnTitle()
    before = TitleRating.objects.filter(revision=revision, by=actor.user_id).values_list("rating", flat=True).first()
    row, _made = TitleRating.objects.update_or_create(
        revision=revision, by_id=actor.user_id, defaults={"rating": rating, "at": now}
    )
    if before != rating:
        changes = _told(revision, {"rating": [before, rating]})
        record("catalog.title_rated", revision.listing, actor=actor, changes=changes, at=now)
    return row


def follow_submission(*, request: ChangeRequest) -> None:
    """The draft is in review with its request: called by the kernel. Whatever the product says now is in it."""
    ListingRevision.objects.filter(pk=request.draft_id).update(state=DraftState.IN_REVIEW, request=request)
    actor = Actor.staff(user_id=request.requester_id, label=str(request.requester))
    stop_behind_clocks(listing_ids=[request.subject_id], actor=actor, now=request.submitted_at)


def follow_approval(*, request: ChangeRequest) -> None:
    """The draft is approved and waits for its time: called by the kernel."""
    ListingRevision.objects.filter(pk=request.draft_id).update(state=DraftState.APPROVED)


def follow_return(*, request: ChangeRequest) -> None:
    """The draft can be edited again, after a refusal, a withdrawal or an edit: called by the kernel."""
    ListingRevision.objects.filter(pk=request.draft_id, state__in=(DraftState.IN_REVIEW, DraftState.APPROVED)).update(
        state=DraftState.DRAFT
    )


def _new_revision(
    listing: Listing,
    origin: RevisionOrigin,
    overrides: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    restored_from: Snapshot | None = None,
) -> ListingRevision:
    last = ListingRevision.objects.filter(listing=listing).aggregate(last=Max("number"))["last"]
    return ListingRevision.objects.create(
        listing=listing,
        number=(last or 0) + 1,
        origin=origin,
        overrides=dict(overrides),
        base_number=_newest_version(listing.pk),
        restored_from=restored_from,
        author_id=actor.user_id,
        authors=[actor.user_id] if actor.user_id is not None else [],
        created_at=now,
        changed_at=now,
    )


def _newest_version(listing_id: int) -> int | None:
    live = LiveContent.objects.filter(kind=LISTING_KIND, subject_type=LISTING_KIND, subject_id=listing_id)
    return live.values_list("last_number", flat=True).first()


def _require_open(revision: ListingRevision) -> None:
    if revision.state in _CLOSED:
        raise RevisionIsClosed(number=revision.number, state=revision.get_state_display())


def _require_draft(revision: ListingRevision) -> None:
    if revision.state != DraftState.DRAFT:
        raise RevisionNotInDraft(number=revision.number, state=revision.get_state_display())


def _take_lock(revision: ListingRevision, actor: Actor, now: datetime, *, take_over: bool) -> None:
    holder, until = revision.edited_by, revision.edited_until
    if holder is not None and until is not None and holder.pk != actor.user_id and until > now and not take_over:
        raise BeingEdited(person=str(holder), until=date_format(localtime(until), "H:i"))
    if actor.user_id is not None:
        revision.edited_by_id, revision.edited_until = actor.user_id, now + EDIT_LOCK


def _take_lock_before(
    revision: ListingRevision,
    fields: Mapping[str, Any],
    version: int,
    actor: Actor,
    now: datetime,
    *,
    take_over: bool,
) -> None:
    """Refuse a form that was made for an older version, telling both values, before the hold is looked at."""
    if version != revision.version:
        master = master_of(revision, at=None)
        both = _both(fields, overlay(master, revision.overrides))
        person = str(revision.edited_by or revision.author or "")
        raise EditedMeanwhile(person=person, list=", ".join(both) or "–", both=both, version=revision.version)
    _take_lock(revision, actor, now, take_over=take_over)


def _both(fields: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, list[Any]]:
    both: dict[str, list[Any]] = {}
    for code, value in fields.items():
        if code in OF_PARTS and isinstance(value, Mapping):
            theirs = content[code]
            both |= {
                f"{code}.{part}": [one, theirs.get(part)] for part, one in value.items() if one != theirs.get(part)
            }
        elif code in content and value != content[code]:
            both[code] = [value, content[code]]
    return both


def _told(revision: ListingRevision, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {"revision": [revision.number, revision.number], **changes}
