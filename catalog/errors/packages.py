"""What publication packages refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


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


class PackageCannotBeUndone(DomainError):
    """Some of a package's drafts are approved or public."""

    code = "package_cannot_be_undone"
    message = _("%(package)s is approved in part already; what is approved is not undone.")
    remedy = _("Restore the version before from the page of the listing; that goes through approval again.")


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
