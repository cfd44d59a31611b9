"""What stock can refuse."""

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class InsufficientStock(DomainError):
    """Fewer pieces are free than are asked for."""

    code = "insufficient_stock"
    message = _(
        "%(sku)s at %(location)s: %(asked)s asked for, %(available)s available (%(reserved)s of %(on_hand)s are promised)."
    )
    remedy = _("Stock was not changed. Receive stock first, or release a reservation.")


class NothingToMove(DomainError):
    """A booking of zero pieces."""

    code = "nothing_to_move"
    message = _("The quantity is 0: there is nothing to book.")
    status = 422


class ReasonMissing(DomainError):
    """Corrections without a reason are not booked."""

    code = "reason_missing"
    message = _("A correction needs a reason.")
    remedy = _("Write what you found, for example: box damaged by water.")
    status = 422


class AlreadyBooked(DomainError):
    """The same form arrived twice: a double click, or a reload after a lost answer."""

    code = "already_booked"
    message = _("This form was booked already.")
    remedy = _("Nothing was booked a second time. The movements show what was.")
