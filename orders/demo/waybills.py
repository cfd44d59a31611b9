"""Waybill numbers as the couriers' patterns want them, and the journeys of parcels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from orders.demo.plan import PlannedOrder
from orders.formats.tracking import TrackedEvent, TrackingReport
from orders.states import ParcelState

_FORMS = {
    "zto": "7588{:010d}", "yto": "YT5{:012d}", "sf": "SF1{:012d}", "ups": "1Z8A91E6{:010d}", "usps": "9400{:018d}",
}  # fmt: skip
Step = tuple[ParcelState, float, str, str]  # state, share of the way, text, place
_DOMESTIC: tuple[Step, ...] = (
    (ParcelState.COLLECTED, 0.03, "快件已揽收", "杭州市"),
    (ParcelState.IN_TRANSIT, 0.15, "快件已发往转运中心", "杭州转运中心"),
    (ParcelState.IN_TRANSIT, 0.7, "快件已到达{city}转运中心", "{city}"),
    (ParcelState.OUT_FOR_DELIVERY, 0.94, "快件正在派送，请保持电话畅通", "{city}{district}"),
)
_ABROAD: tuple[Step, ...] = (
    (ParcelState.COLLECTED, 0.02, "Shipment picked up", "Hangzhou, CN"),
    (ParcelState.IN_TRANSIT, 0.2, "Departed origin facility", "Shanghai, CN"),
    (ParcelState.CUSTOMS, 0.5, "Presented to customs", "{country}"),
    (ParcelState.IN_TRANSIT, 0.8, "Arrived at regional facility", "{region}, {country}"),
    (ParcelState.OUT_FOR_DELIVERY, 0.97, "Out for delivery", "{city}, {region}"),
)
_LAST = {
    ParcelState.SIGNED: ("已签收，签收人：本人", "Delivered, front door"),
    ParcelState.SIGNED_BY_OTHER: ("已签收，签收人：门卫代收", "Delivered to a neighbour"),
    ParcelState.AT_PICKUP_POINT: ("快件已存放至驿站，请凭取件码领取", "Available for pickup at the post office"),
    ParcelState.PROBLEM: ("收件人电话无法接通，改日再派", "Delivery attempted, nobody at home"),
    ParcelState.RETURNING: ("收件人拒收，快件退回中", "Refused, returning to sender"),
    ParcelState.RETURNED: ("退回件已签收", "Returned to sender"),
    ParcelState.LOST: ("快件遗失，已登记理赔", "Shipment lost, claim opened"),
}


def waybill(order: PlannedOrder) -> str:
    """The order's waybill number."""
    return _FORMS[order.courier].format(6_100_000 + 7919 * order.key)


def journey(order: PlannedOrder, left_at: datetime, ends_at: datetime, now: datetime) -> TrackingReport:
    """What the courier knows by `now` of a parcel that left at one time and arrives at another, if it arrives."""
    steps = list(_steps(order, left_at, ends_at))
    return TrackingReport(waybill(order), tuple(step for step in steps if step.at <= now))


def _steps(order: PlannedOrder, left_at: datetime, ends_at: datetime) -> Iterator[TrackedEvent]:
    words = order.buyer.recipient.address()
    is_abroad = order.courier in ("ups", "usps")
    for state, share, text, place in _ABROAD if is_abroad else _DOMESTIC:
        at = (left_at + (ends_at - left_at) * share).replace(second=0, microsecond=0)
        yield TrackedEvent(at, state, text.format_map(words), place.format_map(words))
    if order.ending in (ParcelState.RETURNED, ParcelState.LOST):
        yield TrackedEvent(
            ends_at - timedelta(hours=2), ParcelState.PROBLEM, *_words(ParcelState.PROBLEM, is_abroad, words)
        )
    yield TrackedEvent(ends_at, order.ending, *_words(order.ending, is_abroad, words))


def _words(state: ParcelState, is_abroad: bool, words: dict[str, str]) -> tuple[str, str]:
    return _LAST[state][is_abroad], words.get("city", "")
