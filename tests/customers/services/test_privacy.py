"""Personal data: shown for a reason, erased for good."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from approvals.models import Deadline, TrailEntry
from config.kit.actor import Actor
from customers import services
from customers.errors import IdentityGone, ReasonMissing
from customers.models import Customer, Identity, MailboxItem, Message
from customers.policies import LEASE
from customers.selectors import customers_matching
from customers.states import MessageState
from tests.factories.customers import CustomerFactory, IdentityFactory, MessageFactory

pytestmark = pytest.mark.django_db
PHONE = "+8613800138000"


def test_revealing_gives_the_value_and_keeps_who_and_why_but_not_the_value(staff: Actor, now: datetime) -> None:
    identity = IdentityFactory(value=PHONE)
    assert services.reveal_identity(identity_id=identity.pk, reason="wants a call", actor=staff, now=now) == PHONE
    entry = TrailEntry.objects.about("customers.customer", identity.customer_id).get()
    assert (entry.action, entry.reason, entry.actor_label) == (
        "customers.personal_data_revealed",
        "wants a call",
        staff.label,
    )
    assert PHONE not in str(entry.changes)


def test_revealing_the_name_writes_a_trail_row(staff: Actor, now: datetime) -> None:
    customer = CustomerFactory(name="王小明")
    assert services.reveal_name(customer_id=customer.pk, reason="letter", actor=staff, now=now) == "王小明"
    assert TrailEntry.objects.get().changes == {"name": ["***", "shown"]}


def test_without_a_reason_nothing_is_shown_and_nothing_written(staff: Actor, now: datetime) -> None:
    identity = IdentityFactory()
    with pytest.raises(ReasonMissing):
        services.reveal_identity(identity_id=identity.pk, reason=" ", actor=staff, now=now)
    with pytest.raises(ReasonMissing):
        services.reveal_name(customer_id=identity.customer_id, reason=" ", actor=staff, now=now)
    assert TrailEntry.objects.count() == 0


def test_identity_that_is_gone_is_a_refusal(staff: Actor, now: datetime) -> None:
    with pytest.raises(IdentityGone):
        services.reveal_identity(identity_id=4711, reason="call", actor=staff, now=now)
    assert TrailEntry.objects.count() == 0


def test_erasing_leaves_nothing_that_says_who_it_was(staff: Actor, now: datetime) -> None:
    customer = CustomerFactory(identities=[("phone", PHONE), ("email", "ming@example.com")])
    stranger = CustomerFactory(name="李雷", identities=[("phone", "+8613900139000")])
    sent = MessageFactory(customer=customer, state=MessageState.SENT, sent_at=now, recipient="ming@example.com")
    MailboxItem.objects.create(
        sender="x@example.com", recipients="ming@example.com", subject="s", body="b", message_id="m"
    )
    customer = services.anonymise_customer(customer_id=customer.pk, reason="asked for it", actor=staff, now=now)
    assert (customer.name, customer.search_tokens, customer.erased_at) == ("", [], now)
    assert list(Identity.objects.values_list("customer_id", flat=True)) == [stranger.pk]
    sent.refresh_from_db()
    assert (sent.state, sent.recipient, sent.context) == (MessageState.SENT, "", {})
    assert MailboxItem.objects.count() == 0
    found = [
        list(customers_matching(Customer.objects.all(), words)) for words in ("小明", "8000", PHONE, "ming@example.com")
    ]
    assert found == [[], [], [], []]


def test_erasing_keeps_the_trail_without_personal_data(staff: Actor, now: datetime) -> None:
    customer = CustomerFactory(identities=[("phone", PHONE), ("email", "ming@example.com")])
    services.anonymise_customer(customer_id=customer.pk, reason="asked for it", actor=staff, now=now)
    entry = TrailEntry.objects.about("customers.customer", customer.pk).get()
    assert (entry.action, entry.changes) == ("customers.anonymised", {"identities": [["email", "phone"], []]})


def test_erasing_drops_waiting_messages_and_ends_their_clocks(actor: Actor, staff: Actor, now: datetime) -> None:
    customer = CustomerFactory()
    MessageFactory(customer=customer)
    MessageFactory(customer=customer, state=MessageState.SENDING, next_at=now - LEASE)
    services.expire_claims(actor=actor, now=now)
    services.anonymise_customer(customer_id=customer.pk, reason="asked for it", actor=staff, now=now)
    assert set(Message.objects.values_list("state", "recipient", "error")) == {(MessageState.DROPPED, "", "")}
    assert Deadline.objects.get().state == "withdrawn"


def test_erasing_again_changes_nothing(staff: Actor, now: datetime) -> None:
    customer = CustomerFactory()
    first = services.anonymise_customer(customer_id=customer.pk, reason="asked for it", actor=staff, now=now)
    again = services.anonymise_customer(customer_id=customer.pk, reason="asked twice", actor=staff, now=now)
    assert (again.erased_at, TrailEntry.objects.count()) == (first.erased_at, 1)


def test_erasing_needs_a_reason(staff: Actor, now: datetime) -> None:
    customer = CustomerFactory(identities=[("phone", PHONE)])
    with pytest.raises(ReasonMissing):
        services.anonymise_customer(customer_id=customer.pk, reason="", actor=staff, now=now)
    customer.refresh_from_db()
    assert (customer.name, customer.erased_at, Identity.objects.count()) == ("王小明", None, 1)


def test_database_refuses_an_erased_customer_with_a_name(staff: Actor, now: datetime) -> None:
    customer = CustomerFactory()
    services.anonymise_customer(customer_id=customer.pk, reason="asked for it", actor=staff, now=now)
    with pytest.raises(IntegrityError, match="erased_customer_has_no_name"), transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(name="王小明")
