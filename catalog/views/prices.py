"""Prices: the list over the catalogue, and those of one variant with their time."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import services
from catalog.forms import PriceForm, ReasonForm
from catalog.models import Price, Variant
from catalog.selectors.history import history
from catalog.selectors.prices import prices_for
from catalog.states import PriceStage
from config.kit.web import Chip, Column, ListScreen, Preset, Tone, actor_of, domain_errors, page, require
from stores.models import Shop

SET = "catalog.set_price"
_TONES = {PriceStage.PLANNED: Tone.INFO, PriceStage.HOLDS: Tone.GOOD, PriceStage.OVER: Tone.MUTED}


def stage_chip(price: Any) -> Chip:
    """Where a price stands in its time."""
    stage = PriceStage(price.stage)
    return Chip(str(stage.label), _TONES[stage])


def variant_address(price: Price) -> str:
    """The prices of its variant."""
    return reverse("catalog:variant_prices", args=[price.variant_id])


class PriceFilter(django_filters.FilterSet):
    """Where it stands in its time, and the shop."""

    stage = django_filters.ChoiceFilter(label=_("State"), choices=PriceStage.choices)
    shop = django_filters.ModelChoiceFilter(label=_("Shop"), queryset=Shop.objects.order_by("name"))
    company = django_filters.BooleanFilter(label=_("Company's"), field_name="shop", lookup_expr="isnull")

    class Meta:
        model = Price
        fields: tuple[str, ...] = ()


def _matching(rows: QuerySet[Price], words: str) -> QuerySet[Price]:
    return rows.filter(
        Q(variant__sku__icontains=words) | Q(variant__product__name__icontains=words) | Q(reason__icontains=words)
    )


PRICES = ListScreen(
    key="catalog.prices",
    title=_("Prices"),
    intro=_(
        "What was asked, is asked and will be. A price that begins by itself makes drafts for the shops that show another."
    ),
    permission="catalog.view_product",
    rows=lambda user: prices_for(user, timezone.now()),
    columns=(
        Column("sku", _("SKU"), kind="code", value="variant.sku", order_by="variant__sku", link=variant_address),
        Column("product", _("Product"), value="variant.product.name"),
        Column("shop", _("Shop"), value=lambda row: str(row.shop or gettext("company"))),
        Column("amount", _("Price"), kind="money", currency="currency", order_by="amount"),
        Column("stage", _("State"), kind="chip", value=stage_chip),
        Column("starts_at", _("From"), kind="datetime", order_by="starts_at"),
        Column("ends_at", _("Until"), kind="datetime"),
        Column("reason", _("Reason"), value=lambda row: Truncator(row.reason).chars(60)),
        Column("set_by", _("Set by"), value=lambda row: str(row.set_by or "")),
        Column("created_at", _("Entered"), kind="datetime", order_by="created_at", shown=False),
    ),
    filters=PriceFilter,
    search=_matching,
    search_hint=_("SKU, product, reason"),
    ordering="-starts_at",
    row_url=variant_address,
    presets=(Preset(_("Planned"), "stage=planned"), Preset(_("In force"), "stage=holds")),
    empty=_("Prices with their time would be here. They are set on a product's page, by a notice or in the grid."),
)


@require("catalog.view_product")
def variant_prices(request: HttpRequest, pk: int) -> HttpResponse:
    """What one variant cost, costs and will cost; who may set prices enters the next one here."""
    variant = get_object_or_404(Variant.objects.select_related("product"), pk=pk)
    may_set = request.user.has_perm(SET)
    shops = Shop.objects.visible_to(request.user).filter(is_active=True).order_by("name")
    form = PriceForm(request.POST or None, shops=shops) if may_set else None
    if request.method == "POST" and form is not None and form.is_valid():
        with domain_errors(request, form) as outcome:
            made = services.set_price(
                variant_id=pk, actor=actor_of(request), now=timezone.now(), **_facts(form.cleaned_data)
            )
        if not outcome.failed:
            messages.success(request, _set_words(made))
            return outcome.redirect("catalog:variant_prices", pk)
    rows = prices_for(request.user, timezone.now()).filter(variant=variant)
    context = {
        "variant": variant,
        "rows": [(row, stage_chip(row)) for row in rows],
        "lines": history("catalog.variant", pk),
        "form": form,
        "may_set": may_set,
    }
    return page(request, "catalog/prices/variant.html", context, form=form)


@require(SET)
def price_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a price that has not begun."""
    price = get_object_or_404(prices_for(request.user, timezone.now()), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.withdraw_price(price_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, gettext("The planned price is taken back."))
            return outcome.redirect("catalog:variant_prices", price.variant_id)
    return page(request, "catalog/prices/withdraw.html", {"price": price, "form": form}, form=form)


def _facts(data: dict[str, Any]) -> dict[str, Any]:
    shop = data["shop"]
    return {**{name: value for name, value in data.items() if name != "shop"}, "shop_id": shop and shop.pk}


def _set_words(made: Price | None) -> str:
    if made is None:
        return gettext("That price holds already.")
    if made.starts_at > timezone.now():
        return gettext("The price is planned. When it begins, the shops that show another one get a draft.")
    return gettext(
        "The price is set. Orders that are in keep theirs; shops that show another one have a draft to submit."
    )
