"""Prices with the time for which they hold. A new price ends the open one before it; nothing that was asked is rewritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime

from approvals.services import Act, record_many
from catalog.errors import NegativePrice, PriceBeginsInThePast, PriceEndsBeforeItBegins, PricesOverlap
from catalog.models import Listing, Price, Variant
from catalog.policies.pricing import Span, price_at
from catalog.selectors.contents import spans_of
from catalog.services._locks import lock_masters, lock_variants
from catalog.services._reasons import require_reason
from catalog.services.following import follow_master
from config.kit.actor import Actor
from config.kit.money import round_money

_Key = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """One price of one variant, in one shop or (None) in the company, from a moment until another or until further notice."""

    variant_id: int
    shop_id: int | None
    amount: Decimal
    starts_at: datetime
    ends_at: datetime | None = None
    reason: str = ""


@transaction.atomic
def set_prices(*, changes: Sequence[PriceChange], actor: Actor, now: datetime) -> list[Price]:
    """Enter prices; returns the new rows. All or nothing, a constant number of queries.

    A price that begins while an open one holds ends that one. The price that holds already, entered again, writes nothing.
    A company price that holds at once becomes `Variant.price` too. Drafts that were submitted with another price go back.
    Locks requests, products, variants. Raises ReasonMissing, NegativePrice, PriceBeginsInThePast, PriceEndsBeforeItBegins,
    PricesOverlap.
    """
    product_ids = _products_of({change.variant_id for change in changes})
    lock_masters(product_ids)
    made = _enter(changes, actor, now)
    if made:
        follow_master(product_ids=product_ids, actor=actor, now=now)
    return made


@transaction.atomic
def change_variant_price(*, variant_id: int, price: Decimal, reason: str, actor: Actor, now: datetime) -> Variant:
    """Set the company's price of a variant from now on, until the next one that was entered for later. See `set_prices`."""
    later = Price.objects.filter(variant=variant_id, shop__isnull=True, starts_at__gt=now).order_by("starts_at")
    ends_at = later.values_list("starts_at", flat=True).first()
    change = PriceChange(variant_id, None, price, now, ends_at, reason)
    set_prices(changes=[change], actor=actor, now=now)
    return Variant.objects.get(pk=variant_id)


@transaction.atomic
def adopt_prices(
    *, listing: Listing, prices: Mapping[str, str], reason: str, actor: Actor, now: datetime
) -> list[Price]:
    """Make rows of the prices that a publication brought, where the shop's price is another until then.

    What holds now in that shop ends now; the published price holds until then or until the next one begins. Called in the
    transaction of the publication.
    """
    variants = {v.sku: v for v in Variant.objects.filter(product=listing.product_id, sku__in=prices)}
    rows = list(
        Price.objects.filter(variant__in=variants.values()).filter(Q(shop__isnull=True) | Q(shop=listing.shop_id))
    )
    by_variant: defaultdict[int, list[Price]] = defaultdict(list)
    for row in rows:
        by_variant[row.variant_id].append(row)
    shop, changes, ended = listing.shop, [], []
    for sku, text in sorted(prices.items()):
        if sku not in variants:
            continue
        variant, amount = variants[sku], Decimal(text)
        known = by_variant[variant.pk]
        held = price_at(spans_of(known), shop_id=shop.pk, currency=shop.currency, fallback=variant.price, at=now)
        if held == amount:
            continue
        own = [row for row in known if row.shop_id == shop.pk]
        covering = next((row for row in own if _span(row).covers(now)), None)
        later = min((row.starts_at for row in own if row.starts_at > now), default=None)
        ends_at = covering.ends_at if covering is not None and covering.ends_at is not None else later
        if covering is not None:
            if covering.starts_at == now:
                continue  # entered at this very moment: it is final
            covering.ends_at = now
            ended.append(covering)
        changes.append(PriceChange(variant.pk, shop.pk, amount, now, ends_at, reason))
    Price.objects.bulk_update(ended, ["ends_at"])
    return _enter(changes, actor, now) if changes else []


def _products_of(variant_ids: set[int]) -> list[int]:
    return sorted(set(Variant.objects.filter(pk__in=variant_ids).values_list("product_id", flat=True)))


def _enter(changes: Sequence[PriceChange], actor: Actor, now: datetime) -> list[Price]:
    variants = lock_variants({change.variant_id for change in changes})
    known: defaultdict[_Key, list[Price]] = defaultdict(list)
    for row in Price.objects.filter(variant__in=variants).order_by("starts_at"):
        known[row.variant_id, row.shop_id].append(row)
    made: list[Price] = []
    ended: list[Price] = []
    acts: list[Act] = []
    in_step: list[Variant] = []
    for change in sorted(changes, key=lambda one: (one.variant_id, one.shop_id or 0, one.starts_at)):
        variant = variants[change.variant_id]
        amount = _checked(change, variant, now)
        before = _amount_before(known, change, variant)
        rows = known[change.variant_id, change.shop_id]
        if _says_nothing_new(rows, change, amount, before):
            continue
        _end_open_one(rows, change, ended)
        _require_free(rows, change, variant)
        row = Price(
            variant=variant,
            shop_id=change.shop_id,
            amount=amount,
            starts_at=change.starts_at,
            ends_at=change.ends_at,
            reason=change.reason.strip()[:200],
            set_by_id=actor.user_id,
            created_at=now,
        )
        rows.append(row)
        made.append(row)
        acts.append(_act(change, amount, before, now))
        if change.shop_id is None and change.starts_at == now and variant.price != amount:
            variant.price = amount
            in_step.append(variant)
    existing = [row for row in ended if row.pk]
    try:
        with transaction.atomic():
            Price.objects.bulk_update(existing, ["ends_at"], batch_size=1000)
            Price.objects.bulk_create(made, batch_size=1000)
    except IntegrityError as refusal:
        if "one_price_at_a_time" not in str(refusal):
            raise
        raise PricesOverlap(field="starts_at", **_overlap_facts("", Span(Decimal(0), now))) from refusal
    Variant.objects.bulk_update(in_step, ["price"], batch_size=1000)
    record_many(acts, actor=actor, at=now)
    return made


def _checked(change: PriceChange, variant: Variant, now: datetime) -> Decimal:
    require_reason(change.reason)
    amount = round_money(change.amount)
    if amount < 0:
        raise NegativePrice(field="price")
    if change.starts_at < now:
        raise PriceBeginsInThePast(field="starts_at", sku=variant.sku, **{"from": _shown(change.starts_at)})
    if change.ends_at is not None and change.ends_at <= change.starts_at:
        raise PriceEndsBeforeItBegins(field="ends_at", sku=variant.sku)
    return amount


def _amount_before(known: Mapping[_Key, list[Price]], change: PriceChange, variant: Variant) -> Decimal | None:
    for shop_id in dict.fromkeys((change.shop_id, None)):
        for row in known.get((change.variant_id, shop_id), ()):
            if _span(row).covers(change.starts_at):
                return row.amount
    return variant.price


def _says_nothing_new(rows: Sequence[Price], change: PriceChange, amount: Decimal, before: Decimal | None) -> bool:
    covering = next((row for row in rows if _span(row).covers(change.starts_at)), None)
    if covering is not None:
        return covering.amount == amount and covering.ends_at == change.ends_at
    # Without any row the variant's own price holds: entering it again for the company says nothing.
    return change.shop_id is None and not rows and before == amount and change.ends_at is None


def _end_open_one(rows: Sequence[Price], change: PriceChange, ended: list[Price]) -> None:
    for row in rows:
        if row.ends_at is None and row.starts_at < change.starts_at:
            row.ends_at = change.starts_at
            ended.append(row)


def _require_free(rows: Sequence[Price], change: PriceChange, variant: Variant) -> None:
    for row in rows:
        if _span(row).overlaps(change.starts_at, change.ends_at):
            raise PricesOverlap(field="starts_at", **_overlap_facts(variant.sku, _span(row)))


def _overlap_facts(sku: str, span: Span) -> dict[str, str]:
    return {
        "sku": sku,
        "amount": f"{span.amount:.2f}",
        "from": _shown(span.starts_at),
        "until": _shown(span.ends_at) if span.ends_at else "…",
    }


def _act(change: PriceChange, amount: Decimal, before: Decimal | None, now: datetime) -> Act:
    changes = {"price": [None if before is None else str(before), str(amount)]}
    if change.starts_at != now:
        changes["from"] = [None, change.starts_at.isoformat()]
    if change.ends_at is not None:
        changes["until"] = [None, change.ends_at.isoformat()]
    return Act("catalog.price_set", "catalog.variant", change.variant_id, change.shop_id, change.reason, changes)


def _span(row: Price) -> Span:
    return Span(row.amount, row.starts_at, row.ends_at, row.shop_id)


def _shown(moment: datetime) -> str:
    return date_format(localtime(moment), "Y-m-d H:i")
