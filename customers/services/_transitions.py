"""The only place that assigns a message's state, called with a locked row; a trigger holds the same table."""

from __future__ import annotations

from typing import Any

from approvals import services as approvals
from config.kit.actor import Actor
from customers.errors import MessageNotSettled
from customers.models import Message
from customers.states import MESSAGE_TRANSITIONS, MessageState


def move(message: Message, target: MessageState, **fields: Any) -> None:
    """Move one locked message and write `fields` with it. Raises MessageNotSettled for a step that the table lacks."""
    if target not in MESSAGE_TRANSITIONS[message.state]:
        raise MessageNotSettled(current=MessageState(message.state).label, wanted=MessageState(target).label)
    message.state = target
    for name, value in fields.items():
        setattr(message, name, value)
    message.save(update_fields=["state", *fields])


def write_trail(message: Message, action: str, before: str, *, actor: Actor, reason: str = "", at: Any) -> None:
    """One line on the timeline of what the message is about: key → [state before, state after]; no personal data."""
    approvals.record_many(
        [
            approvals.Act(
                action=action,
                subject_type=message.subject_type,
                subject_id=message.subject_id,
                store_id=message.store_id,
                reason=reason,
                changes={message.key: [str(before), str(message.state)]},
            )
        ],
        actor=actor,
        at=at,
    )
