"""Moving parcels by what couriers report: every line once, never backwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.errors import InvalidInput
from config.kit.sql import insert_rows
from orders.formats.tracking import TrackedEvent, TrackingReport
from orders.models import Order, Parcel, TrackingEvent
from orders.selectors.tracking import parcel_ids_by_waybill
from orders.services._locks import lock_order, lock_parcel
from orders.services._transitions import move_parcel, transition
from orders.states import PARCEL_RANK, OrderStatus, ParcelState

_SIGNED = (ParcelState.SIGNED, ParcelState.SIGNED_BY_OTHER)
_OVER = max(PARCEL_RANK.values())


@dataclass(frozen=True, slots=True)
class Tracked:
    """What a report changed."""

    parcel: Parcel
    new_events: int
    moved: bool


@transaction.atomic
def apply_tracking_report(
    *, report: TrackingReport, source: str, actor: Actor, now: datetime, raw_input_id: int | None = None
) -> Tracked:
    """Add the lines of a courier's report that are new and move the parcel to the state of its latest line, never backwards.

    The latest line is the latest of all reports that we know, so that late and repeated ones change nothing. The order is
    delivered when all its parcels are signed for. Locks the order, then the parcel. Raises InvalidInput for a waybill that no
    parcel has.
    """
    found = parcel_ids_by_waybill(report.waybill)
    if not found:
        raise InvalidInput(field="waybill", problem=_("No parcel has the waybill %s.") % report.waybill[:40])
    order_id, parcel_id = found[0]
    order, parcel = lock_order(order_id), lock_parcel(parcel_id)
    added = _add_events(parcel, report.events, source, raw_input_id, now)
    before = parcel.state
    latest = _latest(parcel_id)
    # A courier may scan a parcel before we have noted the hand-over: its lines wait until then.
    moved = (
        latest is not None
        and parcel.handover_id is not None
        and move_parcel(parcel, ParcelState(latest.state), at=latest.at)
    )
    if moved and latest is not None:
        changes = {"parcel": [before, parcel.state], "waybill": [parcel.waybill, parcel.waybill]}
        approvals.record("orders.parcel_moved", order, actor=actor, reason=latest.text, changes=changes, at=now)
        _deliver(order, parcel, actor=actor, now=now)
    return Tracked(parcel, added, moved)


def _add_events(
    parcel: Parcel, events: Sequence[TrackedEvent], source: str, raw_input_id: int | None, now: datetime
) -> int:
    columns = ("parcel", "at", "state", "text", "place", "source", "raw_input", "fingerprint", "received_at")
    rows = {
        event.fingerprint: (
            parcel.pk, event.at, str(event.state), event.text, event.place, source, raw_input_id, event.fingerprint, now,
        )
        for event in events
    }  # fmt: skip
    return len(insert_rows(TrackingEvent, columns, rows.values(), tail="ON CONFLICT DO NOTHING RETURNING id"))


def _latest(parcel_id: int) -> TrackingEvent | None:
    events = list(TrackingEvent.objects.filter(parcel_id=parcel_id).order_by("-at", "-pk"))
    # Couriers add courtesies after the end ("thank you, rate us"): what is over stays over.
    over = [event for event in events if PARCEL_RANK[event.state] == _OVER]
    # They write whole minutes: of lines at the same time the one that is further on the way counts.
    return max(over or events, key=lambda event: (event.at, PARCEL_RANK[event.state], event.pk), default=None)


def _deliver(order: Order, parcel: Parcel, *, actor: Actor, now: datetime) -> None:
    if parcel.state not in _SIGNED or order.status != OrderStatus.SHIPPED:
        return
    if order.parcels.exclude(state__in=_SIGNED).exists():
        return
    transition(order, OrderStatus.DELIVERED, at=parcel.state_at)
    approvals.record("orders.delivered", order, actor=actor, changes={"waybill": [None, parcel.waybill]}, at=now)
