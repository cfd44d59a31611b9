"""Filters of the desk's lists."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models import Hold, ImportRow, ImportRun, Order, RawInput
from orders.selectors.desk import IN_WORK, confirmation_failed
from orders.states import (
    HoldKind,
    ImportState,
    InputState,
    OrderMode,
    OrderStatus,
    PaymentStatus,
    StockStatus,
)
from stores.models import Shop
from stores.states import ChannelKind

ALL_MODES = "all"
CHANNELS = [
    *((kind.value, kind.label) for kind in ChannelKind if kind not in (ChannelKind.KUAIDI100, ChannelKind.EASYPOST)),
]


class OrderFilter(django_filters.FilterSet):
    """Orders of the running business unless history is asked for."""

    status = django_filters.ChoiceFilter(label=_("Status"), choices=OrderStatus.choices)
    shop = django_filters.ModelChoiceFilter(label=_("Shop"), queryset=Shop.objects.order_by("name"))
    hold = django_filters.ChoiceFilter(label=_("Hold"), choices=HoldKind.choices, method="held_for")
    stock = django_filters.ChoiceFilter(label=_("Stock"), choices=StockStatus.choices, field_name="stock_status")
    payment = django_filters.ChoiceFilter(
        label=_("Payment"), choices=PaymentStatus.choices, field_name="payment_status"
    )
    due = django_filters.ChoiceFilter(
        label=_("Ship by"), choices=[("today", _("due today")), ("overdue", _("overdue"))], method="due_by"
    )
    channel = django_filters.ChoiceFilter(label=_("Channel"), choices=CHANNELS)
    placed_at = django_filters.DateFromToRangeFilter(label=_("Placed"))
    confirmation = django_filters.ChoiceFilter(
        label=_("Confirmation"), choices=[("failed", _("failed"))], method="confirmation_is"
    )
    customer = django_filters.NumberFilter(label=_("Customer number"), field_name="customer_id")
    mode = django_filters.ChoiceFilter(
        label=_("Mode"),
        choices=[(OrderMode.HISTORY.value, OrderMode.HISTORY.label), (ALL_MODES, _("live and history"))],
        empty_label=OrderMode.LIVE.label,
        method="mode_is",
    )

    class Meta:
        model = Order
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Order]) -> QuerySet[Order]:
        """Without a mode only live orders: history is millions of rows that nobody works on."""
        found: QuerySet[Order] = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("mode") else found.filter(mode=OrderMode.LIVE)

    def mode_is(self, rows: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        """History, or everything."""
        return rows if value == ALL_MODES else rows.filter(mode=value)

    def held_for(self, rows: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        """Orders with an open hold of this type."""
        return rows.filter(Exists(Hold.objects.filter(order=OuterRef("pk"), kind=value, released_at__isnull=True)))

    def due_by(self, rows: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        """Orders in work whose promise ends today, or has ended."""
        rows, now = rows.filter(status__in=IN_WORK), timezone.now()
        if value == "overdue":
            return rows.filter(ship_by__lt=now)
        tomorrow = datetime.combine(timezone.localdate() + timedelta(days=1), time(), timezone.get_current_timezone())
        return rows.filter(ship_by__gte=now, ship_by__lt=tomorrow)

    def confirmation_is(self, rows: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        """Orders whose confirmation did not go out."""
        return rows.filter(confirmation_failed())


class ImportFilter(django_filters.FilterSet):
    """Imports by state, shop and day."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=ImportState.choices)
    shop = django_filters.ModelChoiceFilter(label=_("Shop"), queryset=Shop.objects.order_by("name"))
    created_at = django_filters.DateFromToRangeFilter(label=_("Uploaded"))

    class Meta:
        model = ImportRun
        fields: list[str] = []


class ImportRowFilter(django_filters.FilterSet):
    """Rows of one import by what became of them."""

    run = django_filters.NumberFilter(label=_("Import number"), field_name="run_id")
    state = django_filters.ChoiceFilter(label=_("State"), choices=InputState.choices)
    problem_field = django_filters.CharFilter(label=_("Column"))

    class Meta:
        model = ImportRow
        fields: list[str] = []


class InputFilter(django_filters.FilterSet):
    """Raw inputs by state, source, shop and day."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=InputState.choices)
    source = django_filters.ChoiceFilter(
        label=_("Source"), choices=[pair for pair in ChannelKind.choices if pair[0] not in ("file", "till")]
    )
    shop = django_filters.ModelChoiceFilter(label=_("Shop"), queryset=Shop.objects.order_by("name"))
    received_at = django_filters.DateFromToRangeFilter(label=_("Received"))

    class Meta:
        model = RawInput
        fields: list[str] = []
