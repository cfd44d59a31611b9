"""Stock on screens: levels, one level's ledger, movements, and the slot on product pages."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import make_aware
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.registries import subjects
from catalog.models import Variant
from catalog.selectors import variants_matching
from config.kit.web import Chip, Column, HeaderAction, ListScreen, Preset, Tone, page, require
from inventory import selectors
from inventory.models import Location, StockLevel, StockMovement
from inventory.states import MovementKind
from stores.models import Employee

_KIND_TONES = {
    MovementKind.RECEIPT: Tone.GOOD,
    MovementKind.RETURN: Tone.GOOD,
    MovementKind.CORRECTION: Tone.WARN,
    MovementKind.RESERVE: Tone.INFO,
    MovementKind.RELEASE: Tone.MUTED,
    MovementKind.SHIP: Tone.NEUTRAL,
    MovementKind.SALE: Tone.NEUTRAL,
}


def level_address(level: StockLevel) -> str:
    """The page of a level."""
    return reverse("inventory:level_detail", args=[level.pk])


def left_chip(level: Any) -> Chip:
    """What is left of a level, in a word."""
    if level.available < 0:
        return Chip(gettext("below zero"), Tone.BAD, "alert-triangle")
    if level.available:
        return Chip(gettext("available"), Tone.GOOD)
    return Chip(gettext("all promised"), Tone.WARN) if level.on_hand else Chip(gettext("none"), Tone.MUTED)


def kind_chip(movement: StockMovement) -> Chip:
    """Why a level changed."""
    return Chip(movement.get_kind_display(), _KIND_TONES.get(MovementKind(movement.kind), Tone.NEUTRAL))


def signed(number: int) -> str:
    """A change with its sign; a dash for none."""
    return f"{number:+,}".replace("-", "−") if number else "–"


def source_address(kind: str, key: int | None) -> str:
    """Where the row that caused a movement is shown; empty when its floor has no page for it."""
    if key is None or kind == "inventory.stocklevel" or kind not in subjects:
        return ""
    return reverse(subjects.get(kind).url_name, args=[key])


class LevelFilter(django_filters.FilterSet):
    """Location and what is left."""

    location = django_filters.ModelChoiceFilter(
        label=_("Location"), queryset=Location.objects.order_by("priority", "name")
    )
    left = django_filters.ChoiceFilter(
        label=_("What is left"),
        method="filter_left",
        choices=(
            ("some", _("some available")),
            ("none", _("nothing on hand")),
            ("promised", _("all promised")),
            ("below_zero", _("below zero")),
        ),
    )

    class Meta:
        model = StockLevel
        fields = ["location"]

    def filter_left(self, rows: QuerySet[StockLevel], name: str, value: str) -> QuerySet[StockLevel]:
        """Compare on hand with reserved."""
        return {
            "some": rows.filter(on_hand__gt=F("reserved")),
            "none": rows.filter(on_hand=0),
            "promised": rows.filter(on_hand__gt=0, on_hand=F("reserved")),
            "below_zero": rows.filter(on_hand__lt=F("reserved")),
        }[value]


LEVELS = ListScreen(
    key="inventory.levels",
    title=_("Stock"),
    permission="inventory.view_stocklevel",
    rows=selectors.stock_levels,
    columns=(
        Column("sku", _("Seller code"), value="variant.sku", kind="code", order_by="variant__sku", link=level_address),
        Column(
            "product", _("Product"), value=lambda level: f"{level.variant.product.name} {level.variant.name}".strip()
        ),
        Column("location", _("Location"), value="location.name", order_by="location__name"),
        Column("on_hand", _("On hand"), kind="number", order_by="on_hand"),
        Column("reserved", _("Reserved"), kind="number", order_by="reserved"),
        Column("available", _("Available"), kind="number", order_by="available"),
        Column("left", _("What is left"), kind="chip", value=left_chip),
        Column("bin_code", _("Bin"), kind="code", order_by="bin_code"),
    ),
    filters=LevelFilter,
    search=selectors.levels_matching,
    search_hint=_("SKU, barcode, product name"),
    ordering="variant__sku",
    row_url=level_address,
    presets=(Preset(_("All promised"), "left=promised"), Preset(_("Nothing on hand"), "left=none")),
    actions=(
        HeaderAction(
            _("Receive stock"), "inventory:receive", "inventory.receive_stock", icon="package-import", shortcut="n"
        ),
    ),
    intro=_("One ledger for warehouses and shop floors: available = on hand − reserved."),
    empty=_("Every SKU that was ever received would be here, by location."),
)


class MovementFilter(django_filters.FilterSet):
    """Kind, period in days of the shop's time zone, person, location."""

    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=MovementKind.choices)
    since = django_filters.DateFilter(
        label=_("From"), method="filter_since", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        label=_("Until"), method="filter_until", widget=forms.DateInput(attrs={"type": "date"})
    )
    actor_user = django_filters.ModelChoiceFilter(label=_("Person"), queryset=Employee.objects.order_by("display_name"))
    location = django_filters.ModelChoiceFilter(
        label=_("Location"), queryset=Location.objects.order_by("priority", "name")
    )
    sku = django_filters.CharFilter(
        label=_("Seller code"), field_name="variant__sku", lookup_expr="exact", widget=forms.TextInput
    )

    class Meta:
        model = StockMovement
        fields = ["kind", "since", "until", "actor_user", "location", "sku"]

    def filter_since(self, rows: QuerySet[StockMovement], name: str, value: date) -> QuerySet[StockMovement]:
        """From the beginning of the day."""
        return rows.filter(at__gte=make_aware(datetime.combine(value, time.min)))

    def filter_until(self, rows: QuerySet[StockMovement], name: str, value: date) -> QuerySet[StockMovement]:
        """To the end of the day."""
        return rows.filter(at__lt=make_aware(datetime.combine(value + timedelta(days=1), time.min)))


def _movements_matching(rows: QuerySet[StockMovement], words: str) -> QuerySet[StockMovement]:
    return rows.filter(variant__in=variants_matching(words))


MOVEMENTS = ListScreen(
    key="inventory.movements",
    title=_("Stock movements"),
    permission="inventory.view_stockmovement",
    rows=selectors.stock_movements,
    columns=(
        Column("at", _("Time"), kind="datetime"),
        Column("kind", _("Kind"), kind="chip", value=kind_chip),
        Column("sku", _("Seller code"), value="variant.sku", kind="code"),
        Column("product", _("Product"), value=lambda row: f"{row.variant.product.name} {row.variant.name}".strip()),
        Column("location", _("Location"), value="location.name"),
        Column("on_hand_delta", _("On hand ±"), kind="number"),
        Column("reserved_delta", _("Reserved ±"), kind="number"),
        Column(
            "source", _("Source"), value=lambda row: row.source_id, kind="code",
            link=lambda row: source_address(row.source_type, row.source_id), shown=False,
        ),
        Column("reason", _("Reason or reference")),
        Column("actor_label", _("By")),
    ),
    filters=MovementFilter,
    search=_movements_matching,
    search_hint=_("SKU, barcode, product name"),
    filters_in_bar=4,
    ordering="-pk",
    empty=_("Every receipt, correction, reservation and shipment would be here, and stays."),
)  # fmt: skip


@require("inventory.view_stocklevel")
def level_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One level: what is there, whom it is promised to, and every movement with the balance after it."""
    level = get_object_or_404(selectors.stock_levels(request.user), pk=pk)
    may_see_ledger = request.user.has_perm("inventory.view_stockmovement")
    context: dict[str, Any] = {
        "level": level,
        "left": left_chip(level),
        "stock": selectors.variant_stock(level.variant_id, request.user),
        "promises": [
            (row, source_address("orders.orderline", row.line_id)) for row in selectors.held_reservations(level.pk)[:50]
        ],
        "may_see_ledger": may_see_ledger,
        "may_correct": may_correct(request.user, level),
    }
    if may_see_ledger:
        found = selectors.ledger_page(level, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
        context["ledger"] = found
        context["lines"] = [
            {
                "line": line,
                "kind": kind_chip(line.movement),
                "on_hand_delta": signed(line.movement.on_hand_delta),
                "reserved_delta": signed(line.movement.reserved_delta),
                "source": source_address(line.movement.source_type, line.movement.source_id),
            }
            for line in found.lines
        ]
    return page(request, "inventory/level_detail.html", context, fragments={"ledger": "ledger"})


def may_correct(user: Any, level: StockLevel) -> bool:
    """Whether the person may correct this level."""
    return (
        user.has_perm("inventory.correct_stock")
        and Location.objects.bookable_by(user).filter(pk=level.location_id).exists()
    )


@require("inventory.view_stocklevel")
def variant_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """A variant's stock as a slot of other floors' pages: one total and its parts by location."""
    variant = get_object_or_404(Variant, pk=pk)
    stock = selectors.variant_stock(variant.pk, request.user)
    return page(request, "inventory/variant_panel.html", {"variant": variant, "stock": stock})
