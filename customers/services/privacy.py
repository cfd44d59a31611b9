"""Personal data: shown once for a reason, or erased for good."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from approvals import services as approvals
from config.kit.actor import Actor
from customers.errors import IdentityGone, ReasonMissing
from customers.models import Customer, Identity, MailboxItem, Message
from customers.services._locks import lock_customer, lock_messages_of
from customers.services._transitions import move, write_trail
from customers.states import MESSAGE_TRANSITIONS, IdentityKind, MessageState

NAME = "name"


@transaction.atomic
def reveal_identity(*, identity_id: int, reason: str, actor: Actor, now: datetime) -> str:
    """The plain value of one identity, for one look; the trail keeps who looked and why, never the value.

    Locks the customer. Raises ReasonMissing, IdentityGone.
    """
    _require(reason)
    identity = Identity.objects.filter(pk=identity_id).first()
    if identity is None:
        raise IdentityGone()
    customer = lock_customer(identity.customer_id)
    _write_look(customer, IdentityKind(identity.kind).value, actor=actor, reason=reason, now=now)
    return identity.value


@transaction.atomic
def reveal_name(*, customer_id: int, reason: str, actor: Actor, now: datetime) -> str:
    """A customer's full name, on the same terms as `reveal_identity`. Locks the customer. Raises ReasonMissing."""
    _require(reason)
    customer = lock_customer(customer_id)
    _write_look(customer, NAME, actor=actor, reason=reason, now=now)
    return customer.name


@transaction.atomic
def anonymise_customer(*, customer_id: int, reason: str, actor: Actor, now: datetime) -> Customer:
    """Forget who a customer is: identities, name, search tokens, and the words of every message to them.

    Cannot be undone. Locks the customer, then the messages. Messages that still waited are dropped. The trail
    keeps that it was done and what kinds of data there were. The customer's orders are not touched. A second call
    changes nothing. Raises ReasonMissing.
    """
    _require(reason)
    customer = lock_customer(customer_id)
    if customer.erased_at is not None:
        return customer
    identities = Identity.objects.filter(customer=customer)
    kinds = sorted(identities.values_list("kind", flat=True))
    addresses = identities.filter(kind=IdentityKind.EMAIL).values_list("value", flat=True)
    _forget_messages(customer, list(addresses), actor=actor, reason=reason, now=now)
    identities.delete()
    customer.name, customer.search_tokens, customer.erased_at = "", [], now
    customer.save(update_fields=["name", "search_tokens", "erased_at"])
    approvals.record(
        "customers.anonymised", customer, actor=actor, reason=reason, changes={"identities": [kinds, []]}, at=now
    )
    return customer


def _forget_messages(customer: Customer, addresses: list[str], *, actor: Actor, reason: str, now: datetime) -> None:
    messages = lock_messages_of(customer.pk)
    recipients = {message.recipient for message in messages if message.recipient}
    for message in messages:
        before = message.state
        if MessageState.DROPPED in MESSAGE_TRANSITIONS[before]:
            move(message, MessageState.DROPPED)
            write_trail(message, "customers.message_dropped", before, actor=actor, reason=reason, at=now)
    keys = [message.pk for message in messages]
    Message.objects.filter(pk__in=keys).update(recipient="", context={}, error="")
    MailboxItem.objects.filter(recipients__in=[*recipients, *addresses]).delete()
    approvals.withdraw_deadlines(
        subject_type="customers.message",
        subject_ids=keys,
        rules=["message_failed"],
        actor=actor,
        reason=reason,
        now=now,
    )


def _write_look(customer: Customer, what: str, *, actor: Actor, reason: str, now: datetime) -> None:
    approvals.record(
        "customers.personal_data_revealed",
        customer,
        actor=actor,
        reason=reason,
        changes={what: ["***", "shown"]},
        at=now,
    )


def _require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(field="reason")
