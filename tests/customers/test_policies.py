"""What becomes of a message after an attempt."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from customers.policies import MAX_ATTEMPTS, NextStep, Verdict, after_attempt
from customers.states import MessageState


@pytest.mark.parametrize("attempts", [1, MAX_ATTEMPTS])
@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.ACCEPTED, MessageState.SENT),
        (Verdict.REFUSED, MessageState.FAILED),
        (Verdict.IN_DOUBT, MessageState.UNCONFIRMED),
    ],
)
def test_verdict_decides_whatever_the_attempts(
    verdict: Verdict, state: MessageState, attempts: int, now: datetime
) -> None:
    assert after_attempt(verdict, attempts=attempts, now=now) == NextStep(state)


def test_pauses_double_until_the_attempts_are_used_up(now: datetime) -> None:
    steps = [after_attempt(Verdict.POSTPONED, attempts=attempt, now=now) for attempt in range(1, MAX_ATTEMPTS + 1)]
    pauses = [step.next_at and step.next_at - now for step in steps]
    assert pauses == [*(timedelta(minutes=minutes) for minutes in (2, 4, 8, 16, 32)), None]
    assert steps[-1].state == MessageState.FAILED
