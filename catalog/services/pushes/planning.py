"""What a publication or a take-down has to tell the channels of its shop."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Case, F, QuerySet, When

from approvals import services as approvals
from approvals.models import Snapshot
from catalog.models import ChannelPush, Listing
from catalog.policies.fields import LISTING_KIND
from catalog.services.pushes._evidence import DIFFERS
from catalog.states import PushAction, PushState
from config.kit.actor import Actor
from stores.models import Channel, Shop
from stores.states import ChannelKind, ShopKind

CONNECTED: Final = (ChannelKind.WOOCOMMERCE, ChannelKind.WEBHOOK)
"""Channels to which listings can be published."""
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
