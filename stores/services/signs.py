"""Signs and display: shops without a sign get a clock, published pages are looked at where shoppers see them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from approvals import services as approvals
from approvals.models import LiveContent
from approvals.states import RequestState
from config.kit.actor import Actor
from config.kit.sweep import SweepResult, sweep
from stores.models import Page, Shop
from stores.rendering import content_hash_shown, storefront_html
from stores.selectors.pages import PAGE, SIGN_MISSING, shops_without_sign
from stores.selectors.storefront import shown_page, shown_zone_page, storefront_path
from stores.services._sweeps import leave_for_the_next_sweep
from stores.states import PageKind, Role

_LOOK_AGAIN = timedelta(minutes=10)


def check_signs(*, now: datetime, actor: Actor) -> int:
    """Start the clock of every directly operated shop without a valid sign (STORE-8); returns how many there are.

    A clock that runs goes on; that of a shop which has a sign again, or is operated no more, ends.
    """
    missing = shops_without_sign(now)
    approvals.start_deadlines(
        [
            approvals.DeadlineStart(
                rule=SIGN_MISSING,
                subject_type="stores.shop",
                subject_id=line.shop.pk,
                subject_label=line.shop.name,
                starts_at=now,
                store_id=line.shop.pk,
                owner_id=line.page.owner_id if line.page else None,
                owner_role="" if line.page and line.page.owner_id else Role.ART,
            )
            for line in missing
        ],
        now=now,
    )
    settled = Shop.objects.exclude(pk__in=[line.shop.pk for line in missing])
    operated = settled.filter(is_active=True, is_directly_operated=True)
    clock: dict[str, Any] = {"subject_type": "stores.shop", "rules": [SIGN_MISSING], "actor": actor, "now": now}
    approvals.meet_deadlines(subject_ids=list(operated.values_list("pk", flat=True)), **clock)
    others = settled.exclude(pk__in=operated.values("pk")).values_list("pk", flat=True)
    approvals.withdraw_deadlines(subject_ids=list(others), reason=_("not operated by us any more"), **clock)
    approvals.beat("signs", now=now, without=len(missing))
    return len(missing)


def confirm_pages(*, now: datetime, actor: Actor) -> SweepResult:
    """Look at every published page as shoppers get it, and write down that it is seen (or what is seen instead).

    The page is rendered by the same code that answers shoppers, and the hash of the content that it shows is compared with what
    was approved. Locks what is live of one page after the other. A page that cannot be rendered stays unconfirmed, so its clock
    runs on.
    """

    def due() -> Any:
        unseen = Q(checked_at__isnull=True) | Q(checked_at__lte=now - _LOOK_AGAIN)
        return LiveContent.objects.filter(
            unseen, kind=PAGE, snapshot__isnull=False, snapshot__request__state=RequestState.PUBLISHED
        ).order_by("pk")

    def handle(live: LiveContent) -> None:
        page = Page.objects.select_related("shop", "live__snapshot").get(pk=live.subject_id)
        path = storefront_path(page)
        shown = shown_zone_page(page, now) if page.kind == PageKind.ZONE else shown_page(page.shop.code, page.slug, now)
        seen = content_hash_shown(storefront_html(shown)) if shown is not None else ""
        approved = live.snapshot.content_hash if live.snapshot else ""
        differences = [] if seen == approved else [{"field": "content", "approved": approved, "seen": seen}]
        approvals.confirm_live(
            kind=PAGE,
            subject_type=PAGE,
            subject_id=page.pk,
            evidence="page",
            display_url=f"{settings.SITE_URL.rstrip('/')}{path}",
            differences=differences,
            actor=actor,
            now=now,
        )

    return sweep(due, handle, postpone=leave_for_the_next_sweep)
