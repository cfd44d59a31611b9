"""What was seen in a shop: told to the kernel, and the clock that runs while it is not what was approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from approvals import services as approvals
from approvals.services import record
from catalog.models import ChannelPush, Listing
from catalog.policies.fields import LISTING_KIND
from catalog.services.pushes._rows import ADDRESS_LENGTH, NUMBER_LENGTH, is_current
from catalog.states import PushAction, PushState
from config.kit.actor import Actor
from stores.states import Role

DIFFERS: Final = "live_differs"
"""The time rule that runs while a shop shows something else than was approved."""


def see(
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
    if push.action != PushAction.PUBLISH or not is_current(listing, push):
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
            display_url=url if len(url) <= ADDRESS_LENGTH else "",
            display_id=(number or str(push.proof.get("remote_id") or ""))[:NUMBER_LENGTH],
            differences=differences,
            actor=actor,
            now=now,
        )
    _follow_differences(listing, differences, actor, now)


def _follow_differences(listing: Listing, differences: Sequence[Any], actor: Actor, now: datetime) -> None:
    """Start the clock of differences with the first of them, end it when none is left; the trail tells both turns."""
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
