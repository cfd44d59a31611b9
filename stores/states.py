"""Enums of the company and its shops."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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
    WEBHOOK = "webhook", _("signed webhook")
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
    BIZ = "BIZ", _("Business development")
    MGR = "MGR", _("Management")
    SUP = "SUP", _("Supervision")
    ADMIN = "ADMIN", _("System administration")


class PageKind(models.TextChoices):
    """What a page of a shop is for. A sign and a promotion zone's content are pages too: one way to publish them all."""

    HOME = "home", _("home page")
    SUB = "sub", _("sub-page")
    BRAND = "brand", _("brand page")
    PROMOTION = "promotion", _("promotion page")
    ZONE = "zone", _("promotion-zone page")
    SIGN = "sign", _("shop sign")


class ModuleKind(models.TextChoices):
    """The typed modules that pages are made of."""

    SIGN = "sign", pgettext_lazy("shop sign", "sign")
    CATEGORY = "category", _("category")
    PRODUCTS = "products", _("product list")
    BRAND = "brand", _("brand")
    PROMOTION = "promotion", _("promotion")
    TEXT = "text", _("text")
    PICTURE = "picture", _("picture")
    ZONE = "zone", _("promotion zone")


class BookingState(models.TextChoices):
    """A slot of a promotion zone: planned, shown at its time, over; or cancelled before."""

    PLANNED = "planned", _("planned")
    SHOWN = "shown", _("shown now")
    OVER = "over", _("over")
    CANCELLED = "cancelled", _("cancelled")


BOOKING_TRANSITIONS: dict[str, frozenset[str]] = {
    BookingState.PLANNED: frozenset({BookingState.SHOWN, BookingState.OVER, BookingState.CANCELLED}),
    BookingState.SHOWN: frozenset({BookingState.OVER, BookingState.CANCELLED}),
    BookingState.OVER: frozenset(),
    BookingState.CANCELLED: frozenset(),
}


class ProposalState(models.TextChoices):
    """A redesign proposal from the first idea to its measured effect (APPR-7 to APPR-10)."""

    FILED = "filed", _("filed")
    DISCUSSED = "discussed", _("discussed")
    AT_MANAGEMENT = "at_management", _("with the management")
    APPROVED = "approved", _("approved, being carried out")
    EXECUTED = "executed", _("carried out, effect to be measured")
    CLOSED = "closed", _("closed")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


PROPOSAL_TRANSITIONS: dict[str, frozenset[str]] = {
    ProposalState.FILED: frozenset({ProposalState.DISCUSSED, ProposalState.WITHDRAWN}),
    ProposalState.DISCUSSED: frozenset(
        {ProposalState.AT_MANAGEMENT, ProposalState.REFUSED, ProposalState.FILED, ProposalState.WITHDRAWN}
    ),
    ProposalState.AT_MANAGEMENT: frozenset(
        {ProposalState.APPROVED, ProposalState.REFUSED, ProposalState.DISCUSSED, ProposalState.WITHDRAWN}
    ),
    ProposalState.APPROVED: frozenset({ProposalState.EXECUTED}),
    ProposalState.EXECUTED: frozenset({ProposalState.CLOSED}),
    ProposalState.CLOSED: frozenset(),
    # Revised by its author, it may be sent to the management again.
    ProposalState.REFUSED: frozenset({ProposalState.DISCUSSED}),
    ProposalState.WITHDRAWN: frozenset(),
}


class Recommendation(models.TextChoices):
    """What the planning group recommends after the discussion."""

    ADOPT = "adopt", _("adopt")
    CHANGE = "change", _("change it first")
    REJECT = "reject", _("do not adopt")
