"""Reads of what other departments sent in."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from approvals.models import Deadline
from approvals.states import DeadlineState
from catalog.models import SourceItem
from catalog.policies.sources import CLOCK_OF
from catalog.states import SourceKind, SourceState

OPEN_STATES = (SourceState.RECEIVED, SourceState.IN_DRAFT, SourceState.IN_APPROVAL)


def sources_for(user: Any) -> QuerySet[SourceItem]:
    """What the person may see: their own, and all with the right to make packages or to watch requests.

    `due_at` is when its publish clock runs out, None when it does not run.
    """
    rows = SourceItem.objects.select_related("product", "sent_by", "package").annotate(
        due_at=_clock(tuple(CLOCK_OF.values()))
    )
    if sees_all(user):
        return rows
    return rows.filter(sent_by=user.pk)


def sees_all(user: Any) -> bool:
    """Whether somebody sees what others sent in."""
    return user.has_perm("catalog.plan_listings") or user.has_perm("approvals.view_changerequest")


def open_sources() -> QuerySet[SourceItem]:
    """What waits to be put into a package, the oldest first."""
    return SourceItem.objects.filter(state=SourceState.RECEIVED).select_related("product", "sent_by").order_by("pk")


def mismatched(user: Any) -> QuerySet[Any]:
    """Notices that live listings differ from after their effective date, with the clock's `mismatch_due_at`."""
    rows = SourceItem.objects.filter(kind=SourceKind.NOTICE, mismatch_since__isnull=False)
    rows = rows.select_related("product", "sent_by", "package").annotate(mismatch_due_at=_clock(("notice_mismatch",)))
    return rows if sees_all(user) else rows.filter(sent_by=user.pk)


def is_open() -> Q:
    """Not published and not refused."""
    return Q(state__in=OPEN_STATES)


def _clock(rules: tuple[str, ...]) -> Subquery:
    clocks = Deadline.objects.filter(
        subject_type="catalog.sourceitem",
        subject_id=OuterRef("pk"),
        rule__code__in=rules,
        state__in=(DeadlineState.RUNNING, DeadlineState.PAUSED),
    )
    return Subquery(clocks.order_by("due_at").values("due_at")[:1])
