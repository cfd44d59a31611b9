"""Publishing out: an approved snapshot goes to the shop's channel, and what is live is compared with what was approved.

No database here and no decision about when to try again: callers hand in plain data and keep the `PushResult`.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from catalog.delivery import webhook, woocommerce
from catalog.delivery.compare import compare
from catalog.delivery.contract import (
    ChannelTarget,
    Difference,
    OutgoingListing,
    OutgoingPicture,
    OutgoingVariant,
    PushResult,
)
from catalog.delivery.http import Client, Undelivered
from catalog.delivery.webhook import verify_signature

__all__ = [
    "ChannelTarget",
    "Difference",
    "OutgoingListing",
    "OutgoingPicture",
    "OutgoingVariant",
    "PushResult",
    "compare",
    "push",
    "read_back",
    "verify_signature",
]

_DOORS = {"woocommerce": woocommerce, "generic": webhook}


def push(listing: OutgoingListing, target: ChannelTarget, *, now: datetime) -> PushResult:
    """Bring the snapshot to the shop, or take it down when it is not visible.

    Safe to repeat after any outcome: a shop never gets a second product of it. Waits for the network (seconds, at
    worst minutes), so never call it inside a transaction. Raises nothing that a shop or an address can cause.
    """
    with Client(target, now=now) as client:
        try:
            return _DOORS[target.kind].push(listing, client)
        except Undelivered as problem:
            return _result(problem, listing, client)


def read_back(listing: OutgoingListing, target: ChannelTarget, *, now: datetime | None = None) -> PushResult:
    """Ask the shop what is live and compare it with the snapshot; changes nothing there.

    confirmed: it is what was approved; sent: it differs (`differences`), or the receiver does not tell.
    """
    with Client(target, now=now or timezone.now()) as client:
        try:
            return _DOORS[target.kind].read_back(listing, client)
        except Undelivered as problem:
            return _result(problem, listing, client)


def _result(problem: Undelivered, listing: OutgoingListing, client: Client) -> PushResult:
    return PushResult(
        outcome=problem.outcome,
        status=problem.status,
        remote_id=listing.remote_id,
        retry_after=problem.retry_after,
        proof=client.proof(),
        message=client.without_secrets(problem.message),
    )
