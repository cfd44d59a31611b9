"""The half-month clock of each field group: only a published change of the group starts it again (CAT-15)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from approvals import services as approvals
from approvals.models import Snapshot
from approvals.policies.steps import due_time
from approvals.selectors.rules import rule_in_force
from approvals.services import Act, record_many
from catalog.errors import RefreshClockStopped
from catalog.models import Listing, ListingRevision, RefreshClock
from catalog.policies.fields import LISTING_KIND, groups_of
from catalog.policies.refresh import really_changed
from catalog.services.revisions import begin_revision
from catalog.states import FieldGroup, RevisionOrigin
from config.kit.actor import Actor
from stores.states import Role

RULE = "content_refresh"
CLOCK = "catalog.refreshclock"
_SYSTEM = Actor.system("catalog.refresh")


@dataclass(frozen=True, slots=True)
class Publication:
    """A listing that was just published as `snapshot`; `changed_fields` are the paths that the request named."""

    listing: Listing
    snapshot: Snapshot
    changed_fields: Sequence[str]


def reset_clocks(
    listing: Listing, snapshot: Snapshot, changed_fields: Sequence[str], now: datetime, *, actor: Actor = _SYSTEM
) -> None:
    """Start the clocks of the groups that this publication really changed; the first publication starts all three."""
    reset_many([Publication(listing, snapshot, changed_fields)], actor=actor, now=now)


@transaction.atomic
def reset_many(publications: Sequence[Publication], *, actor: Actor, now: datetime) -> None:
    """The same for many listings, in a constant number of statements. Locks their clocks; the caller holds the listings.

    A group counts as changed when the request names one of its fields and shoppers see something else than in the version in
    which it changed last: so a listing that was taken down and comes back with the same words is as old as before. Its
    clock runs on from where it was. A change that comes late is one more breach in the clock's evidence.
    """
    rule = rule_in_force(RULE)
    ids = [one.listing.pk for one in publications]
    clocks = {
        (clock.listing_id, clock.group): clock
        for clock in RefreshClock.objects.filter(listing__in=ids)
        .order_by("pk")
        .select_for_update(of=("self",))
        .select_related("snapshot")
    }
    new: list[RefreshClock] = []
    reset: list[RefreshClock] = []
    resumed: list[RefreshClock] = []
    acts: list[Act] = []
    for one in publications:
        content = one.snapshot.fields
        named = groups_of(list(one.changed_fields))
        for group in FieldGroup:
            clock = clocks.get((one.listing.pk, group))
            if clock is None:
                new.append(
                    RefreshClock(
                        listing=one.listing,
                        store_id=one.listing.shop_id,
                        group=group,
                        changed_at=now,
                        snapshot=one.snapshot,
                        due_at=due_time(now, rule),
                    )
                )
                continue
            before = clock.snapshot.fields if clock.snapshot else None
            if group in named and group in really_changed(before, content):
                is_late = clock.due_at < now
                acts.append(_act(one, group, clock.changed_at, is_late, now))
                clock.late_count += is_late
                clock.change_count += 1
                clock.changed_at, clock.snapshot, clock.due_at = now, one.snapshot, due_time(now, rule)
                reset.append(clock)
            elif not clock.is_running:
                resumed.append(clock)
            clock.is_running = True
    RefreshClock.objects.bulk_create(new, batch_size=1000)
    RefreshClock.objects.bulk_update(
        [*reset, *resumed],
        ["late_count", "change_count", "changed_at", "snapshot", "due_at", "is_running"],
        batch_size=1000,
    )
    approvals.meet_deadlines(
        subject_type=CLOCK, subject_ids=[clock.pk for clock in reset], rules=[RULE], actor=actor, now=now
    )
    listings = {one.listing.pk: one.listing for one in publications}
    approvals.start_deadlines(
        [_deadline(clock, listings[clock.listing_id]) for clock in (*new, *reset, *resumed)], now=now
    )
    record_many(acts, actor=actor, at=now)


@transaction.atomic
def stop_clocks(*, listing_ids: Collection[int], reason: str, actor: Actor, now: datetime) -> int:
    """Stop the clocks of listings that are not shown any more; returns how many. A breach that happened stays one. Locks them."""
    rows = RefreshClock.objects.filter(listing__in=listing_ids, is_running=True)
    ids = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    RefreshClock.objects.filter(pk__in=ids).update(is_running=False)
    approvals.withdraw_deadlines(
        subject_type=CLOCK, subject_ids=ids, rules=[RULE], actor=actor, reason=reason[:500], now=now
    )
    return len(ids)


def begin_refresh(*, clock_id: int, actor: Actor, now: datetime) -> ListingRevision:
    """The draft in which a group is renewed: the person's own of origin *refresh*, or a new one. Locks the listing.

    Raises RefreshClockStopped.
    """
    clock = RefreshClock.objects.select_related("listing__shop", "listing__product").get(pk=clock_id)
    if not clock.is_running:
        raise RefreshClockStopped(listing=str(clock.listing))
    return begin_revision(listing_id=clock.listing_id, actor=actor, now=now, origin=RevisionOrigin.REFRESH)


def _deadline(clock: RefreshClock, listing: Listing) -> approvals.DeadlineStart:
    title = listing.title or str(listing.product)
    return approvals.DeadlineStart(
        rule=RULE,
        subject_type=CLOCK,
        subject_id=clock.pk,
        subject_label=f"{title[:90]} · {listing.shop.name[:40]} · {clock.get_group_display()}",
        starts_at=clock.changed_at,
        store_id=clock.store_id,
        owner_id=listing.owner_id,
        owner_role=Role.PLAN,
        due_at=clock.due_at,
    )


def _act(one: Publication, group: FieldGroup, since: datetime, is_late: bool, now: datetime) -> Act:
    changes = {"group": [None, str(group)], "changed_at": [since.isoformat(), now.isoformat()], "late": [None, is_late]}
    return Act("catalog.content_refreshed", LISTING_KIND, one.listing.pk, one.listing.shop_id, changes=changes)
