"""What the product master refuses: something to sell, codes that stand for one variant, prices and their times."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class NothingToSell(DomainError):
    """A product without a variant cannot go on sale."""

    code = "nothing_to_sell"
    message = _("“%(product)s” has no variant yet.")
    remedy = _("Add what is stocked and sold of it first.")


class BarcodeTaken(DomainError):
    """A barcode stands for one variant only."""

    code = "barcode_taken"
    message = _("One of these barcodes belongs to another variant already.")
    remedy = _("Look for it in the product list; nothing was changed.")


class NegativePrice(DomainError):
    """Prices are zero or more."""

    code = "negative_price"
    message = _("A price cannot be below zero.")
    status = 422


class PricesOverlap(DomainError):
    """Two prices for one moment."""

    code = "prices_overlap"
    message = _(
        "%(sku)s has the price %(amount)s from %(from)s until %(until)s already; two prices cannot hold at once."
    )
    remedy = _("Choose another time, or give the new price an end. Nothing was changed.")


class PriceBeginsInThePast(DomainError):
    """What was asked is history; it is not written afterwards."""

    code = "price_in_the_past"
    message = _("The price of %(sku)s would begin at %(from)s, which is over.")
    remedy = _("A price begins now or later.")
    status = 422


class PriceFarOff(DomainError):
    """A slip of the finger, until the person says that it is meant."""

    code = "price_far_off"
    message = _("%(sku)s would cost %(amount)s instead of %(before)s.")
    remedy = _("Tick the box if that is meant.")
    status = 422


class PriceHasBegun(DomainError):
    """What was asked is history; only a plan can be taken back."""

    code = "price_has_begun"
    message = _("This price of %(sku)s has begun, or somebody took it back.")
    remedy = _("Set another price from now on.")
    status = 409


class PriceEndsBeforeItBegins(DomainError):
    """An empty or negative time."""

    code = "price_ends_first"
    message = _("The price of %(sku)s would end before it begins.")
    status = 422
