"""What the catalogue can refuse."""

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class ReasonMissing(DomainError):
    """A price or a state is changed without a reason."""

    code = "reason_missing"
    message = _("This needs a reason.")
    remedy = _("The trail keeps it; nothing was changed.")
    status = 422


class NothingToSell(DomainError):
    """A product without a variant cannot go on sale."""

    code = "nothing_to_sell"
    message = _("“%(product)s” has no variant yet.")
    remedy = _("Add what is stocked and sold of it first.")


class NegativePrice(DomainError):
    """Prices are zero or more."""

    code = "negative_price"
    message = _("A price cannot be below zero.")
    status = 422
