"""The processors of couriers' callbacks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from config.kit.actor import Actor
from orders.formats.tracking import NothingToDo, TrackingReport, read_easypost, read_kuaidi100
from orders.models import RawInput
from orders.services.inputs import body_of, settle
from orders.services.tracking import apply_tracking_report
from orders.states import InputState


def process_kuaidi100(raw: RawInput, now: datetime) -> None:
    """Work off one locked push of 快递100. Raises InvalidInput, which sends it to quarantine."""
    _process(raw, read_kuaidi100, now)


def process_easypost(raw: RawInput, now: datetime) -> None:
    """Work off one locked event of EasyPost. Raises InvalidInput, which sends it to quarantine."""
    _process(raw, read_easypost, now)


def _process(raw: RawInput, read: Callable[[bytes], TrackingReport | NothingToDo], now: datetime) -> None:
    report = read(body_of(raw))
    if isinstance(report, NothingToDo):
        settle(raw, InputState.IGNORED, now=now, problem=report.reason)
        return
    actor = Actor.client(raw.source, request_id=f"input-{raw.pk}")
    tracked = apply_tracking_report(report=report, source=raw.source, actor=actor, now=now, raw_input_id=raw.pk)
    result = {
        "parcel": tracked.parcel.note_number,
        "waybill": tracked.parcel.waybill,
        "new_events": tracked.new_events,
        "state": str(tracked.parcel.state),
    }
    settle(raw, InputState.DONE, now=now, result=result)
