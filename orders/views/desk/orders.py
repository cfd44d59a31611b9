"""The order list and the order page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from approvals.models import Deadline
from approvals.seams import role_label
from config.kit.actor import Actor
from config.kit.errors import DomainError
from config.kit.web import (
    BulkAction,
    Column,
    HeaderAction,
    ListScreen,
    Preset,
    mask_address,
    mask_email,
    mask_name,
    mask_phone,
    page,
    require,
)
from orders import policies, services
from orders.drafts import written_address
from orders.forms.desk.acts import BulkHoldForm, HoldForm, NoteForm, ReasonForm, ReleaseForm
from orders.forms.desk.filters import OrderFilter
from orders.models import Hold, Order
from orders.selectors.desk import IN_WORK, order_list, order_parts, orders_matching
from orders.selectors.timeline import EventKind, covered_reason, order_timeline
from orders.services import Recipient
from orders.states import HoldKind
from orders.views.bench.parcels import parcel_chip
from orders.views.desk import chips
from stores.states import ChannelKind

SEE = "customers.see_personal_data"
_AUTOMATIC = (HoldKind.STOCK, HoldKind.UNMAPPED)


def address(order: Order) -> str:
    """The page of an order."""
    return reverse("orders:order_detail", args=[order.pk])


def hold_one(*, pk: int, actor: Actor, reason: str, kind: str) -> None:
    """Hold one of the ticked orders."""
    services.hold_order(order_id=pk, kind=HoldKind(kind), reason=reason, actor=actor, now=timezone.now())


def cancel_one(*, pk: int, actor: Actor, reason: str) -> None:
    """Cancel one of the ticked orders."""
    services.cancel_order(order_id=pk, reason=reason, actor=actor, now=timezone.now())


ORDERS = ListScreen(
    key="orders.orders",
    title=gettext_lazy("Orders"),
    permission="orders.view_order",
    rows=order_list,
    columns=(
        Column("number", gettext_lazy("Number"), kind="code", order_by="number", link=address),
        Column("status", gettext_lazy("Status"), kind="chip", value=chips.status_chips),
        Column("payment", gettext_lazy("Payment"), kind="chip", value=chips.payment_chip),
        Column("stock", gettext_lazy("Stock"), kind="chip", value=chips.stock_chip),
        Column(
            "hold", gettext_lazy("Hold"), kind="chip", value=lambda o: [chips.hold_chip(hold) for hold in o.held_by]
        ),
        Column("parcel", gettext_lazy("Parcel"), kind="chip", value=lambda o: [parcel_chip(box) for box in o.boxes]),
        Column("money", gettext_lazy("Money"), kind="chip", value=chips.money_chip),
        Column(
            "ship_by",
            gettext_lazy("Ship by"),
            kind="clock",
            value=lambda o: o.ship_by if o.status in IN_WORK else None,
            order_by="ship_by",
        ),
        Column("shop", gettext_lazy("Shop"), value="shop.name"),
        Column("buyer", gettext_lazy("Recipient"), value="recipient_name", masked_for=SEE, mask=mask_name),
        Column("phone", gettext_lazy("Phone"), value="recipient_phone", masked_for=SEE, mask=mask_phone, shown=False),
        Column(
            "total",
            gettext_lazy("Total"),
            kind="money",
            value="amount_total",
            currency="currency",
            order_by="amount_total",
        ),
        Column("currency", gettext_lazy("Currency"), shown=False),
        Column("placed_at", gettext_lazy("Placed"), kind="datetime", order_by="placed_at"),
        Column("external_number", gettext_lazy("Platform number"), kind="code", shown=False),
        Column("channel", gettext_lazy("Channel"), shown=False),
        Column("mode", gettext_lazy("Mode"), value="get_mode_display", shown=False),
    ),
    filters=OrderFilter,
    search=orders_matching,
    search_hint=gettext_lazy("Order, platform or waybill number, last four figures of the phone"),
    ordering="-pk",
    row_url=address,
    presets=(
        Preset(gettext_lazy("On hold"), "status=held"),
        Preset(gettext_lazy("Unknown codes"), "stock=unmapped"),
        Preset(gettext_lazy("Short"), "stock=short"),
        Preset(gettext_lazy("Due today"), "due=today&sort=ship_by"),
        Preset(gettext_lazy("Overdue"), "due=overdue&sort=ship_by"),
        Preset(gettext_lazy("Confirmation failed"), "confirmation=failed"),
    ),
    actions=(HeaderAction(gettext_lazy("New order"), "orders:order_new", "orders.take_order", shortcut="n"),),
    bulk=(
        BulkAction(
            "hold",
            gettext_lazy("Hold"),
            run=hold_one,
            permission="orders.hold_order",
            form=BulkHoldForm,
            explain=gettext_lazy(
                "They wait until somebody releases them. Stock stays reserved. What has left is refused."
            ),
            icon="hand-stop",
        ),
        BulkAction(
            "cancel",
            gettext_lazy("Cancel"),
            run=cancel_one,
            permission="orders.cancel_order",
            explain=gettext_lazy(
                "Reserved stock is given back. No money is given back and the platform is not told. "
                "Orders in a wave or further are refused."
            ),
            icon="x",
            is_destructive=True,
        ),
    ),
    empty=gettext_lazy("Live orders of your shops would be here, from every channel."),
)


@never_cache
@require("orders.view_order")
def order_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: its facts, its parts, and one timeline of all that happened."""
    return show_order(request, find_order(request, pk))


def find_order(request: HttpRequest, pk: int) -> Order:
    """The order, within the person's shops."""
    return get_object_or_404(Order.objects.visible_to(request.user).select_related("shop", "customer"), pk=pk)


def show_order(
    request: HttpRequest,
    order: Order,
    *,
    refused: forms.Form | None = None,
    opened: str = "",
    recipient: Recipient | None = None,
) -> HttpResponse:
    """Render the order page; `refused` is the form that comes back with its errors, `opened` says which act it belongs to."""
    user, parts = request.user, order_parts(order)
    plain = user.has_perm(SEE)
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in EventKind.values else ""
    links = {"message": user.has_perm("customers.view_message"), "input": user.has_perm("orders.view_rawinput")}
    context = {
        "order": order,
        "parts": parts,
        "now": timezone.now(),
        "channel": channel_label(order.channel),
        "status": chips.status_chip(order).__html__(),
        "late": chips.late_chip(order),
        "payment": chips.payment_chip(order).__html__(),
        "stock": chips.stock_chip(order).__html__(),
        "money": chips.money_chip(order, parts.money).__html__(),
        "parcels": [(parcel, parcel_chip(parcel).__html__()) for parcel in parts.parcels],
        "holds": [
            _shown_hold(hold, plain, refused if opened == f"release-{hold.kind}" else None) for hold in parts.open_holds
        ],
        "ship_clock": order.ship_by if order.status in IN_WORK else None,
        "hold_clock": parts.clock("order_hold"),
        "hold_owner": _owner_words(parts.clock("order_hold")),
        "recipient": _shown_recipient(order, plain, recipient),
        "confirmation_url": reverse("customers:message_detail", args=[parts.confirmation.pk])
        if parts.confirmation and links["message"]
        else "",
        "cannot_cancel": _cannot_cancel(order),
        "opened": opened,
        "hold_form": refused if opened == "hold" else HoldForm(auto_id="id_hold_%s"),
        "cancel_form": refused if opened == "cancel" else ReasonForm(auto_id="id_cancel_%s"),
        "note_form": refused if opened == "note" else NoteForm(auto_id="id_note_%s"),
        "reveal_form": refused if opened == "reveal" else ReasonForm(auto_id="id_reveal_%s"),
        "timeline": order_timeline(order, plain=plain, links=links, kind=kind),
        "kinds": EventKind.choices,
        "kind": kind,
    }
    return page(request, "orders/desk/order.html", context, form=refused, fragments={"timeline": "timeline"})


def _shown_hold(hold: Hold, plain: bool, refused: forms.Form | None) -> dict[str, Any]:
    form = refused or ReleaseForm(initial={"kind": hold.kind}, auto_id=f"id_release_{hold.kind}_%s")
    return {
        "hold": hold,
        "chip": chips.hold_chip(hold).__html__(),
        "reason": covered_reason(hold.reason, plain=plain),
        "is_automatic": hold.kind in _AUTOMATIC,
        "form": form,
    }


def _shown_recipient(order: Order, plain: bool, revealed: Recipient | None) -> dict[str, Any]:
    address_text = written_address(order.address)
    if plain or revealed is not None:
        shown = [order.recipient_name, order.recipient_phone, address_text, order.email]
    else:
        shown = [
            mask_name(order.recipient_name),
            mask_phone(order.recipient_phone),
            mask_address(written_address(order.address, widest_first=True)),
            mask_email(order.email) if order.email else "",
        ]
    return dict(zip(("name", "phone", "address", "email"), shown, strict=True)) | {
        "is_masked": not plain and revealed is None,
        "is_there": bool(order.recipient_name or order.recipient_phone or address_text or order.email),
    }


def _cannot_cancel(order: Order) -> str:
    try:
        policies.require_cancellable(order.number, order.status)
    except DomainError as error:
        return error.describe()
    return ""


def channel_label(code: str) -> str:
    """The name of a door; the code itself for one that does not exist (any more)."""
    return str(ChannelKind(code).label) if code in ChannelKind.values else code


def _owner_words(clock: Deadline | None) -> str:
    """Who owes it: the person, or the role when anybody of it may take it."""
    if clock is None:
        return ""
    return str(clock.owner) if clock.owner_id else role_label(clock.owner_role)
