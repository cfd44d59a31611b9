"""The facts of an order as chips, each beside the other, never mixed into one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from config.kit.web import Chip, Tone
from config.kit.web.tags import money
from orders.models import Hold, ImportRun, Order
from orders.selectors.desk import MoneyFacts, money_of
from orders.states import ImportState, InputState, OrderFlag, OrderStatus, PaymentStatus, StockStatus

_STATUS = {
    OrderStatus.HELD: Tone.WARN,
    OrderStatus.READY: Tone.INFO,
    OrderStatus.PICKING: Tone.INFO,
    OrderStatus.PACKED: Tone.INFO,
    OrderStatus.SHIPPED: Tone.GOOD,
    OrderStatus.DELIVERED: Tone.GOOD,
    OrderStatus.COMPLETED: Tone.MUTED,
    OrderStatus.CANCELLED: Tone.MUTED,
}
_STOCK = {
    StockStatus.NOT_NEEDED: Tone.MUTED,
    StockStatus.RESERVED: Tone.GOOD,
    StockStatus.SHORT: Tone.BAD,
    StockStatus.UNMAPPED: Tone.BAD,
    StockStatus.SHIPPED: Tone.NEUTRAL,
    StockStatus.RELEASED: Tone.MUTED,
}
_PAYMENT = {
    PaymentStatus.PENDING: Tone.WARN,
    PaymentStatus.PAID: Tone.GOOD,
    PaymentStatus.PART_REFUNDED: Tone.WARN,
    PaymentStatus.REFUNDED: Tone.MUTED,
    PaymentStatus.VOIDED: Tone.MUTED,
}
INPUT_TONES = {
    InputState.PENDING: Tone.INFO,
    InputState.DONE: Tone.GOOD,
    InputState.IGNORED: Tone.MUTED,
    InputState.QUARANTINED: Tone.BAD,
}
_IMPORT = {
    ImportState.READING: Tone.INFO,
    ImportState.CHECKED: Tone.WARN,
    ImportState.RUNNING: Tone.INFO,
    ImportState.DONE: Tone.GOOD,
    ImportState.FAILED: Tone.BAD,
}


def status_chip(order: Order) -> Chip:
    """Where it stands on its way."""
    return Chip(order.get_status_display(), _STATUS[OrderStatus(order.status)])


def late_chip(order: Order) -> Chip | None:
    """The mark of an order that missed its promise."""
    return Chip(order.get_flag_display(), Tone.BAD, "alert-triangle") if order.flag == OrderFlag.LATE else None


def status_chips(order: Order) -> Chip | list[Chip]:
    """The status, and the mark where there is one."""
    late = late_chip(order)
    return [status_chip(order), late] if late else status_chip(order)


def stock_chip(order: Order) -> Chip:
    """What the stock check said."""
    return Chip(order.get_stock_status_display(), _STOCK[StockStatus(order.stock_status)])


def payment_chip(order: Order) -> Chip:
    """What the channel says about the money."""
    return Chip(order.get_payment_status_display(), _PAYMENT[PaymentStatus(order.payment_status)])


def hold_chip(hold: Hold) -> Chip:
    """One open hold by its type. Its reason may hold personal data, so it is no title."""
    return Chip(hold.get_kind_display(), Tone.BAD)


def money_chip(order: Order, facts: MoneyFacts | None = None) -> Chip:
    """What our own books say: open, too much, given back, or settled."""
    facts = facts or money_of(order, order.money)  # type: ignore[attr-defined]  # a list from `order_list`
    if order.status == OrderStatus.CANCELLED:
        owed = facts.captured - facts.refunded
        return (
            Chip(_("%s to give back") % money(owed, order.currency), Tone.BAD)
            if owed
            else Chip(_("nothing owed"), Tone.MUTED)
        )
    if facts.refunded:
        return Chip(_("%s given back") % money(facts.refunded, order.currency), Tone.WARN)
    if facts.due > 0:
        return Chip(_("%s open") % money(facts.due, order.currency), Tone.WARN)
    if facts.due < 0:
        return Chip(_("%s too much") % money(-facts.due, order.currency), Tone.BAD)
    return Chip(_("settled"), Tone.GOOD)


def import_chip(run: ImportRun) -> Chip:
    """Where an import stands."""
    return Chip(run.get_state_display(), _IMPORT[ImportState(run.state)])
