"""What orders can refuse."""

from django.utils.translation import gettext_lazy as _

from config.kit.errors import DomainError


class ExternalIdTaken(DomainError):
    """The channel sent another content under a number that is here already."""

    code = "order_differs"
    message = _("Order %(external_id)s is here already with other content (%(number)s).")
    remedy = _("Nothing was changed. The differing fields are listed; send a cancellation or another number.")


class KeyReused(DomainError):
    """An idempotency key came back with another body."""

    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used before with another body.")
    remedy = _("Nothing was changed. Use a new key for a new request.")
    status = 422


class SignatureRefused(DomainError):
    """A callback that nobody with the secret has signed."""

    code = "signature_refused"
    message = _("The signature does not match.")
    remedy = _("Check the secret of this channel on both sides.")
    status = 401


class BodyTooLarge(DomainError):
    """More bytes than a callback may have."""

    code = "body_too_large"
    message = _("The body has %(size)s bytes; at most %(limit)s are taken.")
    status = 413


class CancellationRefused(DomainError):
    """The order has gone too far to be cancelled."""

    code = "cancellation_refused"
    message = _("%(number)s is %(status)s and can no longer be cancelled here.")
    remedy = _("Take it out of its wave first, or handle it as after-sales once it has left.")


class HoldRefused(DomainError):
    """A hold that cannot be placed or released."""

    code = "hold_refused"
    message = _("%(number)s: %(problem)s")


class WaveRefused(DomainError):
    """A wave that cannot be built or changed."""

    code = "wave_refused"
    message = _("%(problem)s")


class PackingRefused(DomainError):
    """A parcel that cannot be closed yet."""

    code = "packing_refused"
    message = _("%(problem)s")


class WaybillTaken(DomainError):
    """The number is on another parcel."""

    code = "waybill_taken"
    message = _("%(waybill)s is already on parcel %(note)s.")
    remedy = _("Check the label; every parcel needs a number of its own.")


class HandOverRefused(DomainError):
    """A parcel that the courier must not get yet."""

    code = "handover_refused"
    message = _("%(problem)s")


class FileUnreadable(DomainError):
    """A file that cannot be read as orders at all."""

    code = "file_unreadable"
    message = _("%(problem)s")
    status = 422


class NotReplayable(DomainError):
    """A raw input that is settled."""

    code = "not_replayable"
    message = _("This input is %(state)s: there is nothing to run again.")
