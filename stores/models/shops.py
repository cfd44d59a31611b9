"""Platforms, shops, the people who work for them and the technical channels of each."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework_api_key.models import AbstractAPIKey

from stores.states import ChannelKind, PlatformState, ShopKind


class Platform(models.Model):
    """A marketplace or shop system."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    state = models.CharField(_("state"), max_length=10, choices=PlatformState.choices, default=PlatformState.CANDIDATE)

    class Meta:
        verbose_name = _("platform")
        verbose_name_plural = _("platforms")

    def __str__(self) -> str:
        return self.name


class CustomerGroup(models.Model):
    """A named target group with its rank, 1 the most important (STORE-4)."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    rank = models.PositiveSmallIntegerField(_("rank"))

    class Meta:
        verbose_name = _("customer group")
        verbose_name_plural = _("customer groups")
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name


class ShopQuerySet(models.QuerySet["Shop"]):
    """Reads of shops."""

    def visible_to(self, user: Any) -> ShopQuerySet:
        """Shops that the employee works for; those with `stores.see_all_shops` see every one."""
        if user.has_perm("stores.see_all_shops"):
            return self
        return self.filter(members__employee_id=user.pk)


class Shop(models.Model):
    """Where we sell. Amounts of its orders are in `currency`, its days in `time_zone`, its mails in `language`."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=ShopKind.choices)
    platform = models.ForeignKey(
        Platform, models.PROTECT, null=True, blank=True, related_name="shops", verbose_name=_("platform")
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    contact_email = models.EmailField(_("reply address"), blank=True)
    ship_within_minutes = models.PositiveIntegerField(_("ships within (minutes)"), default=24 * 60)
    is_active = models.BooleanField(_("active"), default=True)
    is_directly_operated = models.BooleanField(_("directly operated"), default=True)
    main_shop = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name=_("branch of")
    )

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        permissions = [("see_all_shops", _("Can see the data of every shop"))]

    def __str__(self) -> str:
        return self.name


class ShopMember(models.Model):
    """Who works for which shop: the scope of what they see."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="members", verbose_name=_("shop"))
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="shop_memberships", verbose_name=_("employee")
    )

    class Meta:
        verbose_name = _("shop member")
        verbose_name_plural = _("shop members")
        constraints = [models.UniqueConstraint(fields=["employee", "shop"], name="employee_is_member_of_a_shop_once")]

    def __str__(self) -> str:
        return f"{self.employee} · {self.shop}"


class Channel(models.Model):
    """A door of a shop.

    The secret itself comes from the environment: `CHANNEL_SECRET_<CODE>`, several separated by commas while one is
    rotated.
    """

    code = models.SlugField(_("code"), unique=True)
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="channels", verbose_name=_("shop"))
    kind = models.CharField(_("kind"), max_length=12, choices=ChannelKind.choices)
    address = models.CharField(
        _("source address"), max_length=200, blank=True, help_text=_("The shop's domain as the platform signs it.")
    )
    api_address = models.URLField(
        _("address to publish to"), blank=True, help_text=_("Empty: listings are published there by hand.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def __str__(self) -> str:
        return self.code


class ShopApiKey(AbstractAPIKey):
    """An API key of one shop; only its hash is stored."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="api_keys", verbose_name=_("shop"))

    class Meta(AbstractAPIKey.Meta):
        verbose_name = _("API key")  # type: ignore[assignment]
        verbose_name_plural = _("API keys")  # type: ignore[assignment]
