"""What a person decides about a failed message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from approvals.models import Deadline, TrailEntry
from config.kit.actor import Actor
from customers import services
from customers.errors import MessageNotSettled, ReasonMissing
from customers.models import Message
from customers.policies import LEASE
from customers.states import MESSAGE_TRANSITIONS, MessageState
from tests.factories.customers import MessageFactory

pytestmark = pytest.mark.django_db

DECISIONS = {
    services.confirm_message: MessageState.SENT,
    services.retry_message: MessageState.QUEUED,
    services.drop_message: MessageState.DROPPED,
}
POSSIBLE = {
    (MessageState.FAILED, services.retry_message),
    (MessageState.FAILED, services.drop_message),
    (MessageState.UNCONFIRMED, services.confirm_message),
    (MessageState.UNCONFIRMED, services.retry_message),
    (MessageState.UNCONFIRMED, services.drop_message),
}


def unsettled(now: datetime, actor: Actor) -> Message:
    """A message whose sender died, with its clock running."""
    message = MessageFactory(state=MessageState.SENDING, attempts=1, next_at=now - LEASE, subject_id=5)
    services.expire_claims(actor=actor, now=now)
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("state", MessageState)
@pytest.mark.parametrize("decide", DECISIONS)
def test_decisions_are_possible_exactly_where_a_person_is_asked(
    decide: Callable[..., Message], state: MessageState, staff: Actor, now: datetime
) -> None:
    message = MessageFactory(state=state, attempts=6, sent_at=now)
    before = Message.objects.filter(pk=message.pk).values().get()
    if (state, decide) in POSSIBLE:
        assert decide(message_id=message.pk, reason="seen in the log", actor=staff, now=now).state == DECISIONS[decide]
        assert TrailEntry.objects.get().reason == "seen in the log"
    else:
        with pytest.raises(MessageNotSettled):
            decide(message_id=message.pk, reason="seen in the log", actor=staff, now=now)
        assert Message.objects.filter(pk=message.pk).values().get() == before
        assert TrailEntry.objects.count() == 0


@pytest.mark.parametrize("decide", DECISIONS)
def test_decision_without_a_reason_changes_nothing(decide: Callable[..., Message], staff: Actor, now: datetime) -> None:
    message = MessageFactory(state=MessageState.UNCONFIRMED)
    with pytest.raises(ReasonMissing):
        decide(message_id=message.pk, reason="  ", actor=staff, now=now)
    message.refresh_from_db()
    assert (message.state, TrailEntry.objects.count()) == (MessageState.UNCONFIRMED, 0)


def test_confirming_names_the_person_as_proof_and_stops_the_clock(actor: Actor, staff: Actor, now: datetime) -> None:
    message = unsettled(now, actor)
    message = services.confirm_message(message_id=message.pk, reason="in the log", actor=staff, now=now)
    assert (message.state, message.sent_at, message.proof) == (MessageState.SENT, now, f"confirmed by {staff.label}")
    assert Deadline.objects.get().state == "met"


def test_retrying_gives_fresh_attempts_and_leaves_the_clock_running(actor: Actor, staff: Actor, now: datetime) -> None:
    message = unsettled(now, actor)
    message = services.retry_message(message_id=message.pk, reason="not in the log", actor=staff, now=now)
    assert (message.attempts, message.next_at, Deadline.objects.get().state) == (0, now, "running")


def test_dropping_stops_the_clock(actor: Actor, staff: Actor, now: datetime) -> None:
    message = unsettled(now, actor)
    services.drop_message(message_id=message.pk, reason="buyer was called", actor=staff, now=now)
    assert Deadline.objects.get().state == "met"


@pytest.mark.parametrize("source", MessageState)
@pytest.mark.parametrize("target", MessageState)
def test_database_knows_the_same_transitions(source: MessageState, target: MessageState, now: datetime) -> None:
    message = MessageFactory(state=source, sent_at=now)
    rows = Message.objects.filter(pk=message.pk)
    if target == source or target in MESSAGE_TRANSITIONS[source]:
        assert rows.update(state=target) == 1
    else:
        with pytest.raises(Exception, match="Invalid transition"):
            rows.update(state=target)
