"""Prices with the time for which they hold. A new price ends the open one before it; nothing that was asked is rewritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q

from approvals.services import Act, record_many
from catalog.errors import (
    NegativePrice,
    PriceBeginsInThePast,
    PriceEndsBeforeItBegins,
    PriceFarOff,
    PriceHasBegun,
    PricesOverlap,
)
from catalog.models import Listing, Price, Variant
from catalog.policies.pricing import Span, price_at
from catalog.selectors.contents import spans_of
from catalog.selectors.prices import holding
from catalog.services._locks import lock_masters, lock_variants
from catalog.services._reasons import require_reason
from catalog.services.following import follow_master
from catalog.services.prices._rows import PriceChange, act_of, change_of, shown, span_of, turn_of
from config.kit.actor import Actor
from config.kit.money import round_money

_LOWEST, _HIGHEST = Decimal("0.5"), Decimal(2)
_Key = tuple[int, int | None]


@transaction.atomic
def set_prices(*, changes: Sequence[PriceChange], actor: Actor, now: datetime) -> list[Price]:
    """Enter prices; returns the new rows. All or nothing, a constant number of queries.

    A price that begins while an open one holds ends that one; when it has an end itself, what held before holds again after
    it. One until further notice takes the place of a planned one that would begin at the same moment. The price that holds
    already, entered again, writes nothing. `Variant.price` is the company's price that holds now: one that begins later
    moves it when it begins (`turn_prices`). Drafts that were submitted with another price go back.
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
def set_price(
    *,
    variant_id: int,
    amount: Decimal,
    reason: str,
    actor: Actor,
    now: datetime,
    shop_id: int | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    is_sure: bool = False,
) -> Price | None:
    """Enter one price, by default from now on and until the next one that is planned; None: it holds already.

    Raises PriceFarOff for nothing at all, or for half as much or twice as much as now, unless the person `is_sure`; else see
    `set_prices`.
    """
    require_reason(reason)
    if not is_sure and amount >= 0:
        _require_near(variant_id, shop_id, amount, now)
    starts_at = starts_at or now
    if ends_at is None:
        planned = Price.objects.filter(variant=variant_id, shop=shop_id, starts_at__gt=starts_at)
        ends_at = planned.order_by("starts_at").values_list("starts_at", flat=True).first()
    change = PriceChange(variant_id, shop_id, amount, starts_at, ends_at, reason)
    return next(iter(set_prices(changes=[change], actor=actor, now=now)), None)


@transaction.atomic
def withdraw_price(*, price_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Take back a price that has not begun: what would hold without it holds on. Locks as `set_prices`.

    Raises ReasonMissing, PriceHasBegun.
    """
    require_reason(reason)
    variant_id, product_id = Price.objects.values_list("variant", "variant__product").get(pk=price_id)
    lock_masters([product_id])
    variant = lock_variants([variant_id])[variant_id]
    price = Price.objects.filter(pk=price_id).first()
    if price is None or price.starts_at <= now:
        raise PriceHasBegun(sku=variant.sku)
    rows = Price.objects.filter(variant=variant_id, shop=price.shop_id).exclude(pk=price_id)
    before = rows.filter(ends_at=price.starts_at).first()
    after = rows.filter(starts_at=price.ends_at).first() if price.ends_at is not None else None
    held = before.amount if before is not None else variant.price
    Price.objects.filter(pk=price_id).delete()
    ends_at = price.ends_at
    if after is not None and after.amount == held and after.starts_at > now:
        # It was only there to bring back what held before.
        ends_at = after.ends_at
        after.delete()
    if before is not None:
        Price.objects.filter(pk=before.pk).update(ends_at=ends_at, turns_at=turn_of(before.starts_at, ends_at, now))
    act = act_of(change_of(price), price.amount, None, now)
    changes = {name: [new, None] for name, (_old, new) in act.changes.items()}
    act = replace(act, action="catalog.price_withdrawn", reason=reason, changes=changes)
    record_many([act], actor=actor, at=now)
    follow_master(product_ids=[product_id], actor=actor, now=now)


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
        covering = next((row for row in own if span_of(row).covers(now)), None)
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


def _require_near(variant_id: int, shop_id: int | None, amount: Decimal, now: datetime) -> None:
    variant = Variant.objects.get(pk=variant_id)
    rows = Price.objects.filter(holding(now), variant=variant_id, shop=shop_id)
    # Where the shop asks nothing now, the company's price is the measure.
    before = rows.values_list("amount", flat=True).first() or variant.price
    if before > 0 and not before * _LOWEST < amount < before * _HIGHEST:
        raise PriceFarOff(field="is_sure", sku=variant.sku, amount=f"{amount:.2f}", before=f"{before:.2f}")


def _products_of(variant_ids: set[int]) -> list[int]:
    return sorted(set(Variant.objects.filter(pk__in=variant_ids).values_list("product_id", flat=True)))


def _enter(changes: Sequence[PriceChange], actor: Actor, now: datetime) -> list[Price]:
    variants = lock_variants({change.variant_id for change in changes})
    known: defaultdict[_Key, list[Price]] = defaultdict(list)
    for row in Price.objects.filter(variant__in=variants).order_by("starts_at"):
        known[row.variant_id, row.shop_id].append(row)
    made: list[Price] = []
    afterwards: list[Price] = []
    ended: list[Price] = []
    replaced: list[Price] = []
    acts: list[Act] = []
    in_step: list[Variant] = []
    for change in sorted(changes, key=lambda one: (one.variant_id, one.shop_id or 0, one.starts_at)):
        variant = variants[change.variant_id]
        amount = _checked(change, variant, now)
        before = _amount_before(known, change, variant)
        rows = known[change.variant_id, change.shop_id]
        if _says_nothing_new(rows, change, amount, before):
            continue
        planned = _in_its_place(rows, change, now)
        if planned is not None and planned not in made:
            rows.remove(planned)
            if planned in afterwards:
                afterwards.remove(planned)
            else:
                replaced.append(planned)
        opened = _end_open_one(rows, change, ended)
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
            turns_at=turn_of(change.starts_at, change.ends_at, now),
        )
        held = opened.amount if opened is not None else variant.price if change.shop_id is None else None
        again = _again(rows, row, held)
        rows.append(row)
        made.append(row)
        acts.append(act_of(change, amount, before, now))
        if again is not None:
            rows.append(again)
            afterwards.append(again)
        if change.shop_id is None and change.starts_at == now and variant.price != amount:
            variant.price = amount
            in_step.append(variant)
    existing = [row for row in ended if row.pk]
    try:
        with transaction.atomic():
            Price.objects.filter(pk__in=[row.pk for row in replaced]).delete()
            Price.objects.bulk_update(existing, ["ends_at"], batch_size=1000)
            Price.objects.bulk_create([*made, *afterwards], batch_size=1000)
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
        raise PriceBeginsInThePast(field="starts_at", sku=variant.sku, **{"from": shown(change.starts_at)})
    if change.ends_at is not None and change.ends_at <= change.starts_at:
        raise PriceEndsBeforeItBegins(field="ends_at", sku=variant.sku)
    return amount


def _amount_before(known: Mapping[_Key, list[Price]], change: PriceChange, variant: Variant) -> Decimal | None:
    for shop_id in dict.fromkeys((change.shop_id, None)):
        for row in known.get((change.variant_id, shop_id), ()):
            if span_of(row).covers(change.starts_at):
                return row.amount
    return variant.price


def _says_nothing_new(rows: Sequence[Price], change: PriceChange, amount: Decimal, before: Decimal | None) -> bool:
    covering = next((row for row in rows if span_of(row).covers(change.starts_at)), None)
    if covering is not None:
        return covering.amount == amount and covering.ends_at == change.ends_at
    # Without any row the variant's own price holds: entering it again for the company says nothing.
    return change.shop_id is None and not rows and before == amount and change.ends_at is None


def _in_its_place(rows: Sequence[Price], change: PriceChange, now: datetime) -> Price | None:
    """The planned price that begins at the very moment from which the new one holds until further notice."""
    if change.ends_at is not None or change.starts_at <= now:
        return None
    return next((row for row in rows if row.starts_at == change.starts_at and row.ends_at is None), None)


def _end_open_one(rows: Sequence[Price], change: PriceChange, ended: list[Price]) -> Price | None:
    """End the one that holds until further notice where the new one begins; returns it."""
    for row in rows:
        if row.ends_at is None and row.starts_at < change.starts_at:
            row.ends_at = change.starts_at
            ended.append(row)
            return row
    return None


def _again(rows: Sequence[Price], row: Price, amount: Decimal | None) -> Price | None:
    """What held before holds again after a price with an end, until the next one that is planned.

    None where nothing held: a shop without a price of its own then has the company's again.
    """
    if row.ends_at is None or amount is None:
        return None
    next_one = min((other.starts_at for other in rows if other.starts_at >= row.ends_at), default=None)
    if next_one == row.ends_at:
        return None
    return Price(
        variant_id=row.variant_id,
        shop_id=row.shop_id,
        amount=amount,
        starts_at=row.ends_at,
        ends_at=next_one,
        reason=row.reason,
        set_by_id=row.set_by_id,
        created_at=row.created_at,
        turns_at=row.ends_at,
    )


def _require_free(rows: Sequence[Price], change: PriceChange, variant: Variant) -> None:
    for row in rows:
        if span_of(row).overlaps(change.starts_at, change.ends_at):
            raise PricesOverlap(field="starts_at", **_overlap_facts(variant.sku, span_of(row)))


def _overlap_facts(sku: str, span: Span) -> dict[str, str]:
    return {
        "sku": sku,
        "amount": f"{span.amount:.2f}",
        "from": shown(span.starts_at),
        "until": shown(span.ends_at) if span.ends_at else "…",
    }
