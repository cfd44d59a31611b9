"""What people do about a push: the evidence of what they did in the shop, another try, the shop's own number."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from approvals.services import record
from catalog.delivery.http import is_web_address
from catalog.errors import AddressUnreadable, ChannelGone, EvidenceMissing, PushHasMovedOn, RemoteNumberTooLong
from catalog.models import ChannelPush, Listing
from catalog.policies.pushes import may_be_sent_again
from catalog.services._locks import lock_listings
from catalog.services.pushes._evidence import see
from catalog.services.pushes._rows import ADDRESS_LENGTH, NUMBER_LENGTH, is_current, lock_push, tell
from catalog.services.pushes.planning import open_channels
from catalog.states import PushAction, PushState
from config.kit.actor import Actor


@transaction.atomic
def confirm_by_hand(*, push_id: int, url: str, platform_id: str, actor: Actor, now: datetime) -> ChannelPush:
    """Somebody did it in the shop, or looked there: the address or the platform's number is the evidence.

    Raises EvidenceMissing (a take-down needs none), AddressUnreadable, RemoteNumberTooLong, PushHasMovedOn.
    """
    url, platform_id = url.strip(), platform_id.strip()
    if url and (len(url) > ADDRESS_LENGTH or not is_web_address(url)):
        raise AddressUnreadable(field="url", url=url[:200])
    _require_number(platform_id)
    listing, push = lock_push(push_id)
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
    tell("catalog.push_done_by_hand", listing, push, actor, now, evidence=url or platform_id)
    see(listing, push, url, actor, now, evidence="person", number=platform_id)
    return push


@transaction.atomic
def retry_push(*, push_id: int, actor: Actor, now: datetime) -> ChannelPush:
    """Send again what was refused, gave no evidence, or is shown differently: at once, with all attempts anew.

    Raises PushHasMovedOn (also for a version that is no longer the one to be shown), ChannelGone.
    """
    listing, push = lock_push(push_id)
    may = may_be_sent_again(PushState(push.state), differs=bool(push.differences))
    if not may or not is_current(listing, push):
        raise PushHasMovedOn(state=push.get_state_display())
    if push.channel_id is not None and not open_channels(listing.shop_id).filter(pk=push.channel_id).exists():
        raise ChannelGone(shop=str(listing.shop))
    before = push.state
    push.state, push.attempts, push.next_at, push.sent_at, push.ended_at = PushState.WAITING, 0, now, None, None
    push.save()
    tell("catalog.push_again", listing, push, actor, now, before=before)
    return push


@transaction.atomic
def give_to_hand(*, push_id: int, actor: Actor, now: datetime) -> ChannelPush:
    """Make what a shop refuses or cannot be reached for work of a person. Raises PushHasMovedOn."""
    listing, push = lock_push(push_id)
    if push.state not in (PushState.REFUSED, PushState.WAITING):
        raise PushHasMovedOn(state=push.get_state_display())
    before = push.state
    push.state, push.next_at = PushState.BY_HAND, None
    push.save()
    tell("catalog.push_by_hand", listing, push, actor, now, before=before)
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


def _require_number(platform_id: str) -> None:
    if len(platform_id) > NUMBER_LENGTH:
        raise RemoteNumberTooLong(field="platform_id", limit=NUMBER_LENGTH)
