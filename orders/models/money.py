"""What was captured and given back, and the cancellations that channels report."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from orders.states import CancellationKind


class Payment(models.Model):
    """Money that a channel says it took for an order. Refunds never exceed what was captured."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="payments", verbose_name=_("order"))
    store_id = models.BigIntegerField(_("shop"))
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    amount_captured = models.DecimalField(_("captured"), max_digits=14, decimal_places=2)
    amount_refunded = models.DecimalField(_("refunded"), max_digits=14, decimal_places=2, default=0)
    captured_at = models.DateTimeField(_("captured at"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_refunded__gte=0) & Q(amount_refunded__lte=F("amount_captured")),
                name="refunds_never_exceed_what_was_captured",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount_captured} {self.currency}"


class Cancellation(models.Model):
    """A document by which a channel takes back goods or money: a credit note of a file, a refund of a webhook."""

    shop = models.ForeignKey(
        "stores.Shop", models.PROTECT, db_column="store_id", db_index=False, related_name="+", verbose_name=_("shop")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=CancellationKind.choices)
    external_number = models.CharField(_("platform number"), max_length=120)
    order = models.ForeignKey(
        "orders.Order", models.PROTECT, null=True, related_name="cancellations", verbose_name=_("order")
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="cancellations", verbose_name=_("customer")
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount_total = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    import_run = models.ForeignKey(
        "orders.ImportRun", models.PROTECT, null=True, related_name="cancellations", verbose_name=_("import")
    )
    placed_at = models.DateTimeField(_("at"))
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("cancellation")
        verbose_name_plural = _("cancellations")
        constraints = [models.UniqueConstraint(fields=["shop", "external_number"], name="cancellation_once_per_shop")]

    def __str__(self) -> str:
        return self.external_number


class CancellationLine(models.Model):
    """Pieces taken back. `quantity` and `amount_total` are positive: they count against the order's."""

    cancellation = models.ForeignKey(Cancellation, models.PROTECT, related_name="lines", verbose_name=_("cancellation"))
    store_id = models.BigIntegerField(_("shop"))
    seller_code = models.CharField(_("seller code"), max_length=120)
    title = models.CharField(_("title"), max_length=300)
    variant = models.ForeignKey(
        "catalog.Variant", models.PROTECT, null=True, related_name="+", verbose_name=_("variant")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = models.DecimalField(_("unit price"), max_digits=14, decimal_places=2)
    amount_total = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("cancellation line")
        verbose_name_plural = _("cancellation lines")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="cancelled_quantity_is_positive")]

    def __str__(self) -> str:
        return f"{self.seller_code} × -{self.quantity}"
