"""One customer database for online and offline."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.states import IdentityKind
from stores.models import Shop


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Reads of customers."""

    def visible_to(self, user: Any) -> CustomerQuerySet:
        """Customers whom a shop of the employee met first; those with `stores.see_all_shops` see every one."""
        if user.has_perm("stores.see_all_shops"):
            return self
        return self.filter(shop__in=Shop.objects.visible_to(user))


class Customer(models.Model):
    """A person or firm that buys.

    `store_id` is the shop that met them first. After `erased_at` nothing here says who they were.
    """

    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    country = models.CharField(_("country"), max_length=60, blank=True)
    shop = models.ForeignKey(
        "stores.Shop", models.PROTECT, db_column="store_id", related_name="customers", verbose_name=_("first shop")
    )
    created_at = models.DateTimeField(_("known since"))
    search_tokens = ArrayField(models.CharField(max_length=64), default=list, editable=False)
    erased_at = models.DateTimeField(_("personal data erased"), null=True, blank=True, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [GinIndex(fields=["search_tokens"], name="customer_search")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True) | models.Q(name="", search_tokens=[]),
                name="erased_customer_has_no_name",
            )
        ]
        permissions = [
            ("erase_customer", _("Can erase a customer's personal data for good")),
            ("reveal_personal_data", _("Can reveal masked personal data, with a reason")),
            ("see_personal_data", _("Sees personal data unmasked")),
        ]

    def __str__(self) -> str:
        """Covered: lists, jobs and the admin print this for everybody."""
        return f"{self.name[:1]}** #{self.pk}" if self.name else f"#{self.pk}"

    @property
    def store_id(self) -> int:
        """The first shop's key under the name that every big table uses."""
        return self.shop_id


class Identity(models.Model):
    """A phone, an address or a platform account.

    `scope` is the shop's code for platform accounts, empty for phones and mail.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=8, choices=IdentityKind.choices)
    scope = models.CharField(_("scope"), max_length=50, blank=True)
    value = models.CharField(_("value"), max_length=190)
    source = models.CharField(_("source"), max_length=40)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [
            models.UniqueConstraint(fields=["kind", "scope", "value"], name="identity_belongs_to_one_customer")
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
