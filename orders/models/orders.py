"""Orders and their lines, holds and notes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.kit.guards import no_truncate, state_machine
from orders.states import (
    ORDER_TRANSITIONS,
    HoldKind,
    NoteKind,
    OrderFlag,
    OrderMode,
    OrderStatus,
    PaymentStatus,
    StockStatus,
)
from stores.models import Shop


class OrderQuerySet(models.QuerySet["Order"]):
    """Reads of orders."""

    def visible_to(self, user: Any) -> OrderQuerySet:
        """Orders of the shops that the employee works for."""
        if user.has_perm("stores.see_all_shops"):
            return self
        return self.filter(shop__in=Shop.objects.visible_to(user))


class Order(models.Model):
    """A purchase in one shop. Amounts are in `currency`; `amount_total` is what the buyer pays.

    `content_hash` is the hash of what the channel sent last, so that the same input again changes nothing.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    shop = models.ForeignKey(
        "stores.Shop",
        models.PROTECT,
        db_column="store_id",
        db_index=False,
        related_name="orders",
        verbose_name=_("shop"),
    )
    external_id = models.CharField(_("platform key"), max_length=120)
    external_number = models.CharField(_("platform number"), max_length=120)
    channel = models.CharField(_("channel"), max_length=12)
    mode = models.CharField(_("mode"), max_length=8, choices=OrderMode.choices, default=OrderMode.LIVE)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="orders", verbose_name=_("customer")
    )
    status = models.CharField(_("status"), max_length=10, choices=OrderStatus.choices)
    stock_status = models.CharField(_("stock"), max_length=10, choices=StockStatus.choices)
    payment_status = models.CharField(_("payment"), max_length=13, choices=PaymentStatus.choices)
    open_holds = models.PositiveSmallIntegerField(_("open holds"), default=0)
    flag = models.CharField(_("flag"), max_length=8, choices=OrderFlag.choices, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    amount_goods = models.DecimalField(_("goods"), max_digits=14, decimal_places=2)
    amount_shipping = models.DecimalField(_("shipping"), max_digits=14, decimal_places=2, default=0)
    amount_discount = models.DecimalField(_("discount"), max_digits=14, decimal_places=2, default=0)
    amount_tax = models.DecimalField(_("tax"), max_digits=14, decimal_places=2, default=0)
    amount_total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    language = models.CharField(_("buyer's language"), max_length=10)
    email = models.EmailField(_("e-mail"), blank=True)
    recipient_name = models.CharField(_("recipient"), max_length=120, blank=True)
    recipient_phone = models.CharField(_("phone"), max_length=40, blank=True)
    phone_tail = models.CharField(_("last four digits"), max_length=4, blank=True)
    address = models.JSONField(_("address"), default=dict)
    content_hash = models.CharField(_("content hash"), max_length=64)
    raw_input = models.ForeignKey(
        "orders.RawInput", models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("raw input")
    )
    import_run = models.ForeignKey(
        "orders.ImportRun", models.PROTECT, null=True, related_name="orders", verbose_name=_("import")
    )
    wave = models.ForeignKey("orders.Wave", models.PROTECT, null=True, related_name="orders", verbose_name=_("wave"))
    placed_at = models.DateTimeField(_("ordered"))
    paid_at = models.DateTimeField(_("paid"), null=True)
    received_at = models.DateTimeField(_("received"))
    channel_updated_at = models.DateTimeField(_("channel's last change"), null=True)
    stock_checked_at = models.DateTimeField(_("stock checked"), null=True)
    ship_by = models.DateTimeField(_("ship by"), null=True)
    status_at = models.DateTimeField(_("status since"))

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["external_number"], name="order_by_platform_number"),
            models.Index(fields=["phone_tail"], name="order_by_phone_tail", condition=~Q(phone_tail="")),
            models.Index(
                fields=["status", "ship_by", "id"],
                name="order_in_work",
                condition=Q(status__in=("held", "ready", "picking", "packed")),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["shop", "external_id"], name="order_once_per_shop"),
            models.CheckConstraint(condition=~Q(status="ready") | Q(open_holds=0), name="ready_order_has_no_hold"),
            models.CheckConstraint(
                condition=~Q(status__in=("picking", "packed"), mode="live")
                | Q(stock_status__in=("reserved", "not_needed")),
                name="picking_only_with_reserved_stock",
            ),
        ]
        permissions = [
            ("take_order", _("Can enter orders by hand")),
            ("import_orders", _("Can import order files")),
            ("replay_input", _("Can correct and replay raw input")),
            ("hold_order", _("Can hold and release orders")),
            ("cancel_order", _("Can cancel orders")),
            ("note_order", _("Can write notes on orders")),
            ("pick_order", _("Can work at the bench: waves, picking, packing")),
            ("print_paper", _("Can print pick lists and shipping notes")),
            ("hand_over_parcel", _("Can hand parcels to couriers")),
        ]
        triggers = [state_machine("status", ORDER_TRANSITIONS), no_truncate()]

    def __str__(self) -> str:
        return self.number

    @property
    def store_id(self) -> int:
        """The shop's key under the name that every big table uses."""
        return self.shop_id


class OrderLine(models.Model):
    """One position of an order. `seller_code` is what the channel sent; `variant` what it means to us."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", verbose_name=_("order"))
    store_id = models.BigIntegerField(_("shop"))
    position = models.PositiveSmallIntegerField(_("position"))
    external_id = models.CharField(_("platform line"), max_length=64, blank=True)
    seller_code = models.CharField(_("seller code"), max_length=120)
    title = models.CharField(_("title"), max_length=300)
    variant = models.ForeignKey(
        "catalog.Variant", models.PROTECT, null=True, related_name="order_lines", verbose_name=_("variant")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=2)
    amount_discount = models.DecimalField(_("discount"), max_digits=14, decimal_places=2, default=0)
    amount_total = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_position_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity_is_positive"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="order_line_price_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.seller_code} × {self.quantity}"


class Hold(models.Model):
    """A reason why an order waits, with an owner and a clock (ORD-11)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="holds", verbose_name=_("order"))
    store_id = models.BigIntegerField(_("shop"))
    kind = models.CharField(_("type"), max_length=16, choices=HoldKind.choices)
    reason = models.CharField(_("reason"), max_length=500)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("owner")
    )
    opened_at = models.DateTimeField(_("since"))
    released_at = models.DateTimeField(_("released"), null=True)
    resolution = models.CharField(_("resolution"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        indexes = [models.Index(fields=["kind", "opened_at"], name="hold_open", condition=Q(released_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind"], condition=Q(released_at__isnull=True), name="one_open_hold_per_type"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"


class Note(models.Model):
    """A note on an order. A warehouse note must be acknowledged at packing (ORD-5)."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="notes", verbose_name=_("order"))
    kind = models.CharField(_("for"), max_length=10, choices=NoteKind.choices)
    text = models.TextField(_("text"), max_length=2000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("at"))
    acknowledged_at = models.DateTimeField(_("read at packing"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("read by")
    )

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.text[:60]
