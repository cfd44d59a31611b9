"""What the company's floor can refuse."""

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class NoDepartment(DomainError):
    """A view is to be shared with a department, and the person belongs to none."""

    code = "no_department"
    message = _("You belong to no department, so there is nobody to share the view with.")
    remedy = _("Save it for yourself, or ask an administrator to enter your department.")
    status = 422


class ViewOfAnother(DomainError):
    """A saved view is deleted by somebody who did not make it."""

    code = "view_of_another"
    message = _("The view “%(name)s” belongs to %(owner)s.")
    remedy = _("Ask them to delete it; nothing was changed.")
    status = 403


class KeyAlreadyRevoked(DomainError):
    """A revoked API key stays revoked."""

    code = "key_already_revoked"
    message = _("The key “%(name)s” is revoked already.")
    remedy = _("Make a new key for the shop.")


class ReasonMissing(DomainError):
    """An act on somebody's account or on a platform without a reason."""

    code = "reason_missing"
    message = _("This needs a reason.")
    remedy = _("Write it beside the action; nothing was changed.")
    status = 422


class EmployeeLeft(DomainError):
    """An account that is switched off gets no invitation."""

    code = "employee_left"
    message = _("%(employee)s's account is switched off.")
    remedy = _("Switch it on first; no link was made.")
