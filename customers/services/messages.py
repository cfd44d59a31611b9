"""Queueing messages: rows written in the transaction of their cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.kit.sql import insert_rows
from customers.models import Message
from customers.states import MessageState

_COLUMNS = (
    "key",
    "template",
    "customer",
    "store_id",
    "subject_type",
    "subject_id",
    "recipient",
    "language",
    "context",
    "state",
    "attempts",
    "next_at",
    "created_at",
    "proof",
    "error",
)


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """One mail to be. `key` names its cause ("order_confirmation:42"): the same key is queued once, whoever asks again.

    `template` is a name below templates/customers/mail/, `context` plain JSON (amounts as text) for it.
    `subject_type` and `subject_id` say what it is about, for the timeline of that subject.
    """

    key: str
    template: str
    customer_id: int | None
    store_id: int
    subject_type: str
    subject_id: int
    recipient: str
    language: str
    context: Mapping[str, Any]


def queue_messages(*, drafts: Sequence[MessageDraft], now: datetime) -> int:
    """Queue mails in one statement; returns how many are new.

    Drafts without a recipient and keys that exist are left out. Takes no lock and no savepoint: the statement
    is atomic by itself, and the intake that calls it has its own transaction. A sweep sends the mails after commit
    (customers.send_messages).
    """
    rows = [
        (
            draft.key,
            draft.template,
            draft.customer_id,
            draft.store_id,
            draft.subject_type,
            draft.subject_id,
            draft.recipient[:254],
            draft.language[:10],
            dict(draft.context),
            MessageState.QUEUED.value,
            0,
            now,
            now,
            "",
            "",
        )
        for draft in drafts
        if draft.recipient
    ]
    return len(insert_rows(Message, _COLUMNS, rows, tail="ON CONFLICT (key) DO NOTHING RETURNING id"))
