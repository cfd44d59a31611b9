"""Entering an order by hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from config.kit.web import actor_of, page, require
from orders import services
from orders.forms.desk.entry import EMPTY_ROWS, EntryForm, Lines, fresh_key, line_forms, put_error
from orders.selectors.entry import available_of, goods_by_code, suggestions
from orders.services import Taken
from orders.states import OrderStatus
from stores.models import Shop


@require("orders.take_order")
def order_new(request: HttpRequest) -> HttpResponse:
    """Type an order in; it goes through the same intake as every other."""
    if request.method != "POST":
        return _show(request, EntryForm(user=request.user, initial={"key": fresh_key()}), line_forms())
    if "more" in request.POST:
        return _show_more_rows(request)
    form, lines = EntryForm(request.POST, user=request.user), line_forms(request.POST)
    if form.is_valid() and lines.is_valid():
        taken = _enter(request, form, lines)
        if taken is not None:
            _tell(request, taken)
            return redirect("orders:order_detail", taken.order_id)
    return _show(request, form, lines)


@require("orders.take_order")
def order_new_goods(request: HttpRequest) -> HttpResponse:
    """What a code means that is being typed: title, price and stock of the goods, or what it may become."""
    code = next((request.GET[name].strip() for name in request.GET if name.endswith("-code")), "")[:120]
    shop_id = request.GET.get("shop", "")
    shop = Shop.objects.visible_to(request.user).filter(pk=shop_id).first() if shop_id.isdecimal() else None
    goods = goods_by_code(shop_id=shop.pk if shop else 0, codes=[code]).get(code) if code else None
    context = {
        "code": code,
        "goods": goods,
        "available": available_of(goods.variant.pk) if goods and goods.variant.is_stocked else None,
        "suggestions": [] if goods else suggestions(code),
    }
    return page(request, "orders/desk/order_new_goods.html", context)


def _enter(request: HttpRequest, form: EntryForm, lines: Lines) -> Taken | None:
    now, shop = timezone.now(), form.cleaned_data["shop"]
    body = lines.body(goods_by_code(shop_id=shop.pk, codes=lines.codes()))
    if body is None:
        return None
    if not body:
        form.add_error(None, _("An order needs at least one line."))
        return None
    try:
        return services.enter_order(shop_id=shop.pk, body=form.body(body, now), actor=actor_of(request), now=now)
    except DomainError as error:
        put_error(form, lines, error)  # a refusal may belong to one line: two forms share it
        return None


def _tell(request: HttpRequest, taken: Taken) -> None:
    if taken.status == OrderStatus.READY:
        messages.success(request, _("Order %s taken in. Its stock is reserved.") % taken.number)
    else:
        messages.warning(request, _("Order %s taken in. It waits: see its holds.") % taken.number)


def _show_more_rows(request: HttpRequest) -> HttpResponse:
    data = request.POST.copy()
    count = data.get("lines-TOTAL_FORMS", "")
    data["lines-TOTAL_FORMS"] = str(min(int(count) if count.isdecimal() else 0, 200) + EMPTY_ROWS)
    form, lines = EntryForm(data, user=request.user), line_forms(data)
    return _show(request, form, lines, is_check=False)


def _show(request: HttpRequest, form: EntryForm, lines: Lines, *, is_check: bool = True) -> HttpResponse:
    """`is_check` False: the person asked for rows, not for a verdict on what is filled in so far."""
    if not is_check:
        for one in (form, *lines.forms):
            one._errors = {}  # Django has no other way to show typed values without checking them
    failed = is_check and form.is_bound and (form.errors or not lines.is_valid())
    context = {"form": form, "lines": lines}
    return page(request, "orders/desk/order_new.html", context, status=422 if failed else 200)
