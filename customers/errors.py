"""What customers can refuse."""

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class ReasonMissing(DomainError):
    """An act that the trail must be able to explain came without a reason."""

    code = "reason_missing"
    message = _("Write why: the reason stays in the trail.")
    remedy = _("Nothing was changed.")
    status = 422


class MessageNotSettled(DomainError):
    """A message on which a person cannot decide (any more)."""

    code = "message_not_settled"
    message = _("This message is “%(current)s”; “%(wanted)s” is not possible.")
    remedy = _("Nothing was changed. Reload the page: it may have been sent meanwhile.")


class IdentityGone(DomainError):
    """The identity was removed or belongs to another customer now."""

    code = "identity_gone"
    message = _("This entry does not exist any more.")
    remedy = _("Nothing was shown. Reload the page.")
    status = 404
