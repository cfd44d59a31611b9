"""One timeline of an order: trail, mails, parcels and the raw input, newest first (ORD-2, general finding 3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import TrailEntry
from approvals.registries import trail_actions
from approvals.selectors import sentence_of, trail_of
from config.kit.web import mask_address, mask_name, mask_phone
from customers.models import Message
from customers.states import MessageState
from orders.models import Order, RawInput, TrackingEvent
from orders.selectors.tracking import without_names
from orders.states import HoldKind, NoteKind, OrderStatus, ParcelState, PaymentStatus, StockStatus


class EventKind(models.TextChoices):
    """The filters of the timeline."""

    SYSTEM = "system", gettext_lazy("System")
    PEOPLE = "people", gettext_lazy("People")
    CUSTOMER = "customer", gettext_lazy("Customer")
    PARCEL = "parcel", gettext_lazy("Parcel")
    MONEY = "money", gettext_lazy("Money")


_NAMES: dict[str, str | Promise] = {
    "status": gettext_lazy("status"),
    "stock": gettext_lazy("stock"),
    "payment": gettext_lazy("payment"),
    "hold": gettext_lazy("hold"),
    "holds": gettext_lazy("holds"),
    "lines": gettext_lazy("lines"),
    "currency": gettext_lazy("currency"),
    "amount_shipping": gettext_lazy("shipping"),
    "amount_discount": gettext_lazy("discount"),
    "amount_tax": gettext_lazy("tax"),
    "amount_total": gettext_lazy("total"),
    "recipient": gettext_lazy("recipient"),
    "recipient_name": gettext_lazy("recipient"),
    "recipient_phone": gettext_lazy("phone"),
    "address": gettext_lazy("address"),
    "refunded": gettext_lazy("refunded"),
    "waybill": gettext_lazy("waybill"),
    "courier": gettext_lazy("courier"),
    "parcel": gettext_lazy("parcel"),
    "wave": gettext_lazy("wave"),
    "orders": gettext_lazy("orders"),
    "weight_grams": gettext_lazy("weight (g)"),
    "taken_by": gettext_lazy("taken by"),
    "prints": gettext_lazy("prints"),
    "file": gettext_lazy("file"),
    "order_count": gettext_lazy("orders"),
    "order_line_count": gettext_lazy("order lines"),
    "cancellation_line_count": gettext_lazy("cancellation lines"),
    "duplicate_count": gettext_lazy("rows known already"),
    "quarantined_count": gettext_lazy("rows in quarantine"),
    **{f"note.{kind.value}": kind.label for kind in NoteKind},
    **{kind.value: kind.label for kind in NoteKind},
}
_WORDS: dict[str, dict[Any, Any]] = {
    "status": dict(OrderStatus.choices),
    "stock": dict(StockStatus.choices),
    "payment": dict(PaymentStatus.choices),
    "hold": dict(HoldKind.choices),
    "parcel": dict(ParcelState.choices),
    "state": dict(ParcelState.choices),
}
_PERSONAL = {"recipient_name": mask_name, "recipient_phone": mask_phone, "address": mask_address}
# "field: before → after; field: …", as channel updates write what differs.
_DIFFERENCE = re.compile(r"(?:^|; )(\w+): .*? → ")


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. `changes` maps a field's name to what stood there before and after."""

    at: datetime
    kind: str
    who: str
    text: str
    reason: str = ""
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    url: str = ""


def order_timeline(order: Order, *, plain: bool, links: Mapping[str, bool], kind: str = "") -> list[TimelineEntry]:
    """What happened to an order, newest first, or only one kind of it.

    Personal data in changes is covered unless `plain`. `links` says which pages the person may open: "message", "input".
    Four queries, however much happened.
    """
    entries = [
        *(_of_trail(entry, plain) for entry in trail_of("orders.order", order.pk)),
        *_of_parcels(order),
        *_of_messages(order, may_open=links.get("message", False)),
        *_of_input(order, may_open=links.get("input", False)),
    ]
    if not plain:
        entries = [
            replace(entry, text=without_names(entry.text, order), reason=without_names(entry.reason, order))
            for entry in entries
        ]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return [entry for entry in entries if not kind or entry.kind == kind]


def covered_reason(text: str, *, plain: bool) -> str:
    """A hold's or trail's reason as the person may read it: of a channel's differences only the fields' names are left."""
    fields = _DIFFERENCE.findall(text)
    if plain or not any(name in _PERSONAL for name in fields):
        return text
    return _("Changed by the channel: %s") % ", ".join(str(_NAMES.get(name, name)) for name in fields)


def readable_changes(changes: Mapping[str, Any], *, plain: bool) -> dict[str, tuple[str, str]]:
    """Changes of the trail in words: names of fields, labels of choices, personal data covered unless `plain`."""
    return {
        _name(key): (_value(key, pair[0], plain), _value(key, pair[1], plain))
        for key, pair in changes.items()
        if isinstance(pair, list | tuple) and len(pair) == 2
    }


def _name(key: str) -> str:
    return str(_("mail")) if key.partition(":")[1] else str(_NAMES.get(key, key))


def _value(key: str, value: Any, plain: bool) -> str:
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, list):
        return "; ".join(_value(key, item, plain) for item in value)
    if key in _PERSONAL and not plain:
        return _PERSONAL[key](str(value))
    words = dict(MessageState.choices) if ":" in key else _WORDS.get(key, {})
    return str(words.get(value, value))


def _of_trail(entry: TrailEntry, plain: bool) -> TimelineEntry:
    if entry.action.startswith("customers.message"):
        kind = str(EventKind.CUSTOMER)
    else:
        kind = trail_actions.get(entry.action).kind if entry.action in trail_actions else str(EventKind.SYSTEM)
    return TimelineEntry(
        at=entry.at,
        kind=kind,
        who=entry.actor_label,
        text=sentence_of(entry.action),
        reason=covered_reason(entry.reason, plain=plain),
        changes=readable_changes(entry.changes, plain=plain),
    )


def _of_parcels(order: Order) -> Iterable[TimelineEntry]:
    events = TrackingEvent.objects.filter(parcel__order=order).select_related("parcel")
    for event in events:
        yield TimelineEntry(
            at=event.at,
            kind=str(EventKind.PARCEL),
            who=event.source,
            text=event.text,
            reason=event.place,
            changes={event.parcel.waybill or event.parcel.note_number: ("", event.get_state_display())},
            url=reverse("orders:parcel_detail", args=[event.parcel_id]),
        )


def _of_messages(order: Order, *, may_open: bool) -> Iterable[TimelineEntry]:
    for message in Message.objects.filter(subject_type="orders.order", subject_id=order.pk):
        yield TimelineEntry(
            at=message.created_at,
            kind=str(EventKind.CUSTOMER),
            who=_("Mail"),
            text=_("order confirmation written") if message.template == "order_confirmation" else _("mail written"),
            url=reverse("customers:message_detail", args=[message.pk]) if may_open else "",
        )


def _of_input(order: Order, *, may_open: bool) -> Iterable[TimelineEntry]:
    if order.raw_input_id is None:
        return
    raw = RawInput.objects.filter(pk=order.raw_input_id).values("pk", "received_at", "source", "topic").first()
    if raw is not None:
        yield TimelineEntry(
            at=raw["received_at"],
            kind=str(EventKind.SYSTEM),
            who=raw["source"],
            text=_("input received") + (f" · {raw['topic']}" if raw["topic"] else ""),
            url=reverse("orders:input_detail", args=[raw["pk"]]) if may_open else "",
        )
