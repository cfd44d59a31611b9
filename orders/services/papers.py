"""Printing: each print is counted and stands in the trail, a reprint says that it is a copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.web.masks import mask_phone
from orders.drafts import written_address
from orders.models import Note, Parcel, ParcelLine, PickLine, Wave
from orders.paper_layout import NoteLine, PickRow, PickSheet, ShippingNote, render
from orders.selectors import bench
from orders.services._locks import lock_wave
from orders.states import NoteKind


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF with the name to offer."""

    file_name: str
    content: bytes


def print_wave(*, wave_id: int, actor: Actor, now: datetime) -> Paper:
    """The wave's pick list and the shipping notes of its orders in one PDF. Locks the parcels and the wave, and counts each paper.

    The drawing comes after the transaction: it takes seconds, and pickers must not wait for it.
    """
    with transaction.atomic():
        parcels = _lock_parcels([parcel.pk for parcel in bench.parcels_of_wave(wave_id)])
        wave = lock_wave(wave_id)
        sheet, notes = _sheet(wave, len(parcels)), _notes(parcels, now)
        Wave.objects.filter(pk=wave.pk).update(print_count=F("print_count") + 1)
        changes = {"prints": [wave.print_count, wave.print_count + 1]}
        approvals.record("orders.printed", wave, actor=actor, changes=changes, at=now)
        _count(parcels, actor, now)
    return Paper(f"{wave.number}.pdf", render([sheet], notes))


def print_note(*, parcel_id: int, actor: Actor, now: datetime) -> Paper:
    """One parcel's shipping note. Locks the parcel and counts the print."""
    with transaction.atomic():
        parcels = _lock_parcels([parcel_id])
        notes = _notes(parcels, now)
        _count(parcels, actor, now)
    return Paper(f"{parcels[0].note_number}.pdf", render([], notes))


def _lock_parcels(parcel_ids: Sequence[int]) -> list[Parcel]:
    rows = Parcel.objects.filter(pk__in=parcel_ids).select_related("order__shop")
    return list(rows.order_by("pk").select_for_update(of=("self",)))


def _sheet(wave: Wave, order_count: int) -> PickSheet:
    lines: Sequence[PickLine] = list(bench.pick_lines(wave.pk))
    return PickSheet(
        number=wave.number,
        location=wave.location.name,
        built_at=wave.created_at,
        order_count=order_count,
        rows=tuple(
            PickRow(
                line.level.bin_code,
                line.level.variant.sku,
                f"{line.level.variant.product.name} {line.level.variant.name}".strip(),
                line.quantity - line.short,
            )
            for line in lines
        ),
        copy_number=wave.print_count,
    )


def _notes(parcels: Sequence[Parcel], now: datetime) -> list[ShippingNote]:
    lines: dict[int, list[NoteLine]] = defaultdict(list)
    rows = ParcelLine.objects.filter(parcel__in=parcels).select_related("order_line__variant__product").order_by("pk")
    for row in rows:
        variant = row.order_line.variant
        name = f"{variant.product.name} {variant.name}".strip() if variant else row.order_line.title
        lines[row.parcel_id].append(
            NoteLine(variant.sku if variant else row.order_line.seller_code, name, row.quantity)
        )
    texts: dict[int, list[str]] = defaultdict(list)
    orders = [parcel.order_id for parcel in parcels]
    for note in Note.objects.filter(order__in=orders, kind=NoteKind.WAREHOUSE).order_by("pk"):
        texts[note.order_id].append(note.text)
    return [_note(parcel, lines[parcel.pk], texts[parcel.order_id], now) for parcel in parcels]


def _note(parcel: Parcel, lines: Sequence[NoteLine], texts: Sequence[str], now: datetime) -> ShippingNote:
    order = parcel.order
    return ShippingNote(
        number=parcel.note_number,
        order_number=order.number,
        external_number=order.external_number,
        shop=order.shop.name,
        recipient=order.recipient_name,
        phone=mask_phone(order.recipient_phone),
        address=written_address(order.address),
        lines=tuple(lines),
        warehouse_notes=tuple(texts),
        printed_at=now,
        copy_number=parcel.print_count,
    )


def _count(parcels: Sequence[Parcel], actor: Actor, now: datetime) -> None:
    Parcel.objects.filter(pk__in=[parcel.pk for parcel in parcels]).update(print_count=F("print_count") + 1)
    approvals.record_many(
        [
            approvals.Act(
                "orders.printed",
                "orders.order",
                parcel.order_id,
                store_id=parcel.store_id,
                changes={"prints": [parcel.print_count, parcel.print_count + 1]},
            )
            for parcel in parcels
        ],
        actor=actor,
        at=now,
    )
