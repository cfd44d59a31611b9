"""What wakes by the clock: the sweep that sends messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from celery import shared_task
from django.utils import timezone

from approvals import services as approvals
from config.kit.actor import Actor
from customers import services
from customers.delivery import Outbox

log = structlog.get_logger(__name__)
SENDER = Actor.system("customers.send_messages")
MAILS_PER_SWEEP = 200


@shared_task(name="customers.send_messages")
def send_messages() -> int:
    """Send what is due; returns how many attempts were made. Safe side by side and to be killed at any moment."""
    attempts = send_due_messages()
    approvals.beat("messages", now=timezone.now(), attempts=attempts)
    return attempts


def send_due_messages(*, clock: Callable[[], datetime] = timezone.now, limit: int = MAILS_PER_SWEEP) -> int:
    """Give dead senders' messages to people, then claim, deliver and settle one message after the other over one line.

    When the mail server cannot be reached the sweep stops: one message has lost an attempt, the rest waits without
    losing any.
    """
    services.expire_claims(actor=SENDER, now=clock())
    attempts = 0
    with Outbox() as outbox:
        while attempts < limit and (message := services.claim_message(now=clock())) is not None:
            attempts += 1
            outcome = outbox.deliver(message)
            services.settle_message(
                message_id=message.pk, claimed_until=message.next_at, outcome=outcome, actor=SENDER, now=clock()
            )
            if not outcome.has_line:
                log.warning("mail_server_not_reached", words=outcome.words)
                break
    return attempts
