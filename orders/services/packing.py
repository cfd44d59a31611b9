"""The pack bench: every unit scanned, notes read, one waybill, then the parcel is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Upper
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals import services as approvals
from config.kit.actor import Actor
from orders import policies
from orders.couriers import clean_waybill
from orders.errors import PackingRefused, WaybillTaken
from orders.models import Courier, Note, Order, Parcel, ParcelLine, ScanEvent
from orders.selectors import bench
from orders.services._locks import lock_order, lock_parcel
from orders.services._transitions import move_parcel, transition
from orders.states import NoteKind, OrderStatus, ParcelState, ScanResult


@dataclass(frozen=True, slots=True)
class Scan:
    """The bench's answer to a scan, with the words to show."""

    result: ScanResult
    text: str
    missing: int

    @property
    def is_right(self) -> bool:
        """Whether the unit may go into the box."""
        return self.result == ScanResult.MATCHED


@dataclass(frozen=True, slots=True)
class ClosedParcel:
    """A closed parcel and what the packer should look at again; a warning stops nothing."""

    parcel: Parcel
    warning: str


@transaction.atomic
def scan_unit(*, parcel_id: int, code: str, actor: Actor, now: datetime) -> Scan:
    """Check one unit by its barcode or seller code and keep the scan, right or wrong.

    Takes no lock: the condition on the update decides between two packers who scan the last unit at once. Raises PackingRefused
    unless the parcel is being packed and nothing holds its order.
    """
    parcel = Parcel.objects.select_related("order").get(pk=parcel_id)
    _require_packing(parcel, parcel.order)
    lines = bench.parcel_lines(parcel_id)
    wanted = policies.scan_key(code)
    matching = [
        line for line in lines if wanted and wanted in (policies.scan_key(line.barcode), policies.scan_key(line.sku))
    ]
    name = ""
    result = ScanResult.SURPLUS if matching else ScanResult.UNKNOWN_CODE
    for line in matching:
        name = line.title
        if ParcelLine.objects.filter(pk=line.line_id, scanned__lt=F("quantity")).update(scanned=F("scanned") + 1):
            result = ScanResult.MATCHED
            break
    if not matching and (stranger := bench.variant_by_code(code)) is not None:
        result, name = ScanResult.WRONG_ITEM, str(stranger)
    ScanEvent.objects.create(parcel=parcel, code=code.strip()[:120], result=result, at=now, person_id=actor.user_id)
    missing = _missing(parcel_id)
    return Scan(result, _words(result, name or code.strip()[:60], missing), missing)


@transaction.atomic
def acknowledge_notes(*, parcel_id: int, note_ids: Sequence[int], actor: Actor, now: datetime) -> int:
    """Note that the packer has read these notes to the warehouse. Returns how many were new; a note stays with its first reader."""
    parcel = Parcel.objects.get(pk=parcel_id)
    unread = Note.objects.filter(
        pk__in=note_ids, order=parcel.order_id, kind=NoteKind.WAREHOUSE, acknowledged_at__isnull=True
    )
    return unread.update(acknowledged_at=now, acknowledged_by=actor.user_id)


@transaction.atomic
def close_parcel(
    *,
    parcel_id: int,
    waybill: str,
    actor: Actor,
    now: datetime,
    courier_id: int | None = None,
    weight_grams: int | None = None,
) -> ClosedParcel:
    """Close a parcel under its waybill: parcel and order are packed then.

    Without `courier_id` the waybill's pattern names the courier. Locks the order, then the parcel. Raises PackingRefused while
    units are missing, a note is unread, something holds the order or no courier is known; WaybillTaken for a number in use.
    """
    parcel = Parcel.objects.get(pk=parcel_id)
    order, parcel = lock_order(parcel.order_id), lock_parcel(parcel_id)
    _require_packing(parcel, order)
    unread = order.notes.filter(kind=NoteKind.WAREHOUSE, acknowledged_at__isnull=True).count()
    policies.require_closable(missing=_missing(parcel_id), unread_notes=unread, weight_grams=weight_grams)
    number = clean_waybill(waybill)
    if not number:
        raise PackingRefused(field="waybill", problem=_("Scan the waybill number."))
    courier = _courier(courier_id, number)
    before = parcel.waybill
    parcel.courier, parcel.waybill, parcel.weight_grams = courier, number[:40], weight_grams
    parcel.packed_at, parcel.packed_by_id = now, actor.user_id
    _save_waybill(parcel)
    move_parcel(parcel, ParcelState.PACKED, at=now)
    transition(order, OrderStatus.PACKED, at=now)
    approvals.record(
        "orders.packed",
        order,
        actor=actor,
        changes={
            "waybill": [before or None, number],
            "courier": [None, courier.name],
            "weight_grams": [None, weight_grams],
        },
        at=now,
    )
    warning = ""
    if bench.looks_wrong(number, courier):
        warning = _("%(number)s does not look like a number of %(courier)s. Check the label.") % {
            "number": number,
            "courier": courier.name,
        }
    return ClosedParcel(parcel, warning)


@transaction.atomic
def unpack_parcel(*, parcel_id: int, reason: str, actor: Actor, now: datetime) -> Parcel:
    """Open a packed parcel again: all units are scanned anew, it leaves the courier's bag, its waybill stays on it.

    Locks the order, then the parcel. Raises PackingRefused without a reason, or once the courier has it.
    """
    parcel = Parcel.objects.get(pk=parcel_id)
    order, parcel = lock_order(parcel.order_id), lock_parcel(parcel_id)
    if parcel.state != ParcelState.PACKED or order.status != OrderStatus.PACKED:
        raise PackingRefused(
            problem=_("%(note)s is %(state)s: only a packed parcel that is still here can be opened.")
            % {"note": parcel.note_number, "state": ParcelState(parcel.state).label}
        )
    if not reason.strip():
        raise PackingRefused(field="reason", problem=_("Write why the parcel is opened again."))
    parcel.bagged_at = parcel.packed_at = parcel.packed_by = None
    parcel.save(update_fields=["bagged_at", "packed_at", "packed_by"])
    parcel.lines.update(scanned=0)
    move_parcel(parcel, ParcelState.PACKING, at=now)
    transition(order, OrderStatus.PICKING, at=now)
    approvals.record("orders.unpacked", order, actor=actor, reason=reason, at=now)
    return parcel


def _require_packing(parcel: Parcel, order: Order) -> None:
    policies.require_nothing_holds(order.number, order.open_holds, PackingRefused)
    if parcel.state != ParcelState.PACKING or order.status != OrderStatus.PICKING:
        raise PackingRefused(
            problem=_("%(note)s is %(state)s and its order is %(status)s: there is nothing to pack.")
            % {
                "note": parcel.note_number,
                "state": ParcelState(parcel.state).label,
                "status": OrderStatus(order.status).label,
            }
        )


def _missing(parcel_id: int) -> int:
    return sum(line.missing for line in bench.parcel_lines(parcel_id))


def _words(result: ScanResult, name: str, missing: int) -> str:
    if result == ScanResult.MATCHED:
        if missing == 0:
            return _("%(name)s: that was the last one.") % {"name": name}
        left = ngettext("%(count)d piece to go.", "%(count)d pieces to go.", missing) % {"count": missing}
        return f"{name}: {left}"
    return {
        ScanResult.WRONG_ITEM: _("WRONG: %(name)s is not in this order. Put it aside."),
        ScanResult.SURPLUS: _("ONE TOO MANY: all of %(name)s are in. Put it back."),
        ScanResult.UNKNOWN_CODE: _("UNKNOWN: nobody knows the code %(name)s."),
    }[result] % {"name": name}


def _courier(courier_id: int | None, number: str) -> Courier:
    courier = Courier.objects.filter(pk=courier_id).first() if courier_id else bench.guess_courier(number)
    if courier is None:
        raise PackingRefused(field="courier", problem=_("The number does not tell its courier. Choose one."))
    return courier


def _save_waybill(parcel: Parcel) -> None:
    try:
        with transaction.atomic():
            parcel.save(update_fields=["courier", "waybill", "weight_grams", "packed_at", "packed_by"])
    except IntegrityError as error:
        same = Parcel.objects.alias(number=Upper("waybill")).filter(number=parcel.waybill).exclude(pk=parcel.pk)
        other = same.exclude(waybill="").first()
        if other is None:
            raise
        raise WaybillTaken(field="waybill", waybill=parcel.waybill, note=other.note_number) from error
