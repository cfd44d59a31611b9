"""Reads for the list of listings and the page of one: the same number of queries however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery

from approvals.models import ChangeRequest, Snapshot
from approvals.selectors.requests import snapshots_of
from approvals.states import DraftState
from catalog.models import ChannelPush, Listing, ListingRevision, Product, RefreshClock, Variant
from catalog.policies.fields import BY_CODE, LISTING_KIND, Override, top_field
from catalog.selectors.contents import override_layer
from catalog.selectors.wording import WordedField, ranked_name, worded_fields

OPEN_REVISIONS = (DraftState.DRAFT, DraftState.IN_REVIEW, DraftState.APPROVED)


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft that is not decided, with what it says differently from the product and its request."""

    revision: ListingRevision
    overrides: list[Override]

    @property
    def differs_in(self) -> list[str]:
        """The names of the fields that the shop has for itself, each once, in the reader's language. No query."""
        return [str(BY_CODE[code].label) for code in dict.fromkeys(top_field(one.path) for one in self.overrides)]


def listing_rows(user: Any) -> QuerySet[Listing]:
    """Listings of the person's shops with what the list shows of each: live version, newest draft, next refresh."""
    drafts = ListingRevision.objects.filter(listing=OuterRef("pk"), state__in=OPEN_REVISIONS).order_by("-number")
    due = (
        RefreshClock.objects.filter(listing=OuterRef("pk"), is_running=True)
        .order_by()
        .values("listing")
        .annotate(first=Min("due_at"))
        .values("first")
    )
    request = ChangeRequest.objects.filter(snapshot__pk=OuterRef("live__snapshot"))
    return (
        Listing.objects.visible_to(user)
        .select_related("product", "shop", "live__snapshot", "proofread_by")
        .annotate(
            draft_state=Subquery(drafts.values("state")[:1]),
            draft_id=Subquery(drafts.values("pk")[:1]),
            refresh_due=Subquery(due),
            live_state=Subquery(request.values("state")[:1]),
        )
    )


def with_newest_draft(rows: QuerySet[Listing], state: str) -> QuerySet[Listing]:
    """Listings whose newest open draft is in this state. Written as two questions of existence, which an index answers."""
    newer = ListingRevision.objects.filter(
        listing=OuterRef("listing"), state__in=OPEN_REVISIONS, number__gt=OuterRef("number")
    )
    drafts = ListingRevision.objects.filter(~Exists(newer), listing=OuterRef("pk"), state=state)
    return rows.filter(Exists(drafts))


def matching(rows: QuerySet[Listing], words: str) -> QuerySet[Listing]:
    """Listings whose title holds the words, or one of whose SKUs is, or begins with, them."""
    found = Q(title__icontains=words) | Q(product__name__icontains=words) | Q(product__variants__sku__istartswith=words)
    return rows.filter(pk__in=Listing.objects.filter(found).values("pk"))


def shown_fields(content: dict[str, Any]) -> list[WordedField]:
    """A content field by field; of what has a SKU each there is one table instead: `shown_variants`."""
    return [one for one in worded_fields(content, group_name=ranked_name) if one.field.by != "sku"]


def shown_variants(content: dict[str, Any]) -> list[dict[str, Any]]:
    """One row per SKU that is offered: name, price, former price, weight, barcode."""
    return [
        {
            "sku": sku,
            "name": name,
            **{
                column: (content.get(code) or {}).get(sku)
                for column, code in (
                    ("price", "prices"),
                    ("was", "was_prices"),
                    ("weight", "weight"),
                    ("barcode", "barcodes"),
                )
            },
        }
        for sku, name in sorted((content.get("variants") or {}).items())
    ]


def open_drafts(listing: Listing) -> list[OpenDraft]:
    """Drafts of a listing that are not decided, the newest first."""
    rows = ListingRevision.objects.filter(listing=listing, state__in=OPEN_REVISIONS).order_by("-number")
    return [
        OpenDraft(revision, override_layer(revision, at=None))
        for revision in rows.select_related("author", "request", "edited_by", "listing__product", "listing__shop")
    ]


def versions_of(listing: Listing) -> QuerySet[Snapshot]:
    """Everything that was ever live of a listing, the newest first."""
    return snapshots_of(LISTING_KIND, LISTING_KIND, listing.pk)


def pushes_of(listing: Listing, *, limit: int = 8) -> list[ChannelPush]:
    """The last ways of versions to the shop's channels."""
    rows = ChannelPush.objects.filter(listing=listing).select_related("channel", "snapshot").order_by("-pk")
    return list(rows[:limit])


def refresh_clocks_of(listing: Listing) -> list[RefreshClock]:
    """The clocks of a listing's field groups."""
    return list(RefreshClock.objects.filter(listing=listing).select_related("snapshot").order_by("group"))


def products_of_lines(text: str) -> tuple[list[int], list[str]]:
    """Products by SKU or exact name, one a line; returns their keys in order and the lines that mean none or several."""
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))[:500]
    by_sku = dict(Variant.objects.filter(sku__in=lines).values_list("sku", "product_id"))
    named: dict[str, list[int]] = {}
    for pk, name in Product.objects.filter(name__in=lines).values_list("pk", "name"):
        named.setdefault(name, []).append(pk)
    found: list[int] = []
    unknown: list[str] = []
    for line in lines:
        keys = [by_sku[line]] if line in by_sku else named.get(line, [])
        if len(keys) == 1:
            found.append(keys[0])
        else:
            unknown.append(line)
    return list(dict.fromkeys(found)), unknown
