"""The mail backend of a system without a mail server: mails become rows that a screen shows."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class MailboxBackend(BaseEmailBackend):
    """Delivers to `customers.MailboxItem`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the mails; returns how many."""
        from customers.models import MailboxItem  # Django imports mail backends before the app registry may be ready

        items = [
            MailboxItem(
                sender=mail.from_email[:200],
                recipients=", ".join(mail.recipients()),
                subject=mail.subject[:300],
                body=str(mail.body),
                message_id=mail.extra_headers.get("Message-ID", ""),
            )
            for mail in email_messages
        ]
        return len(MailboxItem.objects.bulk_create(items))
