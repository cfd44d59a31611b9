"""What every act on a page begins and ends with: its locked rows, and the line in its trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from approvals import services as approvals
from config.kit.actor import Actor
from stores.models import Page, PageRevision
from stores.selectors.pages import PAGE


def lock_page(page_id: int) -> Page:
    """The page with its shop and what is live of it, locked."""
    return Page.objects.select_for_update(of=("self",)).select_related("shop", "live__snapshot").get(pk=page_id)


def lock_revision(revision_id: int) -> PageRevision:
    """The revision with its page and layout and what is live of them. Only the revision is locked."""
    return (
        PageRevision.objects.select_for_update(of=("self",))
        .select_related("page__shop", "page__live__snapshot", "layout__live__snapshot")
        .get(pk=revision_id)
    )


def tell(
    action: str, page: Page, actor: Actor, now: datetime, *, reason: str = "", changes: Mapping[str, Any] | None = None
) -> None:
    """A line in the page's trail."""
    act = approvals.Act(action, PAGE, page.pk, page.shop_id, reason, dict(changes or {}))
    approvals.record_many([act], actor=actor, at=now)
