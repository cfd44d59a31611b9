"""What becomes of a message after an attempt. Pure: facts and now in, decision out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from config.kit.sweep import backoff
from customers.states import MessageState

MAX_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)
# Longer than any conversation with a mail server whose every step may take settings.EMAIL_TIMEOUT.
LEASE = timedelta(minutes=10)


class Verdict(StrEnum):
    """What the mail server made of an attempt. `IN_DOUBT`: the line broke after the text had been on its way."""

    ACCEPTED = "accepted"
    POSTPONED = "postponed"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt: the verdict with the server's words.

    `has_line` is False when the next mail would meet the same broken line.
    """

    verdict: Verdict
    words: str
    has_line: bool = True


@dataclass(frozen=True, slots=True)
class NextStep:
    """The message's next state, and the time of the next attempt if there is one."""

    state: MessageState
    next_at: datetime | None = None


def after_attempt(verdict: Verdict, *, attempts: int, now: datetime) -> NextStep:
    """Where a message goes after its `attempts`-th attempt: an uncertain one is never repeated without a person."""
    match verdict:
        case Verdict.ACCEPTED:
            return NextStep(MessageState.SENT)
        case Verdict.IN_DOUBT:
            return NextStep(MessageState.UNCONFIRMED)
        case Verdict.POSTPONED if attempts < MAX_ATTEMPTS:
            pause = backoff(max(attempts - 1, 0), now=now, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
            return NextStep(MessageState.QUEUED, pause)
    return NextStep(MessageState.FAILED)
