"""The planning group's work board: everything that is open across all shops, each with owner and due time (CAT-18)."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.models import Deadline
from approvals.states import DeadlineState, DraftState, RequestState
from catalog.models import Listing, ListingRevision, Package, ProofreadTask, RefreshClock
from catalog.selectors.packages import OPEN_STATES, due_of, packages_for
from catalog.selectors.sources import mismatched
from catalog.states import ListingState, PackageState, RevisionOrigin
from stores.states import Role

REFRESH_AHEAD = timedelta(days=3)
CORRECTION_TIME = timedelta(hours=24)
SUBMIT_TIME = timedelta(hours=12)
PAGE_SIZE = 100


class Work(StrEnum):
    """The three figures of the board."""

    PACKAGE = "package"
    REFRESH = "refresh"
    CORRECTION = "correction"


WORK_LABELS: dict[Work, str | Promise] = {
    Work.PACKAGE: _("packages"),
    Work.REFRESH: _("refreshes"),
    Work.CORRECTION: _("corrections"),
}


@dataclass(frozen=True, slots=True, order=True)
class BoardRow:
    """One thing to do. `owner` is a person, or the group whose duty it is when nobody has taken it."""

    due_at: datetime
    work: Work
    key: int
    what: str = field(compare=False)
    detail: str = field(compare=False)
    shop: str = field(compare=False)
    owner: str = field(compare=False)
    url: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Board:
    """The board as one person sees it, of one shop or of all, of everybody or only their own."""

    user: Any
    now: datetime
    shop_id: int | None = None
    mine: bool = False

    def counts(self) -> dict[Work, int]:
        """How much of each kind is open; the board's total is their sum."""
        return {
            Work.PACKAGE: self._packages().count(),
            Work.REFRESH: self._refreshes().count(),
            Work.CORRECTION: sum(
                rows.count() for rows in (self._mismatches(), self._proofread(), self._refused(), self._behind())
            ),
        }

    def rows(self, *, work: Work | None = None, start: int = 0, size: int = PAGE_SIZE) -> list[BoardRow]:
        """Rows by time left, from the `start`-th on. One statement per kind, each no longer than what is asked for."""
        most = start + size
        kinds: dict[Work, list[Iterable[BoardRow]]] = {
            Work.PACKAGE: [self._package_rows()],
            Work.REFRESH: [self._refresh_rows(most)],
            Work.CORRECTION: [
                self._mismatch_rows(most),
                self._proofread_rows(most),
                self._refused_rows(most),
                self._behind_rows(most),
            ],
        }
        parts = [part for kind, rows in kinds.items() if work in (None, kind) for part in rows]
        return list(heapq.merge(*parts))[start:most]

    def _packages(self) -> QuerySet[Package]:
        rows = packages_for(self.user).filter(state__in=OPEN_STATES)
        if self.shop_id is not None:
            rows = rows.filter(Q(shops=self.shop_id) | Q(shops__isnull=True)).distinct()
        return rows.filter(owner=self.user.pk) if self.mine else rows

    def _refreshes(self) -> QuerySet[RefreshClock]:
        rows = RefreshClock.objects.filter(is_running=True, due_at__lt=self.now + REFRESH_AHEAD)
        rows = rows.filter(listing__in=self._listings())
        return rows.filter(listing__owner=self.user.pk) if self.mine else rows

    def _mismatches(self) -> QuerySet[Any]:
        rows = mismatched(self.user)
        if self.shop_id is not None:
            rows = rows.filter(product__listings__shop=self.shop_id)
        if self.mine:
            clocks = Deadline.objects.filter(
                subject_type="catalog.sourceitem",
                rule__code="notice_mismatch",
                owner=self.user.pk,
                state__in=(DeadlineState.RUNNING, DeadlineState.PAUSED),
            )
            rows = rows.filter(pk__in=clocks.values("subject_id"))
        return rows

    def _proofread(self) -> QuerySet[ProofreadTask]:
        """Corrections that a proof-reader wrote and that no publication has followed yet."""
        rows = ProofreadTask.objects.filter(done_at__isnull=False, listing__state=ListingState.LISTED)
        rows = rows.exclude(corrected={}).filter(listing__live__live_since__lt=F("done_at"))
        rows = rows.filter(listing__in=self._listings())
        return rows.filter(done_by=self.user.pk) if self.mine else rows

    def _refused(self) -> QuerySet[ListingRevision]:
        """Drafts that came back refused and are in no open package (those stand there)."""
        rows = ListingRevision.objects.filter(state=DraftState.DRAFT, request__state=RequestState.REFUSED)
        rows = rows.filter(Q(package__isnull=True) | Q(package__state=PackageState.CLOSED))
        rows = rows.filter(listing__in=self._listings())
        return rows.filter(author=self.user.pk) if self.mine else rows

    def _behind(self) -> QuerySet[ListingRevision]:
        """Drafts that follow a change of the product, are in no package, and that nobody has submitted yet."""
        rows = ListingRevision.objects.filter(
            state=DraftState.DRAFT, origin=RevisionOrigin.MASTER, package__isnull=True
        )
        rows = rows.exclude(request__state=RequestState.REFUSED).filter(listing__in=self._listings())
        return rows.filter(listing__owner=self.user.pk) if self.mine else rows

    def _listings(self) -> QuerySet[Listing]:
        rows = Listing.objects.visible_to(self.user)
        return rows if self.shop_id is None else rows.filter(shop=self.shop_id)

    def _package_rows(self) -> list[BoardRow]:
        rows = self._packages().prefetch_related("shops")
        return sorted(
            BoardRow(
                due_of(row),
                Work.PACKAGE,
                row.pk,
                str(row),
                _package_detail(row),
                ", ".join(shop.name for shop in row.shops.all()) or _now("every shop"),
                str(row.owner),
                row.get_absolute_url(),
            )
            for row in rows
        )

    def _refresh_rows(self, most: int) -> Iterator[BoardRow]:
        clocks = self._refreshes().select_related("listing__shop", "listing__product", "listing__owner")
        for clock in clocks.order_by("due_at", "pk")[:most]:
            listing = clock.listing
            yield BoardRow(
                clock.due_at,
                Work.REFRESH,
                clock.pk,
                listing.title or str(listing.product),
                _now("refresh: %(group)s") % {"group": clock.get_group_display()},
                str(listing.shop),
                str(listing.owner or Role.PLAN.label),
                listing.get_absolute_url(),
            )

    def _mismatch_rows(self, most: int) -> list[BoardRow]:
        # Few at any time, and each is asked for its clock's owner: the whole list.
        items = list(self._mismatches().order_by("mismatch_due_at", "pk")[:most])
        owners = {
            clock.subject_id: str(clock.owner)
            for clock in Deadline.objects.open()
            .filter(
                subject_type="catalog.sourceitem",
                subject_id__in=[item.pk for item in items],
                rule__code="notice_mismatch",
                owner__isnull=False,
            )
            .select_related("owner")
        }
        return sorted(
            BoardRow(
                item.mismatch_due_at or (item.mismatch_since or self.now) + CORRECTION_TIME,
                Work.CORRECTION,
                item.pk,
                item.title,
                _now("live differs from the notice"),
                "; ".join(sorted({str(one["label"]).rpartition(" · ")[2] for one in item.mismatch})),
                owners.get(item.pk, str(Role.OPS.label)),
                item.get_absolute_url(),
            )
            for item in items
        )

    def _proofread_rows(self, most: int) -> Iterator[BoardRow]:
        tasks = self._proofread().select_related("listing__shop", "listing__product", "done_by")
        for task in tasks.order_by("done_at", "pk")[:most]:
            yield BoardRow(
                (task.done_at or self.now) + CORRECTION_TIME,
                Work.CORRECTION,
                task.pk,
                task.listing.title or str(task.listing.product),
                _now("corrected in proof-reading"),
                str(task.listing.shop),
                str(task.done_by or Role.OPS.label),
                task.listing.get_absolute_url(),
            )

    def _refused_rows(self, most: int) -> Iterator[BoardRow]:
        drafts = self._refused().select_related("listing__shop", "listing__product", "author", "request")
        for draft in drafts.order_by("request__due_at", "pk")[:most]:
            request = draft.request
            yield BoardRow(
                request.due_at if request else self.now,
                Work.CORRECTION,
                draft.pk,
                draft.listing.title or str(draft.listing.product),
                _now("refused: %(reason)s") % {"reason": request.closed_reason if request else ""},
                str(draft.listing.shop),
                str(draft.author or Role.PLAN.label),
                draft.get_absolute_url(),
            )

    def _behind_rows(self, most: int) -> Iterator[BoardRow]:
        drafts = self._behind().select_related("listing__shop", "listing__product", "listing__owner")
        for draft in drafts.order_by("created_at", "pk")[:most]:
            yield BoardRow(
                draft.created_at + SUBMIT_TIME,
                Work.CORRECTION,
                draft.pk,
                draft.listing.title or str(draft.listing.product),
                _now("the product says something else"),
                str(draft.listing.shop),
                str(draft.listing.owner or Role.OPS.label),
                draft.get_absolute_url(),
            )


def _package_detail(package: Any) -> str:
    if package.state == PackageState.SUBMITTED and package.back_count:
        return _now("in approval, %(count)d came back") % {"count": package.back_count}
    return str(package.get_state_display())
