"""Enums of orders, intake, parcels and their transition tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderStatus(models.TextChoices):
    """Where an order stands on its way. `HELD`: taken in, not yet free to be picked (its holds say why)."""

    HELD = "held", _("held")
    READY = "ready", _("ready")
    PICKING = "picking", _("in a wave")
    PACKED = "packed", _("packed")
    SHIPPED = "shipped", _("shipped")
    DELIVERED = "delivered", _("delivered")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("cancelled")


ORDER_TRANSITIONS: dict[str, frozenset[str]] = {
    OrderStatus.HELD: frozenset({OrderStatus.READY, OrderStatus.CANCELLED}),
    OrderStatus.READY: frozenset({OrderStatus.HELD, OrderStatus.PICKING, OrderStatus.CANCELLED}),
    OrderStatus.PICKING: frozenset({OrderStatus.PACKED, OrderStatus.READY, OrderStatus.HELD}),
    OrderStatus.PACKED: frozenset({OrderStatus.SHIPPED, OrderStatus.PICKING}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.DELIVERED}),
    OrderStatus.DELIVERED: frozenset({OrderStatus.COMPLETED}),
    OrderStatus.COMPLETED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}


class StockStatus(models.TextChoices):
    """What the stock check said."""

    NOT_NEEDED = "not_needed", _("no stock needed")
    RESERVED = "reserved", _("reserved")
    SHORT = "short", _("short")
    UNMAPPED = "unmapped", _("unknown code")
    SHIPPED = "shipped", _("left the stock")
    RELEASED = "released", _("given back")


class PaymentStatus(models.TextChoices):
    """What the channel or our own books say about the money."""

    PENDING = "pending", _("not paid")
    PAID = "paid", _("paid")
    PART_REFUNDED = "part_refunded", _("partly refunded")
    REFUNDED = "refunded", _("refunded")
    VOIDED = "voided", _("voided")


class HoldKind(models.TextChoices):
    """Why an order waits (ORD-11)."""

    PAYMENT = "payment", _("payment")
    STOCK = "stock", _("stock")
    UNMAPPED = "unmapped", _("unknown seller code")
    ADDRESS = "address", _("address")
    FRAUD = "fraud", _("suspicion")
    PRICE = "price", _("price")
    NOTE = "note", _("buyer's note")
    PRESALE = "presale", _("pre-sale")
    CANCEL_REQUESTED = "cancel_requested", _("cancellation asked for")
    CHANGED = "changed", _("changed by the channel")
    SHORT_PICK = "short_pick", _("not found at picking")


class OrderFlag(models.TextChoices):
    """Marks that stand beside an order's facts."""

    LATE = "late", _("late")


class NoteKind(models.TextChoices):
    """For whom a note is (ORD-5)."""

    INTERNAL = "internal", _("internal")
    WAREHOUSE = "warehouse", _("for the warehouse")
    BUYER = "buyer", _("from the buyer")


class OrderMode(models.TextChoices):
    """Live orders start clocks and mails; history only tells what was."""

    LIVE = "live", _("live order")
    HISTORY = "history", _("history")


class InputState(models.TextChoices):
    """What became of a raw input."""

    PENDING = "pending", _("waiting")
    DONE = "done", _("done")
    IGNORED = "ignored", _("nothing to do")
    QUARANTINED = "quarantined", _("quarantined")


INPUT_TRANSITIONS: dict[str, frozenset[str]] = {
    InputState.PENDING: frozenset({InputState.DONE, InputState.IGNORED, InputState.QUARANTINED}),
    InputState.QUARANTINED: frozenset({InputState.PENDING, InputState.IGNORED, InputState.DONE}),
    InputState.DONE: frozenset(),
    InputState.IGNORED: frozenset({InputState.PENDING}),
}


class ImportState(models.TextChoices):
    """An import's way: its rows are read first, then checked or turned into orders."""

    READING = "reading", _("being read")
    CHECKED = "checked", _("checked, waiting for a start")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("could not be read")


IMPORT_TRANSITIONS: dict[str, frozenset[str]] = {
    ImportState.READING: frozenset({ImportState.CHECKED, ImportState.RUNNING, ImportState.FAILED}),
    ImportState.CHECKED: frozenset({ImportState.RUNNING}),
    ImportState.RUNNING: frozenset({ImportState.DONE, ImportState.FAILED}),
    ImportState.DONE: frozenset({ImportState.RUNNING}),
    ImportState.FAILED: frozenset(),
}


class WaveState(models.TextChoices):
    """A wave is picked, then packed; it is finished when its last order left it."""

    PICKING = "picking", _("picking")
    PACKING = "packing", _("packing")
    FINISHED = "finished", _("finished")


WAVE_TRANSITIONS: dict[str, frozenset[str]] = {
    WaveState.PICKING: frozenset({WaveState.PACKING, WaveState.FINISHED}),
    WaveState.PACKING: frozenset({WaveState.FINISHED}),
    WaveState.FINISHED: frozenset(),
}


class ParcelState(models.TextChoices):
    """Normalised parcel states; `PARCEL_RANK` keeps them from going backwards."""

    PACKING = "packing", _("being packed")
    PACKED = "packed", _("packed")
    HANDED_OVER = "handed_over", _("handed over")
    COLLECTED = "collected", _("collected")
    IN_TRANSIT = "in_transit", _("on the way")
    CUSTOMS = "customs", _("in customs")
    PROBLEM = "problem", _("problem")
    OUT_FOR_DELIVERY = "out_for_delivery", _("out for delivery")
    AT_PICKUP_POINT = "at_pickup_point", _("at the pick-up point")
    SIGNED = "signed", _("signed for")
    SIGNED_BY_OTHER = "signed_by_other", _("signed for by another")
    RETURNING = "returning", _("coming back")
    RETURNED = "returned", _("returned")
    LOST = "lost", _("lost")


PARCEL_RANK: dict[str, int] = {
    ParcelState.PACKING: 0,
    ParcelState.PACKED: 1,
    ParcelState.HANDED_OVER: 2,
    ParcelState.COLLECTED: 3,
    ParcelState.IN_TRANSIT: 4,
    ParcelState.CUSTOMS: 4,
    ParcelState.PROBLEM: 4,
    ParcelState.OUT_FOR_DELIVERY: 5,
    ParcelState.AT_PICKUP_POINT: 6,
    ParcelState.RETURNING: 7,
    ParcelState.SIGNED: 8,
    ParcelState.SIGNED_BY_OTHER: 8,
    ParcelState.RETURNED: 8,
    ParcelState.LOST: 8,
}
_ON_THE_ROAD = [state for state, rank in PARCEL_RANK.items() if rank >= 3]  # a list: its order is drawn and compared
PARCEL_TRANSITIONS: dict[str, frozenset[str]] = {
    ParcelState.PACKING: frozenset({ParcelState.PACKED}),
    ParcelState.PACKED: frozenset({ParcelState.HANDED_OVER, ParcelState.PACKING}),
    ParcelState.HANDED_OVER: frozenset(_ON_THE_ROAD),
    # On the road a state may be skipped or stay on its rank, never fall back; but a problem can come up anywhere on the way
    # (a courier who finds nobody at home), and the parcel goes on from it.
    **{
        state: frozenset(
            other
            for other in _ON_THE_ROAD
            if other != state
            and PARCEL_RANK[state] < 8
            and (PARCEL_RANK[other] >= PARCEL_RANK[state] or other == ParcelState.PROBLEM)
        )
        for state in _ON_THE_ROAD
    },
}


class ScanResult(models.TextChoices):
    """What the bench answered to a scan."""

    MATCHED = "matched", _("matched")
    WRONG_ITEM = "wrong_item", _("not in this order")
    SURPLUS = "surplus", _("one too many")
    UNKNOWN_CODE = "unknown_code", _("unknown barcode")


class CancellationKind(models.TextChoices):
    """How a channel took goods back out of an order."""

    CREDIT_NOTE = "credit_note", _("credit note")
    REFUND = "refund", _("refund")
