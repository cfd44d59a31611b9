"""The sender's three steps, each in a transaction of its own: claim, then (outside) the mail server, then settle."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.sweep import SweepResult, sweep
from customers.models import Message
from customers.policies import LEASE, Outcome, Verdict, after_attempt
from customers.services._locks import lock_message
from customers.services._transitions import move, write_trail
from customers.states import MessageState

log = structlog.get_logger(__name__)
_SENDER_GONE = gettext_noop("The sender stopped before it wrote down the outcome: the mail may have gone out.")
_ACTION = {
    MessageState.SENT: "customers.message_sent",
    MessageState.FAILED: "customers.message_failed",
    MessageState.UNCONFIRMED: "customers.message_unconfirmed",
}


@transaction.atomic(durable=True)
def claim_message(*, now: datetime) -> Message | None:
    """Take the message that has waited longest, for `LEASE`; None when none is due. Committed before anything is sent.

    Messages that another sender is claiming are skipped. The claim is known again by its `next_at`.
    """
    due = Message.objects.filter(state=MessageState.QUEUED, next_at__lte=now).order_by("next_at", "id")
    message = due.select_for_update(skip_locked=True).first()
    if message is not None:
        move(message, MessageState.SENDING, attempts=message.attempts + 1, next_at=now + LEASE)
    return message


@transaction.atomic
def settle_message(
    *, message_id: int, claimed_until: datetime | None, outcome: Outcome, actor: Actor, now: datetime
) -> Message:
    """Write down what the mail server said. Locks the message; returns it fresh.

    A proof that comes after the lease still counts, as long as nobody has decided otherwise; later it is only logged.
    """
    message = lock_message(message_id)
    still_ours = message.next_at == claimed_until
    waits_for_us = message.state == MessageState.SENDING
    proof_is_late = message.state == MessageState.UNCONFIRMED and outcome.verdict is Verdict.ACCEPTED
    if not (still_ours and (waits_for_us or proof_is_late)):
        log.warning(
            "message_settled_by_somebody_else", message=message.key, state=message.state, verdict=outcome.verdict
        )
        return message
    step = after_attempt(outcome.verdict, attempts=message.attempts, now=now)
    before, has_failed_before = message.state, bool(message.error)
    if step.state == MessageState.SENT:
        move(message, step.state, sent_at=now, proof=outcome.words[:200], error="")
        if has_failed_before:
            _stop_clock(message, actor=actor, now=now)
    else:
        next_at = step.next_at or message.next_at
        move(message, step.state, next_at=next_at, error=outcome.words[:2000])
    if step.state != MessageState.QUEUED:
        write_trail(message, _ACTION[step.state], before, actor=actor, at=now)
    if step.state in (MessageState.FAILED, MessageState.UNCONFIRMED):
        _start_clock(message, now)
    return message


def expire_claims(*, actor: Actor, now: datetime) -> SweepResult:
    """Messages whose sender died become "outcome unknown": a person decides, nothing sends them again by itself."""

    def forget(message: Message) -> None:
        before = message.state
        move(message, MessageState.UNCONFIRMED, error=_SENDER_GONE)
        write_trail(message, _ACTION[MessageState.UNCONFIRMED], before, actor=actor, at=now)
        _start_clock(message, now)

    return sweep(
        lambda: Message.objects.filter(state=MessageState.SENDING, next_at__lte=now).order_by("next_at", "id"),
        forget,
        postpone=lambda pk, error: _look_later(pk, now),
    )


def _look_later(message_id: int, now: datetime) -> None:
    Message.objects.filter(pk=message_id).update(next_at=now + timedelta(minutes=5))


def _start_clock(message: Message, now: datetime) -> None:
    approvals.start_deadlines(
        [
            approvals.DeadlineStart(
                rule="message_failed",
                subject_type="customers.message",
                subject_id=message.pk,
                subject_label=str(message.context.get("number") or message.key),
                store_id=message.store_id,
                owner_role="CS",
                starts_at=now,
            )
        ],
        now=now,
    )


def _stop_clock(message: Message, *, actor: Actor, now: datetime) -> None:
    approvals.meet_deadlines(
        subject_type="customers.message", subject_ids=[message.pk], rules=["message_failed"], actor=actor, now=now
    )
