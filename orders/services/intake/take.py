"""Taking orders in. Written for many and called with one; every step is one statement for all of them.

The statements for a live batch: 1 shop, known orders and keys · 2-3 customers · 4 variants · 5-6 stock (lock, write)
· 7 orders, lines, payments, holds, notes and raw inputs · 8 messages · 9 deadlines · 10 trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction

from catalog import services as catalog
from config.kit.actor import Actor
from config.kit.errors import Busy
from customers import services as customers
from inventory import services as inventory
from orders import policies
from orders.drafts import OrderDraft
from orders.services.intake.look_up import Known, ShopFacts, look_up
from orders.services.intake.write import announce, write_orders
from orders.states import OrderMode, OrderStatus, StockStatus

_ATTEMPTS = 5


class TakenResult(StrEnum):
    """What became of one draft."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    DIFFERS = "differs"


class UnknownCodes(StrEnum):
    """What to do with seller codes that nobody knows."""

    HOLD = "hold"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome for one draft, in the order of the drafts. `line_ids` are set for orders that were made here."""

    result: TakenResult
    order_id: int
    number: str
    status: str
    holds: tuple[str, ...] = ()
    line_ids: tuple[int, ...] = ()


@dataclass(slots=True)
class Intake:
    """One new order on its way through the steps: the draft and all that is decided about it."""

    draft: OrderDraft
    order_id: int
    line_ids: list[int]
    customer_id: int | None = None
    variants: list[catalog.VariantFacts | None] = field(default_factory=list)
    holds: list[policies.HoldReason] = field(default_factory=list)
    stock: StockStatus = StockStatus.NOT_NEEDED
    status: OrderStatus = OrderStatus.COMPLETED

    @property
    def number(self) -> str:
        """Our own number, made from the key."""
        return f"ZG{self.order_id:09d}"

    @property
    def needs(self) -> tuple[inventory.Need, ...]:
        """The pieces that the stock must give."""
        return tuple(
            inventory.Need(line_id, variant.variant_id, line.quantity)
            for line_id, variant, line in zip(self.line_ids, self.variants, self.draft.lines, strict=True)
            if variant is not None and variant.is_stocked
        )


def take_orders(
    *,
    shop_id: int,
    channel: str,
    drafts: Sequence[OrderDraft],
    actor: Actor,
    now: datetime,
    mode: OrderMode = OrderMode.LIVE,
    unknown_codes: UnknownCodes = UnknownCodes.HOLD,
    import_run_id: int | None = None,
) -> list[Taken]:
    """Make orders of drafts, all or none, and tell for each draft what became of it.

    A draft whose `external_id` is here already makes nothing: UNCHANGED with the same content, DIFFERS with another.
    Live orders reserve stock, queue a confirmation and start their clocks, or are held with every reason; history
    does none of that. Raises InvalidInput naming the field for a draft that cannot be stored, Busy when the same
    orders arrive again and again at once.

    Lock order: customers' identities → stock by key → order keys (sorted).
    """
    for draft in drafts:
        policies.check_draft(draft)
    for _attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                return _take(shop_id, channel, drafts, actor, now, mode, unknown_codes, import_run_id)
        except IntegrityError as error:
            # Somebody made the same order, buyer or product a moment earlier: look again, it is there now. Inside a caller's
            # transaction (a sweep, a chunk of a file) the savepoint has been rolled back, and READ COMMITTED sees it as well.
            if getattr(error.__cause__, "sqlstate", "") != "23505":
                raise
    raise Busy


def _take(
    shop_id: int,
    channel: str,
    drafts: Sequence[OrderDraft],
    actor: Actor,
    now: datetime,
    mode: OrderMode,
    unknown_codes: UnknownCodes,
    import_run_id: int | None,
) -> list[Taken]:
    first_of: dict[str, OrderDraft] = {}
    for draft in drafts:
        first_of.setdefault(draft.external_id, draft)
    shop, known, order_ids, line_ids = look_up(shop_id, list(first_of.values()))
    intakes: dict[str, Intake] = {}
    next_line = iter(line_ids)
    for order_id, (external_id, draft) in zip(order_ids, first_of.items(), strict=True):
        if external_id not in known:
            intakes[external_id] = Intake(draft, order_id, [next(next_line) for _line in draft.lines])
    new = sorted(intakes.values(), key=lambda intake: intake.draft.external_id)
    if new:
        _find_people(new, shop, channel, now)
        _find_goods(new, shop, unknown_codes, now)
        if mode == OrderMode.LIVE:
            _decide(new, shop, actor, now)
        write_orders(new, shop, channel=channel, mode=mode, import_run_id=import_run_id, now=now)
        announce(new, shop, channel=channel, mode=mode, actor=actor, now=now)
    return [_outcome(draft, intakes, known) for draft in drafts]


def _find_people(new: Sequence[Intake], shop: ShopFacts, channel: str, now: datetime) -> None:
    buyers = [
        customers.Buyer(b.platform_id, b.name, b.email, b.phone, b.language, b.country)
        for b in (intake.draft.buyer for intake in new)
    ]
    ids = customers.find_or_make_customers(
        buyers=buyers, store_id=shop.shop_id, shop_code=shop.code, language=shop.language, source=channel, now=now
    )
    for intake, customer_id in zip(new, ids, strict=True):
        intake.customer_id = customer_id


def _find_goods(new: Sequence[Intake], shop: ShopFacts, unknown_codes: UnknownCodes, now: datetime) -> None:
    codes = {line.seller_code for intake in new for line in intake.draft.lines}
    found = catalog.find_variants(shop_id=shop.shop_id, codes=list(codes))
    if unknown_codes == UnknownCodes.DRAFT and (missing := codes - found.keys() - {""}):
        catalog.make_draft_products(
            drafts=[
                catalog.DraftProduct(line.seller_code, line.title)
                for intake in new
                for line in intake.draft.lines
                if line.seller_code in missing
            ],
            now=now,
        )
        found |= catalog.find_variants(shop_id=shop.shop_id, codes=list(missing))
    for intake in new:
        intake.variants = [found.get(line.seller_code) for line in intake.draft.lines]


def _decide(new: Sequence[Intake], shop: ShopFacts, actor: Actor, now: datetime) -> None:
    """Reserve what can be reserved, then say for each order why it must wait, or that it is ready."""
    alive = [intake for intake in new if intake.draft.cancelled_at is None]
    mapped = [intake for intake in alive if None not in intake.variants]
    shortages = inventory.reserve(
        orders=[inventory.OrderNeed(intake.order_id, shop.shop_id, intake.needs) for intake in mapped],
        actor=actor,
        now=now,
    )
    for intake in new:
        if intake.draft.cancelled_at is not None:
            intake.status, intake.stock = OrderStatus.CANCELLED, StockStatus.NOT_NEEDED
            continue
        unknown = [
            line.seller_code
            for line, variant in zip(intake.draft.lines, intake.variants, strict=True)
            if variant is None
        ]
        missing = shortages.get(intake.order_id, [])
        if unknown:
            intake.stock = StockStatus.UNMAPPED
        elif missing:
            intake.stock = StockStatus.SHORT
        elif intake.needs:
            intake.stock = StockStatus.RESERVED
        sku_of = {variant.variant_id: variant.sku for variant in intake.variants if variant}
        intake.holds = policies.holds_at_intake(intake.draft, unknown_codes=unknown, shortages=missing, sku_of=sku_of)
        intake.status = OrderStatus.HELD if intake.holds else OrderStatus.READY


def _outcome(draft: OrderDraft, intakes: dict[str, Intake], known: dict[str, Known]) -> Taken:
    here = known.get(draft.external_id)
    if here is None:
        intake = intakes[draft.external_id]
        facts: dict[str, Any] = {"order_id": intake.order_id, "number": intake.number, "status": str(intake.status)}
        if intake.draft is draft:
            holds = tuple(str(hold.kind) for hold in intake.holds)
            return Taken(TakenResult.CREATED, holds=holds, line_ids=tuple(intake.line_ids), **facts)
        same = intake.draft.content_hash() == draft.content_hash()
    else:
        facts = {"order_id": here.order_id, "number": here.number, "status": here.status}
        same = here.content_hash == draft.content_hash()
    return Taken(TakenResult.UNCHANGED if same else TakenResult.DIFFERS, **facts)
