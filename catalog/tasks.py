"""What the catalogue does by the clock. Each task is one sweep over stored rows and may run twice, late or side by side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext

from approvals import services as approvals
from catalog import delivery, services
from catalog.delivery import PushResult
from catalog.errors import ChannelGone
from catalog.models import ChannelPush
from catalog.rendering import mall_page
from catalog.selectors import facts, pushes
from catalog.services import mismatches
from catalog.states import PushAction
from config.kit.actor import Actor

log = structlog.get_logger(__name__)
SENDER = Actor.system("catalog.pushes")
PUSHES_PER_SWEEP = 100
READINGS_PER_SWEEP = 500
SWEEP_TIME = timedelta(minutes=1)
"""After so long no further push is begun: other sweeps need the worker too."""
RANKED_OVER = timedelta(days=90)


@shared_task(name="catalog.process_photos")
def process_photos() -> None:
    """Read, check and copy the pictures that wait."""
    done = services.process_photos(actor=Actor.system("catalog.process_photos"), now=timezone.now())
    approvals.beat("photos", now=timezone.now(), handled=done.handled, failed=done.failed)


@shared_task(name="catalog.plan_shots")
def plan_shots() -> None:
    """Bring the shot list up to date, and the checks of pictures in line with the rules as they stand."""
    actor, now = Actor.system("catalog.plan_shots"), timezone.now()
    plan = services.plan_shots(actor=actor, now=now)
    rechecked = services.recheck_all_photos()
    approvals.beat("shots", now=now, added=plan.added + plan.reopened, dropped=plan.dropped, rechecked=rechecked)


@shared_task(name="catalog.compare_notices")
def compare_notices() -> None:
    """Compare change notices in effect with what shoppers see."""
    now = timezone.now()
    approvals.beat("notices", now=now, differing=mismatches.compare_notices(now=now))


@shared_task(name="catalog.turn_prices")
def turn_prices() -> None:
    """Bring along prices that began or ended."""
    now = timezone.now()
    done = services.turn_prices(actor=Actor.system("catalog.turn_prices"), now=now)
    approvals.beat("prices", now=now, handled=done.handled, failed=done.failed)


@shared_task(name="catalog.send_pushes")
def send_pushes() -> int:
    """Send what was published to the shops; returns how many attempts were made."""
    attempts = send_due_pushes()
    approvals.beat("pushes", now=timezone.now(), attempts=attempts)
    return attempts


@shared_task(name="catalog.read_back_pushes")
def read_back_pushes() -> int:
    """Ask shops that gave no evidence what they show; returns how many were asked."""
    asked = read_back_due(services.claim_readings)
    approvals.beat("readings", now=timezone.now(), asked=asked)
    return asked


@shared_task(name="catalog.compare_live")
def compare_live() -> int:
    """Compare what is live with what was approved; returns how many listings were looked at."""
    asked = read_back_due(services.claim_comparisons)
    approvals.beat("comparisons", now=timezone.now(), asked=asked)
    return asked


@shared_task(name="catalog.pick_proofreads")
def pick_proofreads() -> int:
    """Pick the day's listings to proof-read; returns how many."""
    now = timezone.now()
    picked = services.pick_proofreads(now=now, actor=Actor.system("catalog.pick_proofreads"))
    approvals.beat("proofreads", now=now, picked=len(picked))
    return len(picked)


@shared_task(name="catalog.measure_titles")
def measure_titles() -> int:
    """Write down how alike each shop's titles are; returns how many shops."""
    now = timezone.now()
    measured = services.measure_titles(now=now)
    approvals.beat("titles", now=now, measured=measured)
    return measured


@shared_task(name="catalog.rank_products")
def rank_products() -> int:
    """Write the sales rank of products from the last ninety days; returns how many changed. Without a provider none is."""
    now = timezone.now()
    if not facts.knows_sales():
        return 0
    changed = services.rank_products(sold=facts.units_sold(since=now - RANKED_OVER, until=now))
    approvals.beat("ranks", now=now, changed=changed)
    return changed


def send_due_pushes(*, clock: Callable[[], datetime] = timezone.now, limit: int = PUSHES_PER_SWEEP) -> int:
    """Claim, send and settle one push after the other. No transaction is open while a shop is spoken with.

    Safe side by side and to be killed at any moment: what was claimed is sent again when its lease is over, and shops do not get a
    second product of it. A shop that does not answer is left alone for the rest of the sweep; its other pushes lose no attempt.
    """
    attempts, silent, until = 0, set[int](), clock() + SWEEP_TIME
    while (
        attempts < limit
        and clock() < until
        and (claimed := services.claim_push(now=clock(), besides=silent)) is not None
    ):
        attempts += 1
        result = _attempt(claimed, _pushed, clock)
        if result.outcome == "retry" and result.status is None and claimed.channel_id is not None:
            silent.add(claimed.channel_id)
        services.settle_push(
            push_id=claimed.pk, claimed_until=claimed.next_at, result=result, actor=SENDER, now=clock()
        )
    return attempts


def read_back_due(
    claim: Callable[..., list[ChannelPush]],
    *,
    clock: Callable[[], datetime] = timezone.now,
    limit: int = READINGS_PER_SWEEP,
) -> int:
    """Ask shops what they show, in small batches, and write down how it compares with what was approved."""
    asked = 0
    while asked < limit and (batch := claim(now=clock())):
        for claimed in batch:
            asked += 1
            result = _attempt(claimed, _read, clock)
            services.settle_reading(
                push_id=claimed.pk, claimed_until=claimed.next_at, result=result, actor=SENDER, now=clock()
            )
    return asked


def _attempt(
    claimed: ChannelPush, speak: Callable[[ChannelPush, datetime], PushResult], clock: Callable[[], datetime]
) -> PushResult:
    """What came of it. An error of our own is a reason to try again, not to stop the sweep."""
    try:
        return speak(pushes.push_of(claimed.pk), clock())
    except Exception as error:
        log.exception("push_failed", push=claimed.pk)
        return PushResult(outcome="retry", message=f"{type(error).__name__}")


def _pushed(push: ChannelPush, now: datetime) -> PushResult:
    if push.channel is None:
        return _own_page(push)
    if problem := _closed(push):
        return problem
    return delivery.push(pushes.outgoing(push), pushes.target_of(push.channel), now=now)


def _read(push: ChannelPush, now: datetime) -> PushResult:
    if push.channel is None:
        return _own_page(push)
    return _closed(push) or delivery.read_back(pushes.outgoing(push), pushes.target_of(push.channel), now=now)


def _closed(push: ChannelPush) -> PushResult | None:
    channel = push.channel
    if channel is not None and channel.is_active and channel.api_address:
        return None
    return PushResult(outcome="refused", message=ChannelGone(shop=str(push.listing.shop)).describe())


def _own_page(push: ChannelPush) -> PushResult:
    """Our own mall: is the page that shoppers get made of exactly this version? A take-down: is it gone?"""
    page = mall_page(push.listing.shop.code, push.listing_id)
    if push.action == PushAction.TAKE_DOWN:
        return PushResult(outcome="confirmed" if page is None else "retry")
    if page is None or page.content_hash != push.snapshot.content_hash:
        return PushResult(outcome="retry", message=gettext("The mall's page does not show this version yet."))
    return PushResult(outcome="confirmed", display_url=page.url, proof={"content_hash": page.content_hash})
