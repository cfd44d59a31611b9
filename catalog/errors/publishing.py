"""What can be wrong on the way out to a shop, and with the evidence that it arrived."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class PushHasMovedOn(DomainError):
    """A push is in a state that does not allow the act."""

    code = "push_has_moved_on"
    message = _("This is %(state)s.")
    remedy = _("Reload the page: somebody or the sweep may have worked on it meanwhile.")


class ChannelGone(DomainError):
    """A push cannot be sent because its channel is closed."""

    code = "channel_gone"
    message = _("The channel of %(shop)s is closed or has no address to publish to.")
    remedy = _("Do it by hand, or have the channel opened again.")


class EvidenceMissing(DomainError):
    """Done by hand needs an address or the platform's number."""

    code = "evidence_missing"
    message = _("Give the address where shoppers see it, or the platform's number.")
    remedy = _("Without evidence it stays approved, not confirmed live.")
    status = 422


class AddressUnreadable(DomainError):
    """What was given as address is none."""

    code = "address_unreadable"
    message = _("“%(url)s” is not an address of a web page.")
    remedy = _("Copy it from the browser: it begins with http:// or https://.")
    status = 422


class RemoteNumberTooLong(DomainError):
    """Platforms' numbers have at most 120 characters."""

    code = "remote_number_too_long"
    message = _("A platform's number has at most %(limit)d characters.")
    status = 422
