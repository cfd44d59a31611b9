"""Messages and mails for looking into; nothing here is edited by hand."""

from __future__ import annotations

from django.contrib import admin

from config.kit.backoffice import OperationsAdmin
from customers.models import Message


@admin.register(Message)
class MessageAdmin(OperationsAdmin):
    """The rows behind the message screens, without the words and the address."""

    allow_change = False
    list_display = ("key", "template", "state", "attempts", "next_at", "sent_at")
    list_filter = ("state", "template")
    search_fields = ("=key",)
    exclude = ("context", "recipient", "error")
