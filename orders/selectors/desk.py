"""What the desk reads of orders: the list, finding by any number, one order's parts, a customer's purchases."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Upper

from approvals.models import Deadline
from customers.models import Customer, Message
from customers.states import MessageState
from inventory.models import Reservation
from inventory.states import ReservationState
from orders.couriers import clean_waybill
from orders.models import Cancellation, Hold, Note, Order, OrderLine, Parcel, Payment
from orders.states import OrderStatus

IN_WORK = (OrderStatus.HELD, OrderStatus.READY, OrderStatus.PICKING, OrderStatus.PACKED)
CONFIRMATION = "order_confirmation"
_LONGEST_KEY = 9  # figures of our number after ZG


def order_list(user: Any) -> QuerySet[Order]:
    """Orders of the person's shops with what a list shows: open holds (`held_by`), parcels (`boxes`) and payments (`money`)."""
    return (
        Order.objects.visible_to(user)
        .select_related("shop")
        .prefetch_related(
            Prefetch("holds", Hold.objects.filter(released_at__isnull=True).order_by("pk"), to_attr="held_by"),
            Prefetch("parcels", Parcel.objects.order_by("pk"), to_attr="boxes"),
            Prefetch("payments", Payment.objects.order_by("pk"), to_attr="money"),
        )
    )


def orders_matching(rows: QuerySet[Order], words: str) -> QuerySet[Order]:
    """Orders with this number, platform number, waybill, shipping note, or last four figures of the recipient's phone.

    Each lookup uses its own index; joined by OR in one condition they would read the whole table.
    """
    words = words.strip()
    found = Order.objects.filter(number=our_number(words)).order_by().values("pk")
    others = [
        Order.objects.filter(external_number=words).order_by().values("pk"),
        Parcel.objects.filter(note_number=words.upper()).order_by().values("order_id"),
    ]
    if waybill := clean_waybill(words):
        numbered = Parcel.objects.alias(number=Upper("waybill")).filter(number=waybill).exclude(waybill="")
        others.append(numbered.order_by().values("order_id"))
    if phone := _phone(words):
        others.append(Order.objects.filter(phone).order_by().values("pk"))
    return rows.filter(pk__in=found.union(*others))


def our_number(words: str) -> str:
    """Our number as it is stored, from "zg000000012" as well as from "12"."""
    if words.isascii() and words.isdigit() and len(words) <= _LONGEST_KEY:
        return f"ZG{int(words):09d}"
    return words.upper()


def _phone(words: str) -> Q | None:
    if not re.fullmatch(r"[\d\s+()-]+", words):
        return None
    figures = re.sub(r"\D", "", words)
    if len(figures) == 4:
        return Q(phone_tail=figures)
    if len(figures) < 7:
        return None
    # The tail's index finds the few candidates; the pattern forgives how the channel wrote the number.
    return Q(phone_tail=figures[-4:], recipient_phone__regex=r"\D*".join(figures[-8:]) + "$")


def confirmation_failed() -> Q:
    """Orders whose confirmation mail could not be sent, or of which nobody knows whether it was."""
    failed = Message.objects.filter(
        subject_type="orders.order",
        template=CONFIRMATION,
        state__in=(MessageState.FAILED, MessageState.UNCONFIRMED),
    )
    return Q(pk__in=failed.order_by().values("subject_id"))


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """What was paid and given back, against what the buyer has to pay."""

    total: Decimal
    captured: Decimal
    refunded: Decimal

    @property
    def due(self) -> Decimal:
        """What is not paid yet; negative when too much was."""
        return self.total - self.captured


def money_of(order: Order, payments: list[Payment]) -> MoneyFacts:
    """The sums of an order's payments."""
    captured = sum((payment.amount_captured for payment in payments), Decimal(0))
    refunded = sum((payment.amount_refunded for payment in payments), Decimal(0))
    return MoneyFacts(order.amount_total, captured, refunded)


@dataclass(slots=True)
class LineFacts:
    """One line with what the stock gave it last."""

    line: OrderLine
    reservation: Reservation | None

    @property
    def is_held(self) -> bool:
        """Whether pieces are promised to it now."""
        return self.reservation is not None and self.reservation.state == ReservationState.HELD


@dataclass(slots=True)
class OrderParts:
    """Everything on the order page beside the timeline; one query for each kind of part, however many there are."""

    order: Order
    lines: list[LineFacts]
    holds: list[Hold]
    notes: list[Note]
    parcels: list[Parcel]
    payments: list[Payment]
    cancellations: list[Cancellation]
    confirmation: Message | None
    clocks: list[Deadline]
    money: MoneyFacts = field(init=False)

    def __post_init__(self) -> None:
        self.money = money_of(self.order, self.payments)

    @property
    def open_holds(self) -> list[Hold]:
        """What stops it now."""
        return [hold for hold in self.holds if hold.released_at is None]

    @property
    def reserved_from(self) -> list[str]:
        """The places that pieces are or were reserved from (ORD-3)."""
        places = [
            str(facts.reservation.level.location)
            for facts in self.lines
            if facts.reservation is not None and facts.reservation.state != ReservationState.RELEASED
        ]
        return list(dict.fromkeys(places))

    @property
    def unknown_codes(self) -> list[OrderLine]:
        """Lines whose seller code means nothing to us."""
        return [facts.line for facts in self.lines if facts.line.variant_id is None]

    def clock(self, rule: str) -> Deadline | None:
        """The open clock of a rule."""
        return next((clock for clock in self.clocks if clock.rule.code == rule), None)


def order_parts(order: Order) -> OrderParts:
    """Read the parts of an order."""
    lines = list(order.lines.select_related("variant__product").order_by("position"))
    return OrderParts(
        order=order,
        lines=_with_reservations(lines),
        holds=list(order.holds.select_related("owner").order_by("-pk")),
        notes=list(order.notes.select_related("author", "acknowledged_by").order_by("-pk")),
        parcels=list(order.parcels.select_related("courier", "location").order_by("pk")),
        payments=list(order.payments.order_by("pk")),
        cancellations=list(order.cancellations.order_by("pk")),
        confirmation=Message.objects.filter(
            subject_type="orders.order", subject_id=order.pk, template=CONFIRMATION
        ).first(),
        clocks=list(
            Deadline.objects.open()
            .filter(subject_type="orders.order", subject_id=order.pk)
            .select_related("rule", "owner")
            .order_by("due_at")
        ),
    )


def _with_reservations(lines: list[OrderLine]) -> list[LineFacts]:
    newest: dict[int, Reservation] = {}
    rows = Reservation.objects.filter(line_id__in=[line.pk for line in lines]).select_related("level__location")
    for reservation in rows.order_by("pk"):
        newest[reservation.line_id] = reservation
    return [LineFacts(line, newest.get(line.pk)) for line in lines]


@dataclass(frozen=True, slots=True)
class Purchases:
    """What a customer bought, newest first, and what it adds up to by currency; cancelled orders do not count."""

    orders: list[Order]
    totals: list[dict[str, Any]]
    count: int


def purchases(customer: Customer, user: Any, *, limit: int = 20) -> Purchases:
    """A customer's orders from all of the person's shops, online and physical together (ORD-10)."""
    mine = Order.objects.visible_to(user).filter(customer=customer)
    counted = (
        mine.exclude(status=OrderStatus.CANCELLED)
        .order_by()
        .values("currency")
        .annotate(count=Count("pk"), amount=Sum("amount_total"))
        .order_by("currency")
    )
    totals: list[dict[str, Any]] = [dict(row) for row in counted]
    newest = mine.select_related("shop").order_by("-placed_at", "-pk")[:limit]
    return Purchases(list(newest), totals, sum(row["count"] for row in totals))
