"""The mailbox of a system without a mail server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from customers.models import MailboxItem
from customers.tasks import send_due_messages
from tests.conftest import RoleClient
from tests.factories.customers import MessageFactory

pytestmark = pytest.mark.django_db

LIST_QUERIES = 5  # session, person, rights, rows, saved views


@pytest.fixture
def delivered(settings: Any, now: datetime) -> Callable[[int], list[MailboxItem]]:
    """Mails that went through the sweep into the mailbox."""

    def deliver(count: int) -> list[MailboxItem]:
        settings.EMAIL_BACKEND = "customers.mailbox.MailboxBackend"
        MessageFactory.create_batch(count)
        send_due_messages(clock=lambda: now)
        return list(MailboxItem.objects.order_by("pk"))

    return deliver


@pytest.mark.parametrize("count", [1, 3])
def test_mailbox_takes_the_same_queries_for_one_mail_and_three(
    client_as: Callable[..., RoleClient],
    delivered: Callable[[int], list[MailboxItem]],
    django_assert_num_queries: Callable[[int], Any],
    count: int,
) -> None:
    client = client_as("ADMIN")
    delivered(count)
    client.get(reverse("customers:mailbox"))
    with django_assert_num_queries(LIST_QUERIES):
        response = client.get(reverse("customers:mailbox"))
    assert len(response.context["rows"]) == count


def test_mail_can_be_read(client_as: Callable[..., RoleClient], delivered: Callable[[int], list[MailboxItem]]) -> None:
    (item,) = delivered(1)
    text = client_as("ADMIN").get(reverse("customers:mailbox_item", args=[item.pk])).text
    assert ("Z2603100001" in text, "¥217.50" in text, item.recipients in text) == (True, True, False)


def test_mailbox_is_not_there_with_a_mail_server(
    client_as: Callable[..., RoleClient], delivered: Callable[[int], list[MailboxItem]], settings: Any
) -> None:
    (item,) = delivered(1)
    settings.EMAIL_URL = "smtp://mail.example.com"
    client = client_as("ADMIN")
    places = [reverse("customers:mailbox"), reverse("customers:mailbox_item", args=[item.pk])]
    assert [client.get(place).status_code for place in places] == [404, 404]


def test_mailbox_needs_the_right(client_as: Callable[..., RoleClient]) -> None:
    assert client_as("CS").get(reverse("customers:mailbox")).status_code == 403
