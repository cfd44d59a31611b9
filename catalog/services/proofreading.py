"""Proof-reading: what is picked each day, what was found right, and what is to be corrected (CAT-6)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from approvals import services as approvals
from approvals.selectors.rules import rule_in_force
from approvals.services import Act, record, record_many
from catalog.errors import CorrectionNeedsNote, ProofreadIncomplete, ProofreadIsDone, ProofreadOutdated
from catalog.models import Listing, ListingRevision, ProofreadTask
from catalog.policies.fields import BY_CODE, FIELDS, LISTING_KIND
from catalog.policies.proofreads import COMPLAINT_DAYS, PRIORITY, Candidate, pick, read_fields
from catalog.selectors.facts import complaints
from catalog.services._locks import lock_listings
from catalog.services.revisions import begin_revision
from catalog.states import ListingState
from config.kit.actor import Actor
from config.kit.sql import insert_rows
from stores.states import Role

RULE = "accuracy_check"
TASK = "catalog.proofreadtask"
_COLUMNS = ("listing", "store_id", "pick", "priority", "picked_at", "due_at", "confirmed", "corrected")


@transaction.atomic
def pick_proofreads(*, now: datetime, actor: Actor) -> list[int]:
    """Pick the listings that are to be read, once a day however often it is called; returns the new tasks.

    A listing with an open task, or one that was picked today already, is left out. Their clocks start. Set-based.
    """
    today = timezone.localdate(now)
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = (
        Listing.objects.filter(state=ListingState.LISTED, live__snapshot__isnull=False, first_listed_at__isnull=False)
        .order_by("pk")
        .values_list(
            "pk",
            "product_id",
            "product__sales_rank",
            "proofread_at",
            "first_listed_at",
            "live__live_since",
            "live__snapshot__number",
            "live__snapshot__changed_fields",
        )
    )
    taken = set(ProofreadTask.objects.filter(done_at__isnull=True).values_list("listing", flat=True))
    taken |= set(ProofreadTask.objects.filter(picked_at__gte=midnight).values_list("listing", flat=True))
    # The sample is drawn from everything that is shown, so that it stays the same when the day's tasks exist already.
    picked = pick(
        [Candidate(*cast(Any, row)) for row in rows],
        complained=set(complaints(since=now - COMPLAINT_DAYS, until=now)),
        length=rule_in_force(RULE).length,
        today=today,
        now=now,
    )
    wanted = {one.listing_id: one for one in picked if one.listing_id not in taken}
    listings = Listing.objects.select_related("shop", "product").in_bulk(wanted)
    made = insert_rows(
        ProofreadTask,
        _COLUMNS,
        [
            (pk, listings[pk].shop_id, str(one.pick), PRIORITY[one.pick], now, one.due_at, [], {})
            for pk, one in wanted.items()
        ],
        tail="ON CONFLICT DO NOTHING RETURNING id, listing_id",
    )
    approvals.start_deadlines(
        [
            approvals.DeadlineStart(
                rule=RULE,
                subject_type=TASK,
                subject_id=task_id,
                subject_label=f"{listings[pk].title[:100]} · {listings[pk].shop.name[:40]}",
                starts_at=now,
                store_id=listings[pk].shop_id,
                owner_role=Role.OPS,
                due_at=wanted[pk].due_at,
            )
            for task_id, pk in made
        ],
        now=now,
    )
    return sorted(task_id for task_id, _listing in made)


@transaction.atomic
def record_proofread(
    *,
    task_id: int,
    confirmed: Collection[str],
    corrected: Mapping[str, str],
    actor: Actor,
    now: datetime,
    snapshot_number: int | None = None,
) -> ListingRevision | None:
    """Write down what somebody read: every field that is shown is either right or to be corrected with a note.

    The listing then says who read it last and when. Corrections open a revision, which is returned; shoppers see nothing of
    them before its approval. Locks the listing, then the task. Raises ProofreadIsDone, ProofreadOutdated (another version is
    live than `snapshot_number`), ProofreadIncomplete, CorrectionNeedsNote.
    """
    listing_id = ProofreadTask.objects.values_list("listing", flat=True).get(pk=task_id)
    listing = lock_listings([listing_id])[listing_id]
    task = ProofreadTask.objects.select_for_update(of=("self",)).get(pk=task_id)
    if task.done_at is not None:
        raise ProofreadIsDone(listing=str(listing))
    snapshot = listing.live.snapshot if listing.live else None
    if snapshot is None or snapshot_number not in (None, snapshot.number):
        raise ProofreadOutdated(listing=str(listing))
    shown = read_fields(snapshot.fields, [field.code for field in FIELDS])
    notes = {code: note.strip() for code, note in corrected.items()}
    _require_complete(shown, confirmed, notes)
    task.confirmed, task.corrected = [code for code in shown if code in confirmed], notes
    task.snapshot_number, task.done_at, task.done_by_id = snapshot.number, now, actor.user_id
    task.save(update_fields=["confirmed", "corrected", "snapshot_number", "done_at", "done_by"])
    listing.proofread_at, listing.proofread_by_id = now, actor.user_id
    listing.save(update_fields=["proofread_at", "proofread_by"])
    approvals.meet_deadlines(subject_type=TASK, subject_ids=[task_id], rules=[RULE], actor=actor, now=now)
    words = "; ".join(f"{BY_CODE[code].label}: {note}" for code, note in notes.items())
    changes = {"version": [None, snapshot.number], "confirmed": [None, task.confirmed], "corrected": [None, notes]}
    record("catalog.proofread_done", listing, actor=actor, reason=words, changes=changes, at=now)
    return begin_revision(listing_id=listing_id, actor=actor, now=now) if notes else None


@transaction.atomic
def drop_proofreads(*, listing_ids: Collection[int], reason: str, actor: Actor, now: datetime) -> int:
    """End the open tasks of listings that are not shown any more; returns how many. Nobody counts as their reader. Locks them."""
    rows = ProofreadTask.objects.filter(listing__in=listing_ids, done_at__isnull=True)
    open_ones = list(rows.order_by("pk").select_for_update(of=("self",)))
    ids = [task.pk for task in open_ones]
    ProofreadTask.objects.filter(pk__in=ids).update(done_at=now)
    approvals.withdraw_deadlines(
        subject_type=TASK, subject_ids=ids, rules=[RULE], actor=actor, reason=reason[:500], now=now
    )
    acts = [Act("catalog.proofread_dropped", LISTING_KIND, one.listing_id, one.store_id, reason) for one in open_ones]
    record_many(acts, actor=actor, at=now)
    return len(ids)


def _require_complete(shown: Collection[str], confirmed: Collection[str], notes: Mapping[str, str]) -> None:
    asked, answered = set(shown), [*confirmed, *notes]
    twice = {code for code in answered if answered.count(code) > 1}
    if wrong := (asked ^ set(answered)) | twice:
        names = [str(BY_CODE[code].label) if code in BY_CODE else code for code in sorted(wrong)]
        raise ProofreadIncomplete(fields=", ".join(names))
    for code, note in notes.items():
        if not note:
            raise CorrectionNeedsNote(field=f"note_{code}", name=str(BY_CODE[code].label))
