"""Enums of the company and its shops."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ShopKind(models.TextChoices):
    """Where customers meet us."""

    ONLINE = "online", _("online shop")
    PHYSICAL = "physical", _("physical shop")


class PlatformState(models.TextChoices):
    """A platform is compared first, used after a decision (STORE-1)."""

    CANDIDATE = "candidate", _("candidate")
    ACTIVE = "active", _("active")
    CLOSED = "closed", _("closed")


PLATFORM_TRANSITIONS: dict[str, frozenset[str]] = {
    PlatformState.CANDIDATE: frozenset({PlatformState.ACTIVE, PlatformState.CLOSED}),
    PlatformState.ACTIVE: frozenset({PlatformState.CLOSED}),
    PlatformState.CLOSED: frozenset({PlatformState.ACTIVE}),
}


class ChannelKind(models.TextChoices):
    """The technical doors through which a shop's orders come."""

    API = "api", _("API")
    SHOPIFY = "shopify", _("Shopify webhook")
    WOOCOMMERCE = "woocommerce", _("WooCommerce webhook")
    FILE = "file", _("file")
    HAND = "hand", _("entered by hand")
    TILL = "till", _("till")
    KUAIDI100 = "kuaidi100", _("快递100 callbacks")
    EASYPOST = "easypost", _("EasyPost webhook")


class Role(models.TextChoices):
    """The roles of the rule documents; codes as in their duty tables."""

    OPS = "OPS", _("Operations")
    PLAN = "PLAN", _("Planning")
    ART = "ART", _("Design")
    MKTG = "MKTG", _("Marketing")
    CS = "CS", _("Customer service")
    SELL = "SELL", _("Online sales")
    AFTS = "AFTS", _("After-sales")
    WH = "WH", _("Warehouse")
    OFF = "OFF", _("Physical shop")
    FIN = "FIN", _("Finance")
    MGR = "MGR", _("Management")
    SUP = "SUP", _("Supervision")
    ADMIN = "ADMIN", _("System administration")
