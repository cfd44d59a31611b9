"""The product list and the product page."""

from __future__ import annotations

import mimetypes
from decimal import Decimal

import django_filters
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import selectors, services
from catalog.forms import StateForm
from catalog.models import Category, Product, Variant
from catalog.states import ProductState
from config.kit.web import (
    Chip,
    Column,
    HeaderAction,
    ListScreen,
    Preset,
    Tone,
    actor_of,
    domain_errors,
    page,
    require,
)

_TONES = {ProductState.ACTIVE: Tone.GOOD, ProductState.DRAFT: Tone.WARN, ProductState.ARCHIVED: Tone.MUTED}


def state_chip(product: Product) -> Chip:
    """A product's state as a coloured word."""
    return Chip(product.get_state_display(), _TONES[ProductState(product.state)])


def address(product: Product) -> str:
    """The page of a product."""
    return reverse("catalog:product_detail", args=[product.pk])


def _skus(product: Product) -> str:
    variants = list(product.variants.all())
    shown = ", ".join(variant.sku for variant in variants[:3])
    more = len(variants) - 3
    return shown if more <= 0 else gettext("%(shown)s and %(more)d more") % {"shown": shown, "more": more}


class ProductFilter(django_filters.FilterSet):
    """Category and state."""

    category = django_filters.ModelChoiceFilter(label=_("Category"), queryset=Category.objects.order_by("name"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=ProductState.choices)

    class Meta:
        model = Product
        fields = ["category", "state"]


PRODUCTS = ListScreen(
    key="catalog.products",
    title=_("Products"),
    permission="catalog.view_product",
    rows=lambda user: selectors.product_list(),
    columns=(
        Column("name", _("Name"), order_by="name", link=address),
        Column("skus", _("Seller codes"), value=_skus),
        Column("category", _("Category"), value=lambda product: str(product.category or "")),
        Column("state", _("State"), kind="chip", value=state_chip),
        Column("lowest_price", _("Price from"), kind="money", order_by="lowest_price"),
        Column("highest_price", _("to"), kind="money", shown=False),
        Column("created_at", _("Entered"), kind="datetime", order_by="created_at", shown=False),
    ),
    filters=ProductFilter,
    search=selectors.products_matching,
    search_hint=_("Name, pinyin, SKU, barcode"),
    row_url=address,
    presets=(Preset(_("Drafts"), "state=draft"), Preset(_("On sale"), "state=active")),
    actions=(HeaderAction(_("New product"), "admin:catalog_product_add", "catalog.add_product", shortcut="n"),),
    empty=_("Products of all shops would be here: entered once, sold everywhere."),
)


@require("catalog.view_product")
def product_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One product with its variants; their stock is a slot that the stock's floor fills."""
    product = get_object_or_404(Product.objects.select_related("category"), pk=pk)
    variants = list(selectors.variants_of(product))
    context = {
        "product": product,
        "state": state_chip(product),
        "variants": variants,
        "weightless": [variant for variant in variants if variant.is_stocked and variant.weight_grams == 0],
        "priceless": [variant for variant in variants if variant.price == Decimal(0)],
    }
    return page(request, "catalog/product_detail.html", context)


@require("catalog.change_product")
def product_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a product on sale, away, or back."""
    product = get_object_or_404(Product, pk=pk)
    form = StateForm(request.POST or None, product=product)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.change_product_state(
                product_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data
            )
        if not outcome.failed:
            messages.success(request, gettext("The product's state is changed."))
            return outcome.redirect("catalog:product_detail", pk)
    context = {"title": gettext("Change state"), "subject": product.name, "product_id": pk, "form": form}
    return page(request, "catalog/product_act.html", context, form=form)


@require("catalog.view_product")
def variant_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A variant's place on its product's page: where links to a variant go."""
    variant = get_object_or_404(Variant, pk=pk)
    return redirect(f"{reverse('catalog:product_detail', args=[variant.product_id])}#variant-{pk}")


@require("catalog.view_product")
def variant_picture(request: HttpRequest, pk: int) -> FileResponse:
    """A variant's picture, for those who are signed in."""
    variant = get_object_or_404(Variant, pk=pk)
    name = variant.picture.name
    if not name or not variant.picture.storage.exists(name):
        raise Http404
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = FileResponse(variant.picture.open("rb"), content_type=kind)
    response["Cache-Control"] = "private, max-age=3600"
    return response
