"""What is published goes out to the shop's channels, or to a person where there is no connection."""

from __future__ import annotations

from datetime import datetime

from approvals.models import Snapshot
from catalog.models import ChannelPush, Listing
from catalog.states import PushAction, PushState
from stores.models import Channel
from stores.states import ChannelKind

_CONNECTED = (ChannelKind.WOOCOMMERCE, ChannelKind.WEBHOOK)


def plan_pushes(listing: Listing, snapshot: Snapshot, action: PushAction, now: datetime) -> list[ChannelPush]:
    """Write down what the shop's channels are to be told, for the sweep that sends it; older ones that wait are overtaken.

    Called in the transaction of the publication or take-down.
    """
    waiting = (PushState.WAITING, PushState.BY_HAND, PushState.REFUSED)
    ChannelPush.objects.filter(listing=listing, state__in=waiting).update(state=PushState.SUPERSEDED, ended_at=now)
    channels = Channel.objects.filter(shop=listing.shop_id, is_active=True, kind__in=_CONNECTED).exclude(api_address="")
    pushes = [
        ChannelPush(
            listing=listing,
            channel=channel,
            snapshot=snapshot,
            action=action,
            state=PushState.WAITING,
            created_at=now,
            next_at=now,
        )
        for channel in channels.order_by("pk")
    ] or [ChannelPush(listing=listing, snapshot=snapshot, action=action, state=PushState.BY_HAND, created_at=now)]
    return ChannelPush.objects.bulk_create(pushes)
