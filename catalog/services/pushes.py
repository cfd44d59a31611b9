"""The way of what is published to the shops: planned, claimed, settled, confirmed (CAT-14).

Nothing here speaks with a shop. A sender (catalog/tasks.py) claims a push in one transaction, speaks outside of any, and settles in
another. Locks: what is live → listing → push.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from approvals.models import LiveContent, Snapshot
from approvals.policies.wording import Wording
from approvals.seams import people_on_rung
from approvals.services import record
from approvals.states import Rung
from catalog.delivery import PushResult
from catalog.delivery.http import is_web_address
from catalog.errors import AddressUnreadable, ChannelGone, EvidenceMissing, PushHasMovedOn, RemoteNumberTooLong
from catalog.models import ChannelPush, Listing
from catalog.policies.fields import LISTING_KIND
from catalog.policies.pushes import COMPARE_AFTER, LEASE, read_at, retry_at
from catalog.services._locks import lock_listings
from catalog.states import ListingState, PushAction, PushState
from config.kit.actor import Actor
from stores.models import Channel, Shop
from stores.states import ChannelKind, Role, ShopKind

log = structlog.get_logger(__name__)

CONNECTED: Final = (ChannelKind.WOOCOMMERCE, ChannelKind.WEBHOOK)
"""Channels to which listings can be published."""
DIFFERS: Final = "live_differs"
_ADDRESS_LENGTH = 500  # of LiveContent.display_url
_NUMBER_LENGTH = 120
_UNFINISHED = (PushState.WAITING, PushState.BY_HAND, PushState.SENT, PushState.REFUSED)
_SYSTEM = Actor.system("catalog.pushes")


def plan_pushes(
    listing: Listing, snapshot: Snapshot, action: PushAction, now: datetime, *, actor: Actor = _SYSTEM
) -> list[ChannelPush]:
    """Write down what the shop's channels are to be told, for the sweep that sends it; older ones that wait are overtaken.

    Called in the transaction of the publication or take-down. A shop without a channel that we can publish to is work for a
    person, but our own mall, which shows what is live by itself: there the sweep only looks (see `is_own_mall`). One that is on
    its way at this moment keeps its lease: the new one waits for its end, so that the older version cannot arrive last.
    """
    ChannelPush.objects.filter(listing=listing, state__in=_UNFINISHED).update(
        state=PushState.SUPERSEDED,
        ended_at=now,
        next_at=Case(When(state=PushState.WAITING, sent_at__isnull=False, then=F("next_at")), default=None),
    )
    approvals.withdraw_deadlines(
        subject_type=LISTING_KIND, subject_ids=[listing.pk], rules=[DIFFERS], actor=actor, reason="", now=now
    )
    channels: list[Channel | None] = [*open_channels(listing.shop_id)]
    itself = not channels and is_own_mall(listing.shop)
    state = PushState.WAITING if channels or itself else PushState.BY_HAND
    return ChannelPush.objects.bulk_create(
        [
            ChannelPush(
                listing=listing,
                channel=channel,
                snapshot=snapshot,
                action=action,
                state=state,
                created_at=now,
                next_at=now if state == PushState.WAITING else None,
            )
            for channel in channels or [None]
        ]
    )


def open_channels(shop_id: int) -> QuerySet[Channel]:
    """The channels of a shop to which listings are published."""
    rows = Channel.objects.filter(shop=shop_id, is_active=True, kind__in=CONNECTED)
    return rows.exclude(api_address="").order_by("pk")


def is_own_mall(shop: Shop) -> bool:
    """Whether the shop is shown by this software itself: online and on no platform."""
    return shop.kind == ShopKind.ONLINE and shop.platform_id is None


@transaction.atomic(durable=True)
def claim_push(*, now: datetime, besides: Collection[int] = ()) -> ChannelPush | None:
    """Take the push that has waited longest, for `LEASE`; None when none is due. Committed before anything is sent.

    Pushes that another sender is claiming are skipped, and those of a listing whose older version is still on its way. The claim is
    known again by its `next_at`. `besides` are channels that do not answer at the moment.
    """
    on_its_way = ChannelPush.objects.filter(
        listing=OuterRef("listing"),
        channel=OuterRef("channel"),
        state=PushState.SUPERSEDED,
        sent_at__isnull=False,
        next_at__gt=now,
    )
    due = ChannelPush.objects.filter(~Exists(on_its_way), state=PushState.WAITING, next_at__lte=now)
    if besides:
        due = due.exclude(channel__in=besides)
    push = due.order_by("next_at", "id").select_for_update(skip_locked=True, of=("self",)).first()
    if push is None:
        return None
    push.attempts, push.sent_at, push.next_at = push.attempts + 1, now, now + LEASE
    push.save(update_fields=["attempts", "sent_at", "next_at"])
    return push


@transaction.atomic(durable=True)
def claim_readings(*, now: datetime, limit: int = 20) -> list[ChannelPush]:
    """Take pushes that were sent without evidence and are to be read back, for `LEASE`."""
    due = ChannelPush.objects.filter(state=PushState.SENT, next_at__lte=now, channel__isnull=False)
    return _lease(due.order_by("next_at", "id"), now, limit)


@transaction.atomic(durable=True)
def claim_comparisons(*, now: datetime, limit: int = 20) -> list[ChannelPush]:
    """Take confirmed pushes of what is live that were not compared for `COMPARE_AFTER`, for `LEASE`."""
    due = ChannelPush.objects.filter(
        Q(next_at__isnull=True) | Q(next_at__lte=now),
        state=PushState.CONFIRMED,
        action=PushAction.PUBLISH,
        channel__is_active=True,
        listing__state=ListingState.LISTED,
        listing__live__snapshot=F("snapshot"),
    )
    return _lease(due.order_by("next_at", "id"), now, limit)


@transaction.atomic
def settle_push(
    *, push_id: int, claimed_until: datetime | None, result: PushResult, actor: Actor, now: datetime
) -> ChannelPush:
    """Write down how an attempt ended; returns the push fresh.

    Confirmed evidence makes the listing live once every channel of the shop has it. A result that comes after the lease, or for a
    push that was overtaken meanwhile, changes nothing else.
    """
    listing, push = _lock(push_id)
    if push.next_at != claimed_until:
        log.warning("push_settled_by_somebody_else", push=push_id, state=push.state, outcome=result.outcome)
        return push
    push.proof = _proof(push, result)
    push.message = result.message
    _keep_number(listing, push, result)
    if push.state != PushState.WAITING:  # overtaken on its way: the next one may go now
        push.next_at = None
        push.save()
        return push
    push.differences = [asdict(one) for one in result.differences]
    match result.outcome:
        case "confirmed":
            push.state, push.next_at, push.ended_at = PushState.CONFIRMED, now + COMPARE_AFTER, now
            push.save()
            _tell("catalog.push_confirmed", listing, push, actor, now)
            _see(listing, push, result.display_url, actor, now)
        case "sent":
            push.state, push.attempts = PushState.SENT, 0
            push.next_at = read_at(0, result.retry_after, now=now)
            push.save()
            _tell("catalog.push_sent", listing, push, actor, now)
            _see(listing, push, result.display_url, actor, now)
        case "refused":
            push.state, push.next_at = PushState.REFUSED, None
            push.save()
            _tell("catalog.push_refused", listing, push, actor, now, reason=push.message)
            _notify_owner(listing, push, now)
        case "retry":
            push.next_at, push.sent_at = retry_at(push.attempts, result.retry_after, now=now), None
            push.save()
    return push


@transaction.atomic
def settle_reading(
    *, push_id: int, claimed_until: datetime | None, result: PushResult, actor: Actor, now: datetime
) -> ChannelPush:
    """Write down what a shop showed when it was asked; returns the push fresh.

    One that was sent is confirmed when the shop shows what was approved. What differs is kept, starts a clock, and ends it when it
    agrees again. An answer that is none changes nothing but the next time.
    """
    listing, push = _lock(push_id)
    if push.next_at != claimed_until or push.state not in (PushState.SENT, PushState.CONFIRMED):
        return push
    push.message = result.message
    push.next_at = read_at(push.attempts, result.retry_after, now=now)
    has_answer = result.outcome in ("confirmed", "sent")
    if has_answer:
        push.proof = _proof(push, result)
        push.differences = [asdict(one) for one in result.differences]
    if push.state == PushState.CONFIRMED and has_answer:
        push.next_at = now + COMPARE_AFTER
    if push.state == PushState.SENT and result.outcome == "confirmed":
        push.state, push.next_at, push.ended_at = PushState.CONFIRMED, now + COMPARE_AFTER, now
        _tell("catalog.push_confirmed", listing, push, actor, now)
    push.save()
    if has_answer:
        _see(listing, push, result.display_url, actor, now)
    return push


@transaction.atomic
def confirm_by_hand(*, push_id: int, url: str, platform_id: str, actor: Actor, now: datetime) -> ChannelPush:
    """Somebody did it in the shop, or looked there: the address or the platform's number is the evidence.

    Raises EvidenceMissing (a take-down needs none), AddressUnreadable, RemoteNumberTooLong, PushHasMovedOn.
    """
    url, platform_id = url.strip(), platform_id.strip()
    if url and (len(url) > _ADDRESS_LENGTH or not is_web_address(url)):
        raise AddressUnreadable(field="url", url=url[:200])
    _require_number(platform_id)
    listing, push = _lock(push_id)
    if push.state not in (PushState.BY_HAND, PushState.SENT):
        raise PushHasMovedOn(state=push.get_state_display())
    if push.action == PushAction.PUBLISH and not (url or platform_id):
        raise EvidenceMissing(field="url")
    push.state, push.next_at, push.ended_at, push.done_by_id = PushState.CONFIRMED, None, now, actor.user_id
    push.proof = {**push.proof, "by_hand": {"url": url, "id": platform_id}}
    push.differences, push.message = [], ""
    push.save()
    if platform_id and listing.remote_id != platform_id:
        listing.remote_id = platform_id
        listing.save(update_fields=["remote_id"])
    _tell("catalog.push_done_by_hand", listing, push, actor, now, evidence=url or platform_id)
    _see(listing, push, url, actor, now, evidence="person", number=platform_id)
    return push


@transaction.atomic
def retry_push(*, push_id: int, actor: Actor, now: datetime) -> ChannelPush:
    """Send again what was refused, gave no evidence, or is shown differently: at once, with all attempts anew.

    Raises PushHasMovedOn (also for a version that is no longer the one to be shown), ChannelGone.
    """
    listing, push = _lock(push_id)
    may = push.state in (PushState.REFUSED, PushState.SENT) or (push.state == PushState.CONFIRMED and push.differences)
    if not may or not _is_current(listing, push):
        raise PushHasMovedOn(state=push.get_state_display())
    if push.channel_id is not None and not open_channels(listing.shop_id).filter(pk=push.channel_id).exists():
        raise ChannelGone(shop=str(listing.shop))
    before = push.state
    push.state, push.attempts, push.next_at, push.sent_at, push.ended_at = PushState.WAITING, 0, now, None, None
    push.save()
    _tell("catalog.push_again", listing, push, actor, now, before=before)
    return push


@transaction.atomic
def give_to_hand(*, push_id: int, actor: Actor, now: datetime) -> ChannelPush:
    """Make what a shop refuses or cannot be reached for work of a person. Raises PushHasMovedOn."""
    listing, push = _lock(push_id)
    if push.state not in (PushState.REFUSED, PushState.WAITING):
        raise PushHasMovedOn(state=push.get_state_display())
    before = push.state
    push.state, push.next_at = PushState.BY_HAND, None
    push.save()
    _tell("catalog.push_by_hand", listing, push, actor, now, before=before)
    return push


@transaction.atomic
def set_remote_id(*, listing_id: int, remote_id: str, actor: Actor, now: datetime) -> Listing:
    """Correct the number under which the shop knows a listing; empty: the next push looks for it or makes it anew. Locks it.

    Raises RemoteNumberTooLong.
    """
    _require_number(remote_id := remote_id.strip())
    listing = lock_listings([listing_id])[listing_id]
    before = listing.remote_id
    if before != remote_id:
        listing.remote_id = remote_id
        listing.save(update_fields=["remote_id"])
        record("catalog.remote_id_set", listing, actor=actor, changes={"remote_id": [before, remote_id]}, at=now)
    return listing


def _lease(due: QuerySet[ChannelPush], now: datetime, limit: int) -> list[ChannelPush]:
    pushes = list(due.select_for_update(skip_locked=True, of=("self",))[:limit])
    for push in pushes:
        push.attempts, push.next_at = min(push.attempts + 1, 30_000), now + LEASE
    ChannelPush.objects.bulk_update(pushes, ["attempts", "next_at"])
    return pushes


def _lock(push_id: int) -> tuple[Listing, ChannelPush]:
    """What is live, the listing and the push, in this order: as a publication takes them."""
    listing_id = ChannelPush.objects.values_list("listing", flat=True).get(pk=push_id)
    live = LiveContent.objects.filter(kind=LISTING_KIND, subject_type=LISTING_KIND, subject_id=listing_id)
    list(live.select_for_update(of=("self",)).values_list("pk"))
    listing = lock_listings([listing_id])[listing_id]
    return listing, ChannelPush.objects.select_for_update(of=("self",)).select_related("snapshot").get(pk=push_id)


def _is_current(listing: Listing, push: ChannelPush) -> bool:
    """Whether the push says what the shop should show now."""
    shown = listing.live.snapshot_id if listing.live else None
    if push.action == PushAction.PUBLISH:
        return shown == push.snapshot_id
    return shown is None


def _see(
    listing: Listing,
    push: ChannelPush,
    url: str,
    actor: Actor,
    now: datetime,
    *,
    evidence: str = "",
    number: str = "",
) -> None:
    """Tell the kernel what was seen, and keep the clock of differences. A take-down shows nothing that could be confirmed."""
    if push.action != PushAction.PUBLISH or not _is_current(listing, push):
        return
    siblings = ChannelPush.objects.filter(listing=listing, snapshot=push.snapshot_id, action=PushAction.PUBLISH)
    siblings = siblings.exclude(state=PushState.SUPERSEDED)
    differences = [
        {**one, "channel": channel or ""}
        for channel, found in siblings.exclude(differences=[])
        .values_list("channel__code", "differences")
        .order_by("pk")
        for one in found
    ]
    is_everywhere = not siblings.exclude(state=PushState.CONFIRMED).exists()
    if is_everywhere or differences:
        approvals.confirm_live(
            kind=LISTING_KIND,
            subject_type=LISTING_KIND,
            subject_id=listing.pk,
            evidence=evidence or ("channel" if push.channel_id else "page"),
            display_url=url if len(url) <= _ADDRESS_LENGTH else "",
            display_id=(number or str(push.proof.get("remote_id") or ""))[:_NUMBER_LENGTH],
            differences=differences,
            actor=actor,
            now=now,
        )
    _follow_differences(listing, differences, actor, now)


def _follow_differences(listing: Listing, differences: Sequence[Any], actor: Actor, now: datetime) -> None:
    before = listing.live.differences if listing.live else []
    if differences:
        start = approvals.DeadlineStart(
            rule=DIFFERS,
            subject_type=LISTING_KIND,
            subject_id=listing.pk,
            subject_label=f"{listing.title[:100]} · {listing.shop.name[:40]}",
            starts_at=now,
            store_id=listing.shop_id,
            owner_role=Role.OPS,
        )
        approvals.start_deadlines([start], now=now)
        if not before:
            fields = [one["field"] for one in differences]
            record("catalog.live_differs", listing, actor=actor, changes={"differs": [None, fields]}, at=now)
    else:
        met = approvals.meet_deadlines(
            subject_type=LISTING_KIND, subject_ids=[listing.pk], rules=[DIFFERS], actor=actor, now=now
        )
        if met:
            record("catalog.live_agrees", listing, actor=actor, at=now)


def _proof(push: ChannelPush, result: PushResult) -> dict[str, Any]:
    """What the other side answered, with the numbers under which it knows the listing and its variants."""
    kept = {name: push.proof[name] for name in ("remote_id", "variants", "by_hand") if name in push.proof}
    number = {"remote_id": result.remote_id[:_NUMBER_LENGTH]} if result.remote_id else {}
    status = {"status": result.status} if result.status is not None else {}
    return {**kept, **result.proof, **number, **status}


def _keep_number(listing: Listing, push: ChannelPush, result: PushResult) -> None:
    """The listing holds the number of its shop's first channel; further channels know theirs by their last proof."""
    first = open_channels(listing.shop_id).values_list("pk", flat=True).first()
    number = result.remote_id[:_NUMBER_LENGTH]
    if number and number != listing.remote_id and push.channel_id == first:
        listing.remote_id = number
        listing.save(update_fields=["remote_id"])


def _tell(
    action: str,
    listing: Listing,
    push: ChannelPush,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    before: str = "",
    evidence: str = "",
) -> None:
    """The trail line stands on the listing: its timeline shows how it came to its shop."""
    changes: dict[str, list[Any]] = {"push": [None, push.pk], "action": [None, push.action]}
    changes |= {"version": [None, push.snapshot.number], "state": [before or None, push.state]}
    if evidence:
        changes["evidence"] = [None, evidence]
    record(action, listing, actor=actor, reason=reason, changes=changes, at=now)


def _notify_owner(listing: Listing, push: ChannelPush, now: datetime) -> None:
    _rung, people = people_on_rung(Rung.OWNER, owner_id=listing.owner_id, owner_role=Role.OPS, store_id=listing.shop_id)
    wording = Wording(
        _("%(shop)s refuses “%(title)s”: %(problem)s"),
        {"shop": listing.shop.name, "title": listing.title[:80], "problem": push.message[:150]},
    )
    approvals.notify(people, wording, kind="pushes.refused", now=now, link=push.get_absolute_url())


def _require_number(platform_id: str) -> None:
    if len(platform_id) > _NUMBER_LENGTH:
        raise RemoteNumberTooLong(field="platform_id", limit=_NUMBER_LENGTH)
