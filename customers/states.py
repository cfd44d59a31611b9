"""Enums of customers and messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IdentityKind(models.TextChoices):
    """By what we know a person again."""

    PLATFORM = "platform", _("platform account")
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")


class MessageState(models.TextChoices):
    """A message's way. `UNCONFIRMED`: nobody knows whether the mail server took it; a person decides."""

    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    UNCONFIRMED = "unconfirmed", _("outcome unknown")
    DROPPED = "dropped", _("dropped")


MESSAGE_TRANSITIONS: dict[str, frozenset[str]] = {
    MessageState.QUEUED: frozenset({MessageState.SENDING, MessageState.DROPPED}),
    MessageState.SENDING: frozenset(
        {MessageState.SENT, MessageState.QUEUED, MessageState.FAILED, MessageState.UNCONFIRMED}
    ),
    MessageState.SENT: frozenset(),
    MessageState.FAILED: frozenset({MessageState.QUEUED, MessageState.DROPPED}),
    MessageState.UNCONFIRMED: frozenset({MessageState.QUEUED, MessageState.SENT, MessageState.DROPPED}),
    MessageState.DROPPED: frozenset(),
}
