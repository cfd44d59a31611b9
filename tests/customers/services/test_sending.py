"""Claim and settle, where a late or foreign proof meets a decision."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from approvals.models import Deadline, TrailEntry
from config.kit.actor import Actor
from customers import services
from customers.models import Message
from customers.policies import LEASE, Outcome, Verdict
from customers.states import MessageState
from tests.factories.customers import MessageFactory

pytestmark = pytest.mark.django_db
SENT = Outcome(Verdict.ACCEPTED, "proof")


def test_claim_takes_the_longest_waiting_and_holds_it_for_the_lease(now: datetime) -> None:
    MessageFactory(next_at=now)
    old = MessageFactory(next_at=now - timedelta(hours=1))
    claimed = services.claim_message(now=now)
    assert claimed == old
    old.refresh_from_db()
    assert (old.state, old.attempts, old.next_at) == (MessageState.SENDING, 1, now + LEASE)


def test_claim_takes_nothing_that_is_not_due(now: datetime) -> None:
    MessageFactory(next_at=now + timedelta(seconds=1))
    MessageFactory(state=MessageState.SENDING)
    assert services.claim_message(now=now) is None


def test_proof_after_the_lease_still_counts(actor: Actor, now: datetime) -> None:
    message = MessageFactory()
    claimed = services.claim_message(now=now)
    assert claimed is not None
    later = now + LEASE
    services.expire_claims(actor=actor, now=later)
    assert Deadline.objects.get().state == "running"
    settled = services.settle_message(
        message_id=message.pk, claimed_until=claimed.next_at, outcome=SENT, actor=actor, now=later
    )
    assert (settled.state, settled.proof, settled.error) == (MessageState.SENT, "proof", "")
    assert Deadline.objects.get().state == "met"


@pytest.mark.parametrize("verdict", [Verdict.POSTPONED, Verdict.REFUSED, Verdict.IN_DOUBT])
def test_other_words_after_the_lease_change_nothing(actor: Actor, now: datetime, verdict: Verdict) -> None:
    message = MessageFactory()
    claimed = services.claim_message(now=now)
    assert claimed is not None
    services.expire_claims(actor=actor, now=now + LEASE)
    before = Message.objects.filter(pk=message.pk).values().get()
    services.settle_message(
        message_id=message.pk,
        claimed_until=claimed.next_at,
        outcome=Outcome(verdict, "late"),
        actor=actor,
        now=now + LEASE,
    )
    assert Message.objects.filter(pk=message.pk).values().get() == before


def test_stale_proof_does_not_settle_another_senders_claim(actor: Actor, staff: Actor, now: datetime) -> None:
    message = MessageFactory()
    first = services.claim_message(now=now)
    assert first is not None
    services.expire_claims(actor=actor, now=now + LEASE)
    services.retry_message(message_id=message.pk, reason="not in the log", actor=staff, now=now + LEASE)
    second = services.claim_message(now=now + LEASE)
    assert second is not None
    services.settle_message(
        message_id=message.pk, claimed_until=first.next_at, outcome=SENT, actor=actor, now=now + LEASE
    )
    message.refresh_from_db()
    assert message.state == MessageState.SENDING
    services.settle_message(
        message_id=message.pk, claimed_until=second.next_at, outcome=SENT, actor=actor, now=now + LEASE
    )
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_expired_claim_is_written_to_the_trail_and_starts_a_clock(actor: Actor, now: datetime) -> None:
    message = MessageFactory(state=MessageState.SENDING, next_at=now, subject_id=5)
    assert services.expire_claims(actor=actor, now=now).handled == 1
    assert TrailEntry.objects.about("orders.order", 5).get().changes == {message.key: ["sending", "unconfirmed"]}
    assert Deadline.objects.get().subject_id == message.pk
