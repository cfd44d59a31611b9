"""What a person decides about a message that failed or whose outcome is unknown."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from approvals import services as approvals
from config.kit.actor import Actor
from customers.errors import MessageNotSettled, ReasonMissing
from customers.models import Message
from customers.services._locks import lock_message
from customers.services._transitions import move, write_trail
from customers.states import MessageState

CONFIRMED_BY = gettext_noop("confirmed by %(person)s")
_FOR_PEOPLE = frozenset({MessageState.FAILED, MessageState.UNCONFIRMED})


@transaction.atomic
def confirm_message(*, message_id: int, reason: str, actor: Actor, now: datetime) -> Message:
    """“It did go out”: a message of unknown outcome becomes sent, with the person as proof.

    Locks the message; stops its clock. Raises ReasonMissing, MessageNotSettled.
    """
    proof = (CONFIRMED_BY % {"person": actor.label})[:200]
    return _decide(message_id, MessageState.SENT, reason, actor, now, sent_at=now, proof=proof)


@transaction.atomic
def retry_message(*, message_id: int, reason: str, actor: Actor, now: datetime) -> Message:
    """“Send again”: the message waits for the next sweep with fresh attempts, under its old Message-ID.

    Locks the message. Its clock runs on until it is sent. Raises ReasonMissing, MessageNotSettled.
    """
    return _decide(message_id, MessageState.QUEUED, reason, actor, now, attempts=0, next_at=now)


@transaction.atomic
def drop_message(*, message_id: int, reason: str, actor: Actor, now: datetime) -> Message:
    """Give a message up for good. Locks the message; stops its clock. Raises ReasonMissing, MessageNotSettled."""
    return _decide(message_id, MessageState.DROPPED, reason, actor, now)


_ACTION = {
    MessageState.SENT: "customers.message_confirmed",
    MessageState.QUEUED: "customers.message_retried",
    MessageState.DROPPED: "customers.message_dropped",
}


def _decide(
    message_id: int, target: MessageState, reason: str, actor: Actor, now: datetime, **fields: object
) -> Message:
    if not reason.strip():
        raise ReasonMissing(field="reason")
    message = lock_message(message_id)
    before = message.state
    if before not in _FOR_PEOPLE:
        raise MessageNotSettled(current=MessageState(before).label, wanted=MessageState(target).label)
    move(message, target, **fields)
    write_trail(message, _ACTION[target], before, actor=actor, reason=reason, at=now)
    if target != MessageState.QUEUED:
        approvals.meet_deadlines(
            subject_type="customers.message", subject_ids=[message.pk], rules=["message_failed"], actor=actor, now=now
        )
    return message
