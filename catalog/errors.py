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


class TooManyAttachments(DomainError):
    """More files than one item may carry."""

    code = "too_many_attachments"
    message = _("At most %(limit)d files can be attached.")
    status = 422


class PackageIsClosed(DomainError):
    """Nothing more happens to a closed package."""

    code = "package_closed"
    message = _("%(package)s is closed.")
    remedy = _("Make a new package.")


class PackageHasNothingToSubmit(DomainError):
    """A package without a draft."""

    code = "package_empty"
    message = _("%(package)s holds no draft that could be submitted.")
    remedy = _("Add the listings that change.")
    status = 422


class PackageNotReady(DomainError):
    """Drafts of a package have findings; none of them was submitted.

    `findings` maps each listing's label to what is wrong with its draft.
    """

    code = "package_not_ready"
    message = _("%(count)d drafts of %(package)s are not ready: %(list)s")
    remedy = _("None of its drafts was submitted. Correct these and submit the package again.")
    status = 422


class ListingOutsidePackage(DomainError):
    """A listing of a shop that the package is not for."""

    code = "listing_outside_package"
    message = _("%(listing)s is in a shop that %(package)s is not for.")
    remedy = _("Add the shop to the package first.")
    status = 422


class DraftIsInAnotherPackage(DomainError):
    """The open draft of a listing belongs to another package."""

    code = "draft_in_another_package"
    message = _("The open draft of %(listing)s is in package %(package)s.")
    remedy = _("Finish or close that package first.")


class PlanHasNoLines(DomainError):
    """A plan that plans nothing."""

    code = "plan_has_no_lines"
    message = _("“%(plan)s” has no lines.")
    status = 422


class PlanLinesRefused(DomainError):
    """Pasted lines with errors; none was taken."""

    code = "plan_lines_refused"
    message = _("%(count)d of the lines cannot be read; none was taken.")
    remedy = _("Correct the lines that are marked and check again.")
    status = 422


class PlanIsClosed(DomainError):
    """A plan that is closed."""

    code = "plan_closed"
    message = _("“%(plan)s” is closed.")
    remedy = _("Make a new plan.")
