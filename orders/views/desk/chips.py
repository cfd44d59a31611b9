"""The facts of an order as chips, each beside the other, never mixed into one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from config.kit.web import Chip, Tone
from config.kit.web.tags import money
from orders.models import Hold, ImportRun, Order
from orders.selectors.desk import MoneyFacts, money_of
from orders.states import ImportState, InputState, OrderStatus, PaymentStatus, StockStatus

_STATUS = {
    OrderStatus.HELD: (Tone.WARN, "player-pause"),
    OrderStatus.READY: (Tone.INFO, "player-play"),
    OrderStatus.PICKING: (Tone.INFO, "route"),
    OrderStatus.PACKED: (Tone.INFO, "package"),
    OrderStatus.SHIPPED: (Tone.GOOD, "truck"),
    OrderStatus.DELIVERED: (Tone.GOOD, "home-check"),
    OrderStatus.COMPLETED: (Tone.MUTED, "check"),
    OrderStatus.CANCELLED: (Tone.MUTED, "x"),
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
    tone, icon = _STATUS[OrderStatus(order.status)]
    return Chip(order.get_status_display(), tone, icon)


def stock_chip(order: Order) -> Chip:
    """What the stock check said."""
    return Chip(order.get_stock_status_display(), _STOCK[StockStatus(order.stock_status)], "stack-2")


def payment_chip(order: Order) -> Chip:
    """What the channel says about the money."""
    return Chip(order.get_payment_status_display(), _PAYMENT[PaymentStatus(order.payment_status)], "credit-card")


def hold_chip(hold: Hold) -> Chip:
    """One open hold by its type. Its reason may hold personal data, so it is no title."""
    return Chip(hold.get_kind_display(), Tone.BAD, "hand-stop")


def money_chip(order: Order, facts: MoneyFacts | None = None) -> Chip | None:
    """What our own books say: open, too much, given back, or settled; nothing for history without payments."""
    facts = facts or money_of(order, order.money)
    if order.status == OrderStatus.CANCELLED and facts.captured == facts.refunded:
        return Chip(_("nothing owed"), Tone.MUTED, "coin")
    if facts.refunded:
        return Chip(_("%s given back") % money(facts.refunded, order.currency), Tone.WARN, "coin")
    if facts.due > 0:
        return Chip(_("%s open") % money(facts.due, order.currency), Tone.WARN, "coin")
    if facts.due < 0:
        return Chip(_("%s too much") % money(-facts.due, order.currency), Tone.BAD, "coin")
    return Chip(_("settled"), Tone.GOOD, "coin")


def import_chip(run: ImportRun) -> Chip:
    """Where an import stands."""
    return Chip(run.get_state_display(), _IMPORT[ImportState(run.state)])
