"""What 快递100 and EasyPost send about a parcel, read into one form. Pure: bytes in, a report out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from config.kit.errors import InvalidInput
from orders.formats.reading import mapping, objects, parse_json, text
from orders.states import ParcelState

_BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class TrackedEvent:
    """One line of a journey. Its fingerprint leaves the state out: couriers repeat a line and may name its state later."""

    at: datetime
    state: ParcelState
    text: str
    place: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 over time, words and place."""
        return hashlib.sha256(
            "\x1f".join((self.at.astimezone(UTC).isoformat(), self.text, self.place)).encode()
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class TrackingReport:
    """What a courier says about one waybill: its lines so far, oldest first."""

    waybill: str
    events: tuple[TrackedEvent, ...]


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """The body is fine and tells nothing about a parcel's way."""

    reason: str


# 快递100: the state of the whole journey, or of a line (`statusCode`). With `resultv2` both may be finer, in three figures that
# begin with the plain one; four figures are ways of being on the way.
_KUAIDI100 = {
    "0": ParcelState.IN_TRANSIT,
    "1": ParcelState.COLLECTED,
    "101": ParcelState.HANDED_OVER,
    "102": ParcelState.HANDED_OVER,
    "2": ParcelState.PROBLEM,
    "3": ParcelState.SIGNED,
    "303": ParcelState.SIGNED_BY_OTHER,
    "4": ParcelState.RETURNED,
    "401": ParcelState.PROBLEM,
    "5": ParcelState.OUT_FOR_DELIVERY,
    "501": ParcelState.AT_PICKUP_POINT,
    "6": ParcelState.RETURNING,
    "7": ParcelState.IN_TRANSIT,
    "8": ParcelState.CUSTOMS,
    "10": ParcelState.CUSTOMS,
    "11": ParcelState.CUSTOMS,
    "12": ParcelState.CUSTOMS,
    "13": ParcelState.PROBLEM,
    "14": ParcelState.RETURNING,
}

_PLACE = ("city", "state", "country")
_EASYPOST = {
    "pre_transit": ParcelState.HANDED_OVER,
    "in_transit": ParcelState.IN_TRANSIT,
    "out_for_delivery": ParcelState.OUT_FOR_DELIVERY,
    "available_for_pickup": ParcelState.AT_PICKUP_POINT,
    "delivered": ParcelState.SIGNED,
    "return_to_sender": ParcelState.RETURNING,
    "failure": ParcelState.PROBLEM,
    "error": ParcelState.PROBLEM,
    "cancelled": ParcelState.PROBLEM,
}


def read_kuaidi100(body: bytes) -> TrackingReport | NothingToDo:
    """The `param` text of a push. Raises InvalidInput naming the part that cannot be read."""
    data = parse_json(body)
    last = mapping(data, "lastResult")
    rows = objects(last, "data")
    if data.get("status") == "abort" and not rows:
        return NothingToDo(_("快递100 stopped watching: %s") % (text(data, "message") or _("no reason given")))
    waybill = text(last, "nu", 40)
    if not waybill:
        raise InvalidInput(field="lastResult.nu", problem=_("The waybill number is missing."))
    events = []
    for index, row in enumerate(rows):
        # The newest line stands first and is the one that `state` speaks of; an older line without a code was movement.
        state = _kuaidi100_state(row.get("statusCode")) or (_kuaidi100_state(last.get("state")) if index == 0 else None)
        events.append(
            TrackedEvent(
                at=_moment(text(row, "ftime") or text(row, "time"), f"lastResult.data.{index}.ftime", zone=_BEIJING),
                state=state or ParcelState.IN_TRANSIT,
                text=text(row, "context", 500),
                place=text(row, "areaName", 120),
            )
        )
    return TrackingReport(waybill, tuple(sorted(events, key=lambda event: event.at)))


def _kuaidi100_state(code: Any) -> ParcelState | None:
    figures = str(code if code is not None else "").strip()
    if len(figures) == 4:
        return ParcelState.IN_TRANSIT
    return _KUAIDI100.get(figures) or (_KUAIDI100.get(figures[0]) if len(figures) == 3 else None)


def read_easypost(body: bytes) -> TrackingReport | NothingToDo:
    """An Event or a bare Tracker. Raises InvalidInput naming the part that cannot be read."""
    data = parse_json(body)
    if data.get("object") == "Event":
        description = text(data, "description", 80)
        if not description.startswith("tracker."):
            return NothingToDo(_("“%s” is not about a parcel's way.") % description)
        data = mapping(data, "result")
    if data.get("object") != "Tracker":
        raise InvalidInput(field="object", problem=_("Neither an Event nor a Tracker."))
    waybill = text(data, "tracking_code", 40)
    if not waybill:
        raise InvalidInput(field="tracking_code", problem=_("The tracking code is missing."))
    events = [
        TrackedEvent(
            at=_moment(text(row, "datetime"), f"tracking_details.{index}.datetime", zone=UTC),
            # A state that we do not know is movement at least; the words beside it say what.
            state=_EASYPOST.get(text(row, "status", 40), ParcelState.IN_TRANSIT),
            text=text(row, "message", 500) or text(row, "description", 500),
            place=", ".join(filter(None, (text(mapping(row, "tracking_location"), part, 40) for part in _PLACE))),
        )
        for index, row in enumerate(objects(data, "tracking_details"))
    ]
    return TrackingReport(waybill, tuple(sorted(events, key=lambda event: event.at)))


def _moment(value: str, field: str, *, zone: tzinfo) -> datetime:
    try:
        parsed = parse_datetime(value)
    except ValueError:
        parsed = None
    if parsed is None or not 1990 <= parsed.year <= 2200:
        raise InvalidInput(field=field, problem=_("“%s” is no time.") % value[:40])
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
