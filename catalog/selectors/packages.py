"""Reads of publication packages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from approvals.policies.steps import due_time
from approvals.selectors import rule_in_force
from approvals.states import DraftState, Importance
from catalog.models import ListingRevision, Package, SourceItem
from catalog.policies.sources import CLOCK_OF
from catalog.states import PackageState
from stores.models import Shop

OPEN_STATES = (PackageState.GATHERING, PackageState.SUBMITTED)


def packages_for(user: Any) -> QuerySet[Package]:
    """Packages that the person may see: all, or those that are only for shops that they work for.

    With `source_count`, `draft_count` (drafts that are not given up) and `back_count` (those that are with their authors).
    """
    kept = ~Q(revisions__state=DraftState.DISCARDED)
    rows = Package.objects.select_related("owner").annotate(
        source_count=Count("sources", distinct=True),
        draft_count=Count("revisions", filter=kept, distinct=True),
        back_count=Count("revisions", filter=Q(revisions__state=DraftState.DRAFT), distinct=True),
    )
    if user.has_perm("stores.see_all_shops"):
        return rows
    link = Package.shops.through.objects.filter(package=OuterRef("pk"))
    visible = Shop.objects.visible_to(user).values("pk")
    return rows.filter(Exists(link)).exclude(Exists(link.exclude(shop__in=visible)))


def due_of(package: Package) -> datetime:
    """When everything in a package must be live: its class's time after the earliest arrival, but not before its own time."""
    started = package.clock_started_at or package.created_at
    due_at = due_time(started, rule_in_force(CLOCK_OF[Importance(package.importance)]))
    return max(due_at, package.publish_at or due_at)


@dataclass(frozen=True, slots=True)
class PackedSource:
    """An item of a package; `sets_clock` for the one whose arrival the package's clock counts from."""

    item: SourceItem
    sets_clock: bool


def packed_sources(package: Package) -> list[PackedSource]:
    """What a package holds, the earliest arrival first."""
    items: Iterable[SourceItem] = package.sources.select_related("product", "sent_by").order_by("received_at", "pk")
    rows = list(items)
    first = rows[0].pk if rows else None
    return [PackedSource(item, item.pk == first) for item in rows]


def packed_drafts(package: Package) -> QuerySet[ListingRevision]:
    """The drafts of a package that were not given up, with listing, shop and request."""
    rows = ListingRevision.objects.filter(package=package).exclude(state=DraftState.DISCARDED)
    return rows.select_related("listing__shop", "listing__product", "author", "request").order_by(
        "listing__product", "listing__shop", "pk"
    )
