"""The end of what shoppers see: by hand at once, or by the clock when the approved end has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from approvals import services as approvals
from approvals.models import LiveContent
from config.kit.actor import Actor
from config.kit.sweep import SweepResult, sweep
from stores.errors import PageIsNotLive, ReasonMissing
from stores.models import Page
from stores.policies.lines import is_blank
from stores.selectors.moments import shown_moment
from stores.selectors.pages import PAGE
from stores.services import zones
from stores.services._sweeps import leave_for_the_next_sweep


@transaction.atomic
def take_down_page(*, page_id: int, reason: str, actor: Actor, now: datetime) -> Page:
    """Take a page from the public at once; putting it back needs an approval. Zones that showed it show their fallback.

    Raises ReasonMissing, PageIsNotLive.
    """
    if is_blank(reason):
        raise ReasonMissing(field="reason")
    page = Page.objects.select_related("live").get(pk=page_id)
    if page.live is None or page.live.snapshot_id is None:
        raise PageIsNotLive(page=page.name)
    approvals.take_down(kind=PAGE, subject_type=PAGE, subject_id=page_id, reason=reason.strip(), actor=actor, now=now)
    zones.refresh_zones(shop_id=page.shop_id, actor=actor, now=now)
    return Page.objects.select_related("shop", "live__snapshot").get(pk=page_id)


def end_pages(*, now: datetime, actor: Actor) -> SweepResult:
    """Take down every page whose approved end has come (STORE-13), a sign that is no longer valid too. Safe to run side by side."""

    def due() -> Any:
        ended = Page.objects.filter(ends_at__lte=now).values("pk")
        return LiveContent.objects.filter(kind=PAGE, snapshot__isnull=False, subject_id__in=ended).order_by("pk")

    def handle(live: LiveContent) -> None:
        page = Page.objects.select_related("shop").get(pk=live.subject_id)
        take_down_page(
            page_id=page.pk,
            reason=f"{shown_moment(page.ends_at or now)}: {page.name}",
            actor=actor,
            now=now,
        )

    return sweep(due, handle, postpone=leave_for_the_next_sweep)
