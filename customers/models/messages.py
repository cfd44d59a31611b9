"""Messages are rows: written in the transaction of their cause, sent by a sweep, with proof."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from config.kit.guards import state_machine
from customers.states import MESSAGE_TRANSITIONS, MessageState
from stores.models import Shop


class MessageQuerySet(models.QuerySet["Message"]):
    """Reads of messages."""

    def visible_to(self, user: Any) -> MessageQuerySet:
        """Messages of the shops that the employee works for."""
        if user.has_perm("stores.see_all_shops"):
            return self
        return self.filter(store_id__in=Shop.objects.visible_to(user).values("pk"))

    def waiting_for_a_person(self) -> MessageQuerySet:
        """Failed, or of unknown outcome."""
        return self.filter(state__in=(MessageState.FAILED, MessageState.UNCONFIRMED))


class Message(models.Model):
    """One mail to one customer.

    `key` makes it unique by cause ("order_confirmation:42"); `context` is what the template is filled with.
    """

    key = models.CharField(_("key"), max_length=120, unique=True)
    template = models.SlugField(_("template"), max_length=64)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="messages", verbose_name=_("customer")
    )
    store_id = models.BigIntegerField(_("shop"))
    subject_type = models.CharField(_("subject type"), max_length=64)
    subject_id = models.BigIntegerField(_("about"))
    recipient = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=10)
    context = models.JSONField(_("context"), default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=12, choices=MessageState.choices, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), null=True)
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    proof = models.CharField(_("proof"), max_length=200, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(
                fields=["next_at", "id"], name="message_waiting", condition=Q(state__in=("queued", "sending"))
            ),
            models.Index(fields=["-id"], name="message_failed", condition=Q(state__in=("failed", "unconfirmed"))),
            models.Index(fields=["subject_type", "subject_id"], name="message_by_subject"),
            models.Index(KeyTextTransform("number", "context"), name="message_by_number"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_message_has_its_time"
            )
        ]
        permissions = [("retry_message", _("Can retry, confirm or drop failed messages"))]
        triggers = [state_machine("state", MESSAGE_TRANSITIONS)]

    def __str__(self) -> str:
        return self.key


class MailboxItem(models.Model):
    """A mail that was delivered to the demo's mailbox screen, where no mail server is configured."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    sender = models.CharField(_("from"), max_length=200)
    recipients = models.TextField(_("to"))
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    message_id = models.CharField(_("message id"), max_length=200)

    class Meta:
        verbose_name = _("delivered mail")
        verbose_name_plural = _("delivered mails")

    def __str__(self) -> str:
        return self.subject
