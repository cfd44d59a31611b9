"""The pack bench: one scan field for notes, goods and waybills."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from config.kit.errors import DomainError
from config.kit.web import actor_of, domain_errors, page, require
from orders import policies, services
from orders.forms.bench import CloseForm, UnpackForm
from orders.models import Parcel
from orders.selectors import bench
from orders.states import ParcelState, ScanResult

_FRAGMENTS = {"bench": "bench"}
_TONES = {ScanResult.MATCHED: "ok"}
Answer = tuple[str, str]


@require("orders.pick_order")
def pack_start(request: HttpRequest) -> HttpResponse:
    """Scan a shipping note, an order number or a wave: its parcel opens."""
    code = (request.POST or request.GET).get("code", "").strip()[:120]
    if not code:
        return page(request, "orders/bench/pack_start.html", {"waves": list(bench.open_waves())}, fragments=_FRAGMENTS)
    found = bench.parcels_by_code(code)
    if len(found) == 1:
        return _go(request, reverse("orders:pack_parcel", args=[found[0].pk]))
    context = {"waves": list(bench.open_waves()) if not found else [], "parcels": found, "code": code}
    return page(request, "orders/bench/pack_start.html", context, fragments=_FRAGMENTS)


@require("orders.pick_order")
def pack_parcel(request: HttpRequest, pk: int) -> HttpResponse:
    """One parcel at the bench."""
    return _show(request, pk)


@require("orders.pick_order")
@require_POST
def pack_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """Whatever was scanned: another note opens its parcel, goods are checked, and once all are in the waybill closes the parcel."""
    parcel = get_object_or_404(Parcel, pk=pk)
    code = request.POST.get("code", "").strip()[:120]
    other = next((row for row in bench.parcels_by_code(code) if row.note_number == code.upper()), None)
    if other is not None and other.pk != pk:
        return _go(request, reverse("orders:pack_parcel", args=[other.pk]))
    if other is not None or parcel.state != ParcelState.PACKING:
        return _show(
            request, pk, answer=("warn", _("This parcel is open already.") if other else _("Scan the next note."))
        )
    if not code:
        words = _("Scan the waybill number.") if _is_complete(pk) else _("Nothing was scanned.")
        return _show(request, pk, answer=("warn", words), close_form=CloseForm(request.POST))
    if _is_complete(pk) and bench.variant_by_code(code) is None:
        return _close(request, pk, code)
    try:
        scan = services.scan_unit(parcel_id=pk, code=code, actor=actor_of(request), now=timezone.now())
    except DomainError as refusal:
        return _show(request, pk, answer=("bad", refusal.describe()))
    return _show(request, pk, answer=(_TONES.get(scan.result, "bad"), scan.text))


@require("orders.pick_order")
@require_POST
def pack_notes(request: HttpRequest, pk: int) -> HttpResponse:
    """The packer has read the notes that were on the screen."""
    get_object_or_404(Parcel, pk=pk)
    ids = [int(key) for key in request.POST.getlist("note") if key.isdecimal() and len(key) < 19]
    services.acknowledge_notes(parcel_id=pk, note_ids=ids, actor=actor_of(request), now=timezone.now())
    return _show(request, pk, answer=("ok", _("Notes read.")))


@require("orders.pick_order")
@require_POST
def pack_open_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a packed parcel; all units are scanned anew."""
    get_object_or_404(Parcel, pk=pk)
    form = UnpackForm(request.POST)
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            services.unpack_parcel(
                parcel_id=pk, reason=form.cleaned_data["reason"], actor=actor_of(request), now=timezone.now()
            )
        if not outcome.failed:
            messages.success(request, _("The parcel is open again. Scan every unit anew."))
            return outcome.redirect("orders:pack_parcel", pk)
    return _show(request, pk, unpack_form=form)


def _close(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _show(request, pk, close_form=form)
    courier = form.cleaned_data["courier"]
    if courier is None and policies.looks_like_goods(code):
        words = (
            _("%s looks like an article, not like a waybill. If it is one, choose the courier and scan again.") % code
        )
        return _show(request, pk, answer=("bad", words), close_form=form)
    with domain_errors(request, form) as outcome:
        closed = services.close_parcel(
            parcel_id=pk,
            waybill=code,
            courier_id=courier.pk if courier else None,
            weight_grams=form.cleaned_data["weight_grams"],
            actor=actor_of(request),
            now=timezone.now(),
        )
    if outcome.failed:
        return _show(request, pk, answer=("bad", str(outcome.error)), close_form=form)
    words = _("Closed with %(number)s. Scan the next note.") % {"number": closed.parcel.waybill}
    return _show(request, pk, answer=("warn", f"{closed.warning} {words}") if closed.warning else ("ok", words))


def _is_complete(pk: int) -> bool:
    return all(line.missing == 0 for line in bench.parcel_lines(pk))


def _go(request: HttpRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", False) else redirect(address)


def _show(
    request: HttpRequest,
    pk: int,
    *,
    answer: Answer | None = None,
    close_form: CloseForm | None = None,
    unpack_form: UnpackForm | None = None,
) -> HttpResponse:
    parcel = get_object_or_404(Parcel.objects.select_related("order__wave", "courier"), pk=pk)
    lines = bench.parcel_lines(pk)
    notes = list(bench.warehouse_notes(parcel.order_id))
    expected = sum(line.weight_grams for line in lines)
    context = {
        "parcel": parcel,
        "order": parcel.order,
        "lines": lines,
        "missing": sum(line.missing for line in lines),
        "pieces": sum(line.quantity for line in lines),
        "unread": [note for note in notes if note.acknowledged_at is None],
        "read": [note for note in notes if note.acknowledged_at is not None],
        "answer": answer,
        "expected_weight": expected,
        "close_form": close_form
        or CloseForm(initial={"weight_grams": parcel.weight_grams or expected or None, "courier": parcel.courier_id}),
        "unpack_form": unpack_form or UnpackForm(),
        "is_packing": parcel.state == ParcelState.PACKING and not parcel.order.open_holds,
        "is_packed": parcel.state == ParcelState.PACKED,
    }
    return page(request, "orders/bench/pack.html", context, form=close_form or unpack_form, fragments=_FRAGMENTS)
