"""Reads of listing plans: what was planned against what is done, and what pasted lines would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Listing, ListingPlan, ListingPlanLine, Variant
from catalog.policies.plans import MAX_ROWS, PlanRow
from catalog.states import PlanState
from stores.models import Employee, Shop


def plan_list() -> QuerySet[ListingPlan]:
    """Plans with their figures: `line_count`, `done_count` and `next_on`, the first day of what is still to be done."""
    open_lines = Q(lines__done_at__isnull=True)
    return ListingPlan.objects.select_related("owner", "customer_group").annotate(
        line_count=Count("lines"),
        done_count=Count("lines", filter=Q(lines__done_at__isnull=False)),
        next_on=Min("lines__planned_on", filter=open_lines),
    )


def plan_lines(user: Any) -> QuerySet[ListingPlanLine]:
    """Lines of the shops that the person works for, of every plan, with what a list shows of them."""
    lines = ListingPlanLine.objects.select_related("plan", "product", "shop", "owner", "listing")
    if user.has_perm("stores.see_all_shops"):
        return lines
    return lines.filter(shop__in=Shop.objects.visible_to(user))


def late_lines(now: datetime) -> Q:
    """Lines in force that are not live though their day had passed at `now`, here; `is_late` is exact per shop."""
    return Q(done_at__isnull=True, plan__state=PlanState.APPROVED, planned_on__lt=timezone.localdate(now))


def is_late(line: ListingPlanLine, now: datetime) -> bool:
    """Whether the planned day is over in the line's shop and nothing is live."""
    return (
        line.done_at is None and line.plan.state != PlanState.CLOSED and end_of_day(line.planned_on, line.shop) <= now
    )


def end_of_day(day: date, shop: Shop) -> datetime:
    """The moment at which a day is over in a shop's time zone."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(shop.time_zone))


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """What a pasted line would do: `effect` in words, or `error` with the rule and what to do."""

    number: int
    sku: str
    shop_code: str
    product_id: int | None = None
    product: str = ""
    shop_id: int | None = None
    planned_on: date | None = None
    owner_id: int | None = None
    effect: str = ""
    error: str = ""


def check_rows(plan: ListingPlan, rows: Sequence[PlanRow]) -> list[CheckedRow]:
    """Look at pasted lines without writing anything. Five statements however many lines."""
    variants = {
        row["sku"]: row
        for row in Variant.objects.filter(sku__in={row.sku for row in rows}).values(
            "sku", "product_id", "product__name", "product__state"
        )
    }
    shops = {shop.code: shop for shop in Shop.objects.filter(code__in={row.shop_code for row in rows})}
    owners = dict(
        Employee.objects.filter(username__in={row.owner for row in rows}, is_active=True).values_list("username", "pk")
    )
    known = {(line.product_id, line.shop_id): line.planned_on for line in plan.lines.all()}
    listed = set(
        Listing.objects.filter(
            product__in={row["product_id"] for row in variants.values()}, first_listed_at__isnull=False
        ).values_list("product", "shop")
    )
    seen: dict[tuple[int, int], int] = {}
    checked: list[CheckedRow] = []
    for row in rows:
        variant, shop = variants.get(row.sku), shops.get(row.shop_code)
        error = _error(plan, row, variant, shop, owners)
        key = (variant["product_id"], shop.pk) if variant and shop else None
        if not error and key in seen:
            error = _("The same product and shop as in line %(number)d. Leave one of them out.") % {"number": seen[key]}
        if not error and len(checked) >= MAX_ROWS:
            error = _("At most %(limit)d lines at once. Paste the rest afterwards.") % {"limit": MAX_ROWS}
        if key:
            seen.setdefault(key, row.number)
        checked.append(
            CheckedRow(
                number=row.number,
                sku=row.sku,
                shop_code=row.shop_code,
                product_id=key[0] if key else None,
                product=variant["product__name"] if variant else "",
                shop_id=key[1] if key else None,
                planned_on=row.planned_on,
                owner_id=owners.get(row.owner),
                effect="" if error or key is None else _effect(known.get(key), row.planned_on, key in listed),
                error=error,
            )
        )
    return checked


def _error(
    plan: ListingPlan, row: PlanRow, variant: Mapping[str, Any] | None, shop: Shop | None, owners: dict[str, int]
) -> str:
    if not row.sku or not row.shop_code or not row.date_text:
        return _("A line needs SKU, shop code and date.")
    if variant is None:
        return _("No variant has the SKU “%(sku)s”.") % {"sku": row.sku}
    if variant["product__state"] == "archived":
        return _("“%(product)s” is archived. Put it on sale again first.") % {"product": variant["product__name"]}
    if shop is None:
        return _("No shop has the code “%(code)s”.") % {"code": row.shop_code}
    if not shop.is_active:
        return _("%(shop)s is not active.") % {"shop": shop.name}
    if row.planned_on is None:
        return _("“%(text)s” is not a date. Write it like 2026-03-31.") % {"text": row.date_text}
    if not plan.starts_on <= row.planned_on <= plan.ends_on:
        return _("Outside the time of the plan, %(from)s to %(until)s.") % {
            "from": plan.starts_on.isoformat(),
            "until": plan.ends_on.isoformat(),
        }
    if row.owner and row.owner not in owners:
        return _("Nobody has the user name “%(name)s”.") % {"name": row.owner}
    return ""


def _effect(planned_before: date | None, planned_on: date | None, is_listed: bool) -> str:
    if planned_before is None:
        return _("new; it is listed there already, so it will count as done") if is_listed else _("new line")
    if planned_before != planned_on:
        return _("moved from %(day)s") % {"day": planned_before.isoformat()}
    return _("as it is")
