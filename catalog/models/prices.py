"""Prices with the time for which they hold. What was asked is never rewritten: a new price ends the one before it."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Variant
from config.kit.guards import no_overlap


class Price(models.Model):
    """What a variant costs from `starts_at` until `ends_at` (None: until further notice), in one shop or, without one, in all.

    `turns_at` is when the sweep has to look at it again, because it begins or ends then; None: nothing more comes of it.
    """

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="prices", verbose_name=_("variant"))
    shop = models.ForeignKey(
        "stores.Shop", models.PROTECT, null=True, blank=True, related_name="prices", verbose_name=_("shop")
    )
    amount = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("set by")
    )
    created_at = models.DateTimeField(_("entered"))
    turns_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        indexes = [
            models.Index(fields=["variant", "shop", "-starts_at"], name="price_by_variant"),
            models.Index(fields=["turns_at"], name="price_turns", condition=Q(turns_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_is_not_negative"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="price_ends_after_it_starts"
            ),
            no_overlap("variant", Coalesce("shop_id", 0), name="one_price_at_a_time"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="price_is_final", fields=["variant", "shop", "amount", "starts_at", "created_at"])
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}: {self.amount}"
