"""Rows of orders: intake, orders, holds and notes, money, fulfilment, tracking."""

from orders.models.intake import ColumnMap, ImportRow, ImportRun, RawInput
from orders.models.money import Cancellation, CancellationLine, Payment
from orders.models.orders import Hold, Note, Order, OrderLine
from orders.models.parcels import Courier, HandOver, Parcel, ParcelLine, ScanEvent, TrackingEvent
from orders.models.waves import PickLine, Wave

__all__ = [
    "Cancellation",
    "CancellationLine",
    "ColumnMap",
    "Courier",
    "HandOver",
    "Hold",
    "ImportRow",
    "ImportRun",
    "Note",
    "Order",
    "OrderLine",
    "Parcel",
    "ParcelLine",
    "Payment",
    "PickLine",
    "RawInput",
    "ScanEvent",
    "TrackingEvent",
    "Wave",
]
