"""Queueing: one statement, once per cause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from customers import services
from customers.models import Message
from customers.services import MessageDraft
from customers.states import MessageState
from tests.factories.customers import confirmation_context

pytestmark = pytest.mark.django_db

DRAFT = MessageDraft(
    key="order_confirmation:1",
    template="order_confirmation",
    customer_id=None,
    store_id=3,
    subject_type="orders.order",
    subject_id=1,
    recipient="buyer@example.com",
    language="zh-hans",
    context=confirmation_context(),
)


def test_drafts_become_waiting_messages(now: datetime) -> None:
    assert services.queue_messages(drafts=[DRAFT], now=now) == 1
    message = Message.objects.get()
    assert (message.key, message.recipient, message.store_id) == (DRAFT.key, "buyer@example.com", 3)
    assert (message.state, message.attempts, message.next_at, message.created_at) == (MessageState.QUEUED, 0, now, now)
    assert (message.context, message.sent_at, message.proof) == (confirmation_context(), None, "")


@pytest.mark.parametrize(("count", "statements"), [(0, 0), (1, 1), (50, 1)])
def test_queueing_takes_one_statement(
    django_assert_num_queries: Callable[[int], Any], now: datetime, count: int, statements: int
) -> None:
    drafts = [replace(DRAFT, key=f"order_confirmation:{number}") for number in range(count)]
    with django_assert_num_queries(statements):
        assert services.queue_messages(drafts=drafts, now=now) == count


def test_same_key_is_queued_once_and_nothing_of_the_first_changes(now: datetime) -> None:
    services.queue_messages(drafts=[DRAFT], now=now)
    again = replace(DRAFT, recipient="other@example.com")
    assert services.queue_messages(drafts=[again, again, replace(DRAFT, key="new")], now=now) == 1
    assert list(Message.objects.order_by("pk").values_list("key", "recipient")) == [
        ("order_confirmation:1", "buyer@example.com"),
        ("new", "buyer@example.com"),
    ]


def test_drafts_without_a_recipient_are_left_out(now: datetime) -> None:
    assert services.queue_messages(drafts=[replace(DRAFT, recipient="")], now=now) == 0


def test_overlong_address_does_not_stop_an_intake(now: datetime) -> None:
    assert (
        services.queue_messages(
            drafts=[replace(DRAFT, recipient="x" * 400 + "@example.com", language="zh-Hans-CN-x")], now=now
        )
        == 1
    )
