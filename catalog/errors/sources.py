"""What can be wrong with intakes and change notices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class NoticeSaysNothing(DomainError):
    """A change notice without a fact that could be compared with what is live."""

    code = "notice_says_nothing"
    message = _("The notice gives no new name, price or service text.")
    remedy = _("Fill in at least one of them; text alone is an intake.")
    status = 422


class NoticeNeedsProduct(DomainError):
    """A change notice about no product."""

    code = "notice_needs_product"
    message = _("A change notice is about one product.")
    status = 422


class NotOfThisProduct(DomainError):
    """A notice gives a price for a SKU that its product does not have."""

    code = "not_of_this_product"
    message = _("%(skus)s: not a SKU of “%(product)s”.")
    remedy = _("The product has %(known)s.")
    status = 422


class PriceUnreadable(DomainError):
    """A price in a notice is not an amount."""

    code = "price_unreadable"
    message = _("%(sku)s: “%(value)s” is not a price.")
    remedy = _("Write it like 12.50, zero or more, with two decimals at most.")
    status = 422


class TooManyAttachments(DomainError):
    """More files than one item may carry."""

    code = "too_many_attachments"
    message = _("At most %(limit)d files can be attached.")
    status = 422


class SourceHasMovedOn(DomainError):
    """What was sent in is in a state that does not allow the act."""

    code = "source_has_moved_on"
    message = _("“%(title)s” is %(state)s.")
    remedy = _("Reload the page: somebody may have worked on it meanwhile.")


class SourceIsInPackage(DomainError):
    """What was sent in is being published as part of a package."""

    code = "source_in_package"
    message = _("“%(title)s” is in package %(package)s already.")
    remedy = _("Ask its owner, %(owner)s.")


class NotYours(DomainError):
    """Only the sender takes back what they sent in."""

    code = "not_yours"
    message = _("Only %(sender)s can take this back.")
    remedy = _("The planning group can refuse it with a reason.")
    status = 403
