"""What other departments send in: intakes and change notices, from arrival to refusal; packages do the rest (CAT-4, CAT-5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.files import File
from django.db import transaction

from approvals.models import Deadline
from approvals.policies.steps import due_time
from approvals.selectors.rules import rule_in_force
from approvals.services import DeadlineStart, reassign_deadline, record, start_deadlines, withdraw_deadlines
from approvals.states import Importance
from catalog.errors import (
    NoticeNeedsProduct,
    NoticeSaysNothing,
    NotOfThisProduct,
    NotYours,
    PriceUnreadable,
    SourceHasMovedOn,
    SourceIsInPackage,
    TooManyAttachments,
)
from catalog.models import Product, SourceFile, SourceItem, Variant
from catalog.policies.sources import CLOCK_OF
from catalog.services._reasons import require_reason
from catalog.services.attachments import keep_document
from catalog.states import SourceKind, SourceState
from config.kit.actor import Actor
from config.kit.errors import NotPermitted

SUBJECT = "catalog.sourceitem"
PLANNING = "PLAN"
MAX_FILES = 10
_MAX_PRICE = Decimal(10) ** 10


@transaction.atomic
def send_source(
    *,
    kind: SourceKind,
    title: str,
    text: str = "",
    product_id: int | None = None,
    importance: Importance = Importance.GENERAL,
    effective_at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    files: Sequence[File] = (),
    actor: Actor,
    now: datetime,
) -> SourceItem:
    """Take in an intake or a change notice; its arrival starts the publish clock of its class, owed by the planning group.

    `facts` of a notice: {"name": str, "service_text": str, "prices": {SKU: amount}}, at least one of them; an intake has
    none. Raises NoticeNeedsProduct, NoticeSaysNothing, NotOfThisProduct, PriceUnreadable, TooManyAttachments, and
    what `keep_document` raises. A notice of prices is important by itself.
    """
    if len(files) > MAX_FILES:
        raise TooManyAttachments(field="attachments", limit=MAX_FILES)
    product = Product.objects.get(pk=product_id) if product_id else None
    wanted: dict[str, Any] = {}
    if kind == SourceKind.NOTICE:
        if product is None:
            raise NoticeNeedsProduct(field="product")
        wanted = read_facts(product, facts or {})
        effective_at = effective_at or now
        if "prices" in wanted:  # what costs something else is important for every listing (approvals' class rules)
            importance = Importance.IMPORTANT
    item = SourceItem.objects.create(
        kind=kind,
        title=title.strip(),
        text=text.strip(),
        product=product,
        importance=importance,
        effective_at=effective_at,
        facts=wanted,
        sent_by_id=person_of(actor),
        received_at=now,
    )
    for file in files:
        kept = keep_document(file, folder="sources")
        SourceFile.objects.create(
            item=item, file=kept.path, file_name=kept.name, sha256=kept.sha256, byte_size=kept.byte_size
        )
    _start_clock(item, now=now)
    record("catalog.source_sent", item, actor=actor, changes={"facts": [{}, wanted]} if wanted else {}, at=now)
    return item


def read_facts(product: Product, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A notice's facts in the one form that is stored: stripped texts, prices as text with two decimals.

    Raises NoticeSaysNothing, NotOfThisProduct, PriceUnreadable.
    """
    wanted: dict[str, Any] = {}
    for name in ("name", "service_text"):
        if value := str(facts.get(name) or "").strip():
            wanted[name] = value
    prices = {str(sku).strip(): value for sku, value in (facts.get("prices") or {}).items() if str(value).strip()}
    if prices:
        known = sorted(Variant.objects.filter(product=product).values_list("sku", flat=True))
        if strange := sorted(set(prices) - set(known)):
            raise NotOfThisProduct(
                field="prices", skus=", ".join(strange), product=product.name, known=", ".join(known) or "–"
            )
        wanted["prices"] = {sku: _amount(sku, prices[sku]) for sku in sorted(prices)}
    if not wanted:
        raise NoticeSaysNothing()
    return wanted


@transaction.atomic
def raise_source(*, source_id: int, reason: str, actor: Actor, now: datetime) -> SourceItem:
    """Make an item important: its 12 hours count from its arrival.

    Locks the item, and its package. Raises ReasonMissing, SourceHasMovedOn. An important one stays as it is.
    """
    require_reason(reason)
    item = SourceItem.objects.select_for_update(of=("self",)).get(pk=source_id)
    if item.state in (SourceState.PUBLISHED, SourceState.REFUSED):
        raise SourceHasMovedOn(title=item.title, state=item.get_state_display())
    if item.importance == Importance.IMPORTANT:
        return item
    item.importance = Importance.IMPORTANT
    item.save(update_fields=["importance"])
    owner = _owner_of_clock(item.pk)
    withdraw_deadlines(subject_type=SUBJECT, subject_ids=[item.pk], actor=actor, reason=reason, now=now)
    _start_clock(item, now=now, owner_id=owner)
    changes = {"importance": [Importance.GENERAL, Importance.IMPORTANT]}
    record("catalog.source_raised", item, actor=actor, reason=reason, changes=changes, at=now)
    return item


@transaction.atomic
def refuse_source(*, source_id: int, reason: str, actor: Actor, now: datetime) -> SourceItem:
    """Say no to what was sent in; its sender reads the reason, its clock falls away.

    Locks the item. What is in a package is taken out of it first. Raises ReasonMissing, SourceIsInPackage,
    SourceHasMovedOn.
    """
    require_reason(reason)
    return _end(source_id, reason, "catalog.source_refused", actor, now)


@transaction.atomic
def withdraw_source(*, source_id: int, reason: str, actor: Actor, now: datetime) -> SourceItem:
    """Take back what one has sent in oneself, as long as nobody works on it.

    Locks the item. Raises ReasonMissing, NotYours, SourceIsInPackage, SourceHasMovedOn.
    """
    require_reason(reason)
    item = SourceItem.objects.select_related("sent_by").get(pk=source_id)
    if actor.user_id is None or actor.user_id != item.sent_by_id:
        raise NotYours(sender=str(item.sent_by))
    return _end(source_id, reason, "catalog.source_withdrawn", actor, now)


def hand_clocks(*, source_ids: Iterable[int], owner_id: int | None, reason: str, actor: Actor, now: datetime) -> None:
    """Give the open publish clocks of items to the owner of their package, or back to the planning group."""
    open_clocks = Deadline.objects.open().filter(
        subject_type=SUBJECT, subject_id__in=list(source_ids), rule__code__in=CLOCK_OF.values()
    )
    for pk in open_clocks.exclude(owner_id=owner_id).order_by("pk").values_list("pk", flat=True):
        reassign_deadline(deadline_id=pk, owner_id=owner_id, owner_role=PLANNING, reason=reason, actor=actor, now=now)


def _end(source_id: int, reason: str, action: str, actor: Actor, now: datetime) -> SourceItem:
    item = SourceItem.objects.select_for_update(of=("self",)).select_related("package__owner").get(pk=source_id)
    if item.package is not None and item.state in (SourceState.IN_DRAFT, SourceState.IN_APPROVAL):
        raise SourceIsInPackage(title=item.title, package=item.package.number, owner=str(item.package.owner))
    if item.state != SourceState.RECEIVED:
        raise SourceHasMovedOn(title=item.title, state=item.get_state_display())
    item.state, item.state_reason = SourceState.REFUSED, reason.strip()
    item.mismatch, item.mismatch_since = [], None
    item.save(update_fields=["state", "state_reason", "mismatch", "mismatch_since"])
    withdraw_deadlines(subject_type=SUBJECT, subject_ids=[item.pk], actor=actor, reason=reason, now=now)
    changes = {"state": [SourceState.RECEIVED, SourceState.REFUSED]}
    record(action, item, actor=actor, reason=reason.strip(), changes=changes, at=now)
    return item


def _start_clock(item: SourceItem, *, now: datetime, owner_id: int | None = None) -> None:
    """From the arrival; a change that takes effect later cannot be live before, so it is due then at the earliest."""
    rule = CLOCK_OF[Importance(item.importance)]
    due_at = due_time(item.received_at, rule_in_force(rule))
    start_deadlines(
        [
            DeadlineStart(
                rule=rule,
                subject_type=SUBJECT,
                subject_id=item.pk,
                subject_label=item.title,
                starts_at=item.received_at,
                owner_id=owner_id,
                owner_role=PLANNING,
                due_at=max(due_at, item.effective_at or due_at),
            )
        ],
        now=now,
    )


def _owner_of_clock(source_id: int) -> int | None:
    clocks = Deadline.objects.open().filter(
        subject_type=SUBJECT, subject_id=source_id, rule__code__in=CLOCK_OF.values()
    )
    return clocks.values_list("owner_id", flat=True).first()


def _amount(sku: str, value: Any) -> str:
    try:
        amount = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        raise PriceUnreadable(field="prices", sku=sku, value=value) from None
    exponent = amount.as_tuple().exponent
    if not amount.is_finite() or amount < 0 or amount >= _MAX_PRICE or (isinstance(exponent, int) and exponent < -2):
        raise PriceUnreadable(field="prices", sku=sku, value=value)
    return str(amount.quantize(Decimal("0.01")))


def person_of(actor: Actor) -> int:
    """The employee who acts. Raises NotPermitted for programs: what is sent in and what is owed belongs to somebody."""
    if actor.user_id is None:
        raise NotPermitted()
    return actor.user_id
