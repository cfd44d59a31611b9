"""Reads of refresh clocks: the board with due, overdue and done, and what a refresh starts from (CAT-15, CAT-16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, F, Func, JSONField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from approvals.models import Snapshot
from approvals.policies.diffs import Segment, text_diff
from approvals.selectors.requests import snapshots_of
from catalog.models import CompetitorNote, RefreshClock
from catalog.policies.fields import BY_CODE, LISTING_KIND, top_field
from catalog.policies.refresh import FIELDS_OF
from catalog.selectors.facts import knows_sales, units_sold
from catalog.states import FieldGroup
from stores.models import Shop

SOON: Final = timedelta(days=3)
DONE_SINCE: Final = timedelta(days=30)
EFFECT_OVER: Final = timedelta(days=14)
_VERSIONS = 3


class _Excerpt(Func):
    """The fields of a content that belong to field groups, so that a list does not carry whole descriptions."""

    template = "jsonb_build_object({})".format(
        ", ".join(f"'{code}', %(expressions)s -> '{code}'" for codes in FIELDS_OF.values() for code in codes)
    )
    output_field = JSONField()

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:  # type: ignore[override]
        """The expression stands in the template once for each field, and so do its parameters."""
        sql, params = super().as_sql(compiler, connection, **extra)
        return sql, [*params] * sum(len(codes) for codes in FIELDS_OF.values())


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """What changed in one field, piece by piece."""

    label: str
    segments: list[Segment]


@dataclass(frozen=True, slots=True)
class Version:
    """One of the last versions: what it changed of the group, and the pieces sold in the shop before and after it.

    After it means for `days_after` days, at most those of `EFFECT_OVER`. Without an app that knows sales the pieces are None.
    """

    snapshot: Snapshot
    changed: list[str]
    diffs: list[FieldDiff]
    sold_before: int | None
    sold_after: int | None
    days_after: int


def running_clocks(user: Any) -> QuerySet[RefreshClock]:
    """Clocks that run, in the shops that the person works for.

    `says` and `said` hold the group's fields in the version of the last change and in the one before.
    """
    before = Snapshot.objects.filter(
        kind=LISTING_KIND,
        subject_type=LISTING_KIND,
        subject_id=OuterRef("listing_id"),
        number=OuterRef("snapshot__number") - 1,
    )
    rows = RefreshClock.objects.filter(is_running=True).select_related(
        "listing__shop", "listing__owner", "listing__product"
    )
    if not user.has_perm("stores.see_all_shops"):
        rows = rows.filter(store_id__in=Shop.objects.visible_to(user).values("pk"))
    return rows.annotate(
        says=_Excerpt(Cast(F("snapshot__content"), JSONField())),
        said=Subquery(before.values(excerpt=_Excerpt(Cast(F("content"), JSONField())))[:1]),
    )


def in_stage(rows: QuerySet[RefreshClock], stage: str, now: datetime) -> QuerySet[RefreshClock]:
    """The clocks of a column of the board: "overdue", "due" (within `SOON`) or "done" (changed within `DONE_SINCE`)."""
    match stage:
        case "overdue":
            return rows.filter(due_at__lt=now)
        case "due":
            return rows.filter(due_at__gte=now, due_at__lte=now + SOON)
        case "done":
            return rows.filter(change_count__gt=0, changed_at__gte=now - DONE_SINCE)
    return rows


def board_counts(user: Any, now: datetime) -> dict[str, int]:
    """How many are overdue, due and done. One query of three counts, each from its index."""
    rows = RefreshClock.objects.filter(is_running=True)
    if not user.has_perm("stores.see_all_shops"):
        rows = rows.filter(store_id__in=Shop.objects.visible_to(user).values("pk"))
    stages = ("overdue", "due", "done")
    one, *others = (
        in_stage(rows, stage, now).order_by().values(stage=Value(stage)).annotate(count=Count("pk")) for stage in stages
    )
    found = {row["stage"]: row["count"] for row in one.union(*others, all=True)}
    return {stage: found.get(stage, 0) for stage in stages}


def group_diffs(said: dict[str, Any] | None, says: dict[str, Any] | None, group: str) -> list[FieldDiff]:
    """What changed of a group between two contents, word by word; pictures by role and description."""
    found = []
    for code in FIELDS_OF[FieldGroup(group)]:
        before, after = _as_text((said or {}).get(code)), _as_text((says or {}).get(code))
        if before != after:
            found.append(FieldDiff(str(BY_CODE[code].label), text_diff(before, after)))
    return found


def clock_for(user: Any, pk: int) -> RefreshClock | None:
    """A clock in the person's shops, also one that is stopped."""
    rows = RefreshClock.objects.select_related("listing__shop", "listing__product", "listing__owner", "listing__live")
    if not user.has_perm("stores.see_all_shops"):
        rows = rows.filter(store_id__in=Shop.objects.visible_to(user).values("pk"))
    return rows.filter(pk=pk).first()


def last_versions(clock: RefreshClock, now: datetime) -> list[Version]:
    """The last versions of the listing, the newest first, each with what it changed of the clock's group and what was sold then."""
    rows = list(snapshots_of(LISTING_KIND, LISTING_KIND, clock.listing_id)[: _VERSIONS + 1])
    found = []
    for place, snapshot in enumerate(rows[:_VERSIONS]):
        before = rows[place + 1].fields if place + 1 < len(rows) else None
        at = snapshot.published_at
        until = min(at + EFFECT_OVER, now)
        names = sorted({top_field(path) for path in snapshot.changed_fields})
        found.append(
            Version(
                snapshot=snapshot,
                changed=[str(BY_CODE[name].label) for name in names if name in BY_CODE],
                diffs=group_diffs(before, snapshot.fields, clock.group) if before is not None else [],
                sold_before=_sold(clock, at - EFFECT_OVER, at),
                sold_after=_sold(clock, at, until),
                days_after=max(0, (until - at).days),
            )
        )
    return found


def competitor_notes(product_id: int, limit: int = 20) -> Sequence[CompetitorNote]:
    """The newest notes about a product's competition."""
    return list(CompetitorNote.objects.filter(product=product_id).select_related("by").order_by("-at", "-pk")[:limit])


def _sold(clock: RefreshClock, since: datetime, until: datetime) -> int | None:
    if not knows_sales():
        return None
    product = clock.listing.product_id
    sold = units_sold(since=since, until=until, product_ids=[product], shop_id=clock.store_id)
    return sold.get(product, 0)


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(
            f"{item.get('role', '')} {item.get('sha256', '')[:8]} {item.get('alt', '')}".strip() for item in value
        )
    return str(value or "")
