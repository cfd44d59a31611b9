"""What agents do on the order page. Each act has its own address and comes back: done, or with the refusal in its form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from config.kit.web import actor_of, domain_errors, require
from orders import services
from orders.forms.desk.acts import HoldForm, NoteForm, ReasonForm, ReleaseForm
from orders.states import HoldKind, NoteKind, OrderStatus, StockStatus
from orders.views.desk.orders import find_order, show_order


@require("orders.hold_order")
@require_POST
def order_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold the order with a type and a reason."""
    order, form = find_order(request, pk), HoldForm(request.POST, auto_id="id_hold_%s")
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            services.hold_order(
                order_id=pk,
                kind=HoldKind(form.cleaned_data["kind"]),
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(request, _("Held. Its stock stays reserved."))
            return outcome.redirect("orders:order_detail", pk)
    return show_order(request, order, refused=form, opened="hold")


@require("orders.hold_order")
@require_POST
def order_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release one hold with the words how it was settled."""
    order = find_order(request, pk)
    kind = request.POST.get("kind", "")
    form = ReleaseForm(request.POST, auto_id=f"id_release_{kind}_%s")
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            fresh = services.release_hold(
                order_id=pk,
                kind=HoldKind(form.cleaned_data["kind"]),
                resolution=form.cleaned_data["resolution"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            if fresh.status == OrderStatus.READY:
                messages.success(request, _("Released. The order can go into a wave now."))
            else:
                messages.warning(request, _("Released. The order still waits: see its other holds and its stock."))
            return outcome.redirect("orders:order_detail", pk)
    return show_order(request, order, refused=form, opened=f"release-{kind}")


@require("orders.cancel_order")
@require_POST
def order_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel the order."""
    order, form = find_order(request, pk), ReasonForm(request.POST, auto_id="id_cancel_%s")
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            fresh = services.cancel_order(order_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            gave_back = fresh.stock_status == StockStatus.RELEASED
            text = (
                _("Cancelled. Its stock was given back.")
                if gave_back
                else _("Cancelled. No stock was reserved for it.")
            )
            messages.success(request, f"{text} {_('No money was given back, and the platform was not told.')}")
            return outcome.redirect("orders:order_detail", pk)
    return show_order(request, order, refused=form, opened="cancel")


@require("orders.hold_order")
@require_POST
def order_map(request: HttpRequest, pk: int) -> HttpResponse:
    """Look up the unknown seller codes again."""
    find_order(request, pk)
    with domain_errors(request) as outcome:
        order = services.map_lines(order_id=pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        if order.stock_status == StockStatus.UNMAPPED:
            messages.warning(
                request, _("Some codes are still unknown; nothing was reserved. Say what they mean first.")
            )
        else:
            messages.success(
                request, _("All codes are known. The stock was checked: %s.") % order.get_stock_status_display()
            )
    return outcome.redirect("orders:order_detail", pk)


@require("orders.note_order")
@require_POST
def order_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note."""
    order, form = find_order(request, pk), NoteForm(request.POST, auto_id="id_note_%s")
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            services.write_note(
                order_id=pk,
                kind=NoteKind(form.cleaned_data["kind"]),
                text=form.cleaned_data["text"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(request, _("Note written."))
            return outcome.redirect("orders:order_detail", pk)
    return show_order(request, order, refused=form, opened="note")


@never_cache
@require("customers.reveal_personal_data")
@require_POST
def order_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the recipient to this person, once, for a reason. The answer to a POST, never kept by browser or address."""
    order, form = find_order(request, pk), ReasonForm(request.POST, auto_id="id_reveal_%s")
    recipient = None
    if form.is_valid():
        with domain_errors(request, form):
            recipient = services.reveal_recipient(
                order_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data
            )
    return show_order(request, order, refused=form, opened="reveal", recipient=recipient)
