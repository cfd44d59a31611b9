"""Pushes on their way: claimed by a sender in one transaction, settled with the shop's answer in another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from approvals.policies.wording import Wording
from approvals.seams import people_on_rung
from approvals.states import Rung
from catalog.delivery import PushResult
from catalog.models import ChannelPush, Listing
from catalog.policies.pushes import COMPARE_AFTER, LEASE, read_at, retry_at
from catalog.services.pushes._evidence import see
from catalog.services.pushes._rows import NUMBER_LENGTH, lock_push, tell
from catalog.services.pushes.planning import open_channels
from catalog.states import ListingState, PushAction, PushState
from config.kit.actor import Actor
from stores.states import Role

log = structlog.get_logger(__name__)


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


def _lease(due: QuerySet[ChannelPush], now: datetime, limit: int) -> list[ChannelPush]:
    pushes = list(due.select_for_update(skip_locked=True, of=("self",))[:limit])
    for push in pushes:
        push.attempts, push.next_at = min(push.attempts + 1, 30_000), now + LEASE
    ChannelPush.objects.bulk_update(pushes, ["attempts", "next_at"])
    return pushes


@transaction.atomic
def settle_push(
    *, push_id: int, claimed_until: datetime | None, result: PushResult, actor: Actor, now: datetime
) -> ChannelPush:
    """Write down how an attempt ended; returns the push fresh.

    Confirmed evidence makes the listing live once every channel of the shop has it. A result that comes after the lease, or for a
    push that was overtaken meanwhile, changes nothing else.
    """
    listing, push = lock_push(push_id)
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
            tell("catalog.push_confirmed", listing, push, actor, now)
            see(listing, push, result.display_url, actor, now)
        case "sent":
            push.state, push.attempts = PushState.SENT, 0
            push.next_at = read_at(0, result.retry_after, now=now)
            push.save()
            tell("catalog.push_sent", listing, push, actor, now)
            see(listing, push, result.display_url, actor, now)
        case "refused":
            push.state, push.next_at = PushState.REFUSED, None
            push.save()
            tell("catalog.push_refused", listing, push, actor, now, reason=push.message)
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
    listing, push = lock_push(push_id)
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
        tell("catalog.push_confirmed", listing, push, actor, now)
    push.save()
    if has_answer:
        see(listing, push, result.display_url, actor, now)
    return push


def _proof(push: ChannelPush, result: PushResult) -> dict[str, Any]:
    """What the other side answered, with the numbers under which it knows the listing and its variants."""
    kept = {name: push.proof[name] for name in ("remote_id", "variants", "by_hand") if name in push.proof}
    number = {"remote_id": result.remote_id[:NUMBER_LENGTH]} if result.remote_id else {}
    status = {"status": result.status} if result.status is not None else {}
    return {**kept, **result.proof, **number, **status}


def _keep_number(listing: Listing, push: ChannelPush, result: PushResult) -> None:
    """The listing holds the number of its shop's first channel; further channels know theirs by their last proof."""
    first = open_channels(listing.shop_id).values_list("pk", flat=True).first()
    number = result.remote_id[:NUMBER_LENGTH]
    if number and number != listing.remote_id and push.channel_id == first:
        listing.remote_id = number
        listing.save(update_fields=["remote_id"])


def _notify_owner(listing: Listing, push: ChannelPush, now: datetime) -> None:
    _rung, people = people_on_rung(Rung.OWNER, owner_id=listing.owner_id, owner_role=Role.OPS, store_id=listing.shop_id)
    wording = Wording(
        _("%(shop)s refuses “%(title)s”: %(problem)s"),
        {"shop": listing.shop.name, "title": listing.title[:80], "problem": push.message[:150]},
    )
    approvals.notify(people, wording, kind="pushes.refused", now=now, link=push.get_absolute_url())
