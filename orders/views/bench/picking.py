"""Walking a wave with a scanner: one bin at a time."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from config.kit.errors import DomainError
from config.kit.web import actor_of, domain_errors, page, require
from orders import policies, services
from orders.forms.bench import PickForm, ShortForm
from orders.models import PickLine, Wave
from orders.selectors import bench
from orders.views.bench.waves import tell_put_back

_FRAGMENTS = {"bench": "bench"}
Answer = tuple[str, str]


@require("orders.pick_order")
def wave_pick(request: HttpRequest, pk: int) -> HttpResponse:
    """The next bin of the walk, or the one that `?line=` names."""
    return _show(request, get_object_or_404(Wave, pk=pk), asked=request.GET.get("line", ""))


@require("orders.pick_order")
@require_POST
def wave_pick_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """A scan: the bin confirms the place, the article takes one piece from it."""
    wave = get_object_or_404(Wave, pk=pk)
    code = policies.scan_key(request.POST.get("code", ""))
    lines = [line for line in bench.pick_lines(pk) if line.is_open]
    shown = request.POST.get("line", "")
    # The bin on the screen first; another one only when its goods are scanned.
    lines.sort(key=lambda line: str(line.pk) != shown)
    here = next((line for line in lines if str(line.pk) == shown), lines[0] if lines else None)
    if here is None or not code:
        return _show(request, wave, answer=("warn", _("Nothing was scanned.")) if here else None, asked=shown)
    for line in lines:
        variant = line.level.variant
        if code in (policies.scan_key(variant.barcode), policies.scan_key(variant.sku)):
            return _take(request, wave, line, 1)
    if code == here.level.bin_code.casefold():
        return _show(request, wave, answer=("ok", _("This is the bin. Take the goods.")), asked=shown)
    if any(code == line.level.bin_code.casefold() for line in lines):
        return _show(
            request, wave, answer=("bad", _("Wrong bin: go to %s.") % (here.level.bin_code or "–")), asked=shown
        )
    facts = {"code": request.POST.get("code", "").strip()[:60], "sku": here.level.variant.sku}
    return _show(request, wave, answer=("bad", _("WRONG: %(code)s is not %(sku)s.") % facts), asked=shown)


@require("orders.pick_order")
@require_POST
def wave_pick_take(request: HttpRequest, pk: int) -> HttpResponse:
    """A typed quantity."""
    wave = get_object_or_404(Wave, pk=pk)
    form = PickForm(request.POST)
    if not form.is_valid():
        return _show(request, wave, pick_form=form, asked=request.POST.get("line", ""))
    line = get_object_or_404(bench.pick_lines(pk), pk=form.cleaned_data["line"])
    return _take(request, wave, line, form.cleaned_data["quantity"])


@require("orders.pick_order")
@require_POST
def wave_pick_short(request: HttpRequest, pk: int) -> HttpResponse:
    """Pieces that are not there: the orders that lose out leave the wave, held."""
    wave = get_object_or_404(Wave, pk=pk)
    form = ShortForm(request.POST, may_correct=request.user.has_perm("inventory.correct_stock"))
    if form.is_valid():
        facts = form.cleaned_data
        with domain_errors(request, form) as outcome:
            short = services.short_pick(
                wave_id=pk,
                pick_line_id=facts["line"],
                quantity=facts["quantity"],
                reason=facts["reason"],
                corrects_stock=facts.get("corrects_stock", False),
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            text = ngettext(
                "%(count)d order left the wave and is on hold: %(numbers)s.",
                "%(count)d orders left the wave and are on hold: %(numbers)s.",
                len(short.orders),
            )
            numbers = ", ".join(order.number for order in short.orders)
            messages.warning(request, text % {"count": len(short.orders), "numbers": numbers})
            if not facts.get("corrects_stock"):
                messages.warning(request, _("The stock still counts the missing pieces: somebody must correct it."))
            tell_put_back(request, short.put_back)
            return outcome.redirect("orders:wave_pick", pk)
    return _show(request, wave, short_form=form, asked=request.POST.get("line", ""))


def _take(request: HttpRequest, wave: Wave, line: PickLine, quantity: int) -> HttpResponse:
    try:
        line = services.pick(
            wave_id=wave.pk, pick_line_id=line.pk, quantity=quantity, actor=actor_of(request), now=timezone.now()
        )
    except DomainError as refusal:
        return _show(request, wave, answer=("bad", refusal.describe()), asked=str(line.pk))
    name = line.level.variant.sku
    if line.is_open:
        words = _("%(sku)s: %(left)s more from this bin.") % {"sku": name, "left": line.open_quantity}
        return _show(request, wave, answer=("ok", words), asked=str(line.pk))
    return _show(request, wave, answer=("ok", _("%s: done. Go on to the next bin.") % name))


def _show(
    request: HttpRequest,
    wave: Wave,
    *,
    answer: Answer | None = None,
    pick_form: PickForm | None = None,
    short_form: ShortForm | None = None,
    asked: str = "",
) -> HttpResponse:
    lines = list(bench.pick_lines(wave.pk))
    wave.refresh_from_db(fields=["state"])
    waiting = [line for line in lines if line.is_open]
    line = next((line for line in waiting if str(line.pk) == asked), waiting[0] if waiting else None)
    start: dict[str, Any] = {"line": line.pk, "quantity": line.open_quantity} if line else {}
    may_correct = request.user.has_perm("inventory.correct_stock")
    context = {
        "wave": wave,
        "lines": lines,
        "line": line,
        "position": lines.index(line) + 1 if line else len(lines),
        "answer": answer,
        "pick_form": pick_form or PickForm(initial=start),
        "short_form": short_form or ShortForm(initial={**start, "corrects_stock": True}, may_correct=may_correct),
    }
    bad = pick_form or short_form
    return page(request, "orders/bench/pick.html", context, form=bad, fragments=_FRAGMENTS)
