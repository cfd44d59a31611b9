"""What every act on a push begins and ends with: the locked rows, whether it is still the one to be shown, the trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from approvals.models import LiveContent
from approvals.services import record
from catalog.models import ChannelPush, Listing
from catalog.policies import pushes as policies
from catalog.policies.fields import LISTING_KIND
from catalog.services._locks import lock_listings
from catalog.states import PushAction
from config.kit.actor import Actor

ADDRESS_LENGTH = 500  # of LiveContent.display_url
NUMBER_LENGTH = 120


def lock_push(push_id: int) -> tuple[Listing, ChannelPush]:
    """What is live, the listing and the push, in this order: as a publication takes them."""
    listing_id = ChannelPush.objects.values_list("listing", flat=True).get(pk=push_id)
    live = LiveContent.objects.filter(kind=LISTING_KIND, subject_type=LISTING_KIND, subject_id=listing_id)
    list(live.select_for_update(of=("self",)).values_list("pk"))
    listing = lock_listings([listing_id])[listing_id]
    return listing, ChannelPush.objects.select_for_update(of=("self",)).select_related("snapshot").get(pk=push_id)


def is_current(listing: Listing, push: ChannelPush) -> bool:
    """Whether the push says what the shop should show now."""
    return policies.is_current(
        PushAction(push.action), push.snapshot_id, listing.live.snapshot_id if listing.live else None
    )


def tell(
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
