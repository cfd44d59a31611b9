"""Sending through a real mail server: once, in the buyer's language, with proof; and what becomes of refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext

from approvals.models import Deadline, TrailEntry
from customers.delivery import message_id
from customers.models import MailboxItem, Message
from customers.policies import FIRST_PAUSE, LEASE, MAX_ATTEMPTS
from customers.states import MessageState
from customers.tasks import send_due_messages
from tests.factories.customers import MessageFactory
from tests.factories.stores import ShopFactory
from tests.support.mail import ACCEPTED, Post, no_mail_server

pytestmark = pytest.mark.django_db


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def test_message_is_sent_once_with_proof(post: Post, now: datetime) -> None:
    message = MessageFactory(recipient="buyer@example.com")
    assert [send_due_messages(clock=at(now)), send_due_messages(clock=at(now))] == [1, 0]
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, now, 1)
    assert message.proof == f"{message_id(message)} · {ACCEPTED}"
    assert post.recipients == ["buyer@example.com"]
    assert [mail["Message-ID"] for mail in post.mails] == [message_id(message)]


def test_sent_message_stands_on_the_timeline_of_its_subject(post: Post, now: datetime) -> None:
    message = MessageFactory(subject_id=7)
    send_due_messages(clock=at(now))
    entry = TrailEntry.objects.about("orders.order", 7).get()
    assert (entry.action, entry.changes) == ("customers.message_sent", {message.key: ["sending", "sent"]})


def test_mail_comes_from_the_shop_and_is_answered_to_it(post: Post, now: datetime) -> None:
    MessageFactory(shop=ShopFactory(name="茶舍", contact_email="hello@tea.example"))
    send_due_messages(clock=at(now))
    mail = post.mails[0]
    assert (mail["From"].addresses[0].display_name, mail["Reply-To"]) == ("茶舍", "hello@tea.example")
    assert mail["From"].addresses[0].addr_spec == "noreply@example.com"


@pytest.mark.parametrize(
    ("asked", "spoken"), [("en", "en"), ("zh-hans", "zh-hans"), ("zh-CN", "zh-hans"), ("de", "en"), ("", "zh-hans")]
)
def test_mail_speaks_the_buyers_language(post: Post, now: datetime, asked: str, spoken: str) -> None:
    MessageFactory(language=asked)
    with translation.override("en" if spoken != "en" else "zh-hans"):  # whatever the worker speaks
        send_due_messages(clock=at(now))
    mail = post.mails[0]
    with translation.override(spoken):
        greeting = gettext("Order number")
    assert mail["Content-Language"] == spoken
    assert f"{greeting}: Z2603100001\n" in mail.get_body(("plain",)).get_content()
    assert f'<html lang="{spoken}">' in mail.get_body(("html",)).get_content()


def test_mail_says_what_was_ordered_and_hides_the_recipient(post: Post, now: datetime) -> None:
    MessageFactory(shop=ShopFactory(name="Tea House", contact_email="hello@tea.example"), language="en")
    send_due_messages(clock=at(now))
    mail = post.mails[0]
    assert mail["Subject"] == "Tea House: your order Z2603100001 has reached us"
    assert mail.get_body(("plain",)).get_content() == (
        "Hello 王**,\n\n"
        "thank you for your order at Tea House. It has reached us; we will pack it next.\n\n"
        "Order number: Z2603100001\nNumber on the platform: TB-778899\n\n"
        "龙井茶 250g × 2    ¥199.00\nCup <small> × 1    ¥8.50\n\n"
        "Shipping: ¥10.00\nTotal: ¥217.50 (CNY)\n\n"
        "Is something wrong? Answer this mail or write to hello@tea.example.\n\n"
        "Tea House\n"
    )
    assert "Cup &lt;small&gt;" in mail.get_body(("html",)).get_content()


def test_text_refused_for_now_waits_and_is_sent_later(post: Post, now: datetime) -> None:
    message = MessageFactory()
    post.answers = ["451 4.3.0 try later"]
    send_due_messages(clock=at(now))
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (MessageState.QUEUED, 1, "451 4.3.0 try later")
    assert message.next_at == now + FIRST_PAUSE
    assert send_due_messages(clock=at(now + FIRST_PAUSE - timedelta(seconds=1))) == 0
    assert send_due_messages(clock=at(now + FIRST_PAUSE)) == 1
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == (MessageState.SENT, 2, "")
    assert (len(post.mails), Deadline.objects.count()) == (1, 0)


@pytest.mark.parametrize("where", ["answers", "recipient_answers"])
def test_refusal_for_good_is_a_task_for_a_person(post: Post, now: datetime, where: str) -> None:
    message = MessageFactory(subject_id=9)
    setattr(post, where, ["550 5.1.1 no such person"])
    send_due_messages(clock=at(now))
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.FAILED, "550 5.1.1 no such person")
    clock = Deadline.objects.get()
    assert (clock.rule.code, clock.subject_type, clock.subject_id) == (
        "message_failed",
        "customers.message",
        message.pk,
    )
    assert (clock.owner_role, clock.store_id, clock.subject_label) == ("CS", message.store_id, "Z2603100001")
    assert TrailEntry.objects.about("orders.order", 9).get().action == "customers.message_failed"
    assert send_due_messages(clock=at(now + timedelta(days=1))) == 0


def test_attempts_are_used_up_after_six(post: Post, now: datetime) -> None:
    message = MessageFactory()
    post.answers = ["451 4.3.0 try later"] * (MAX_ATTEMPTS + 1)
    moment, states = now, []
    for _attempt in range(MAX_ATTEMPTS):
        assert send_due_messages(clock=at(moment)) == 1
        message.refresh_from_db()
        states.append(message.state)
        moment = message.next_at
    assert states == [MessageState.QUEUED] * (MAX_ATTEMPTS - 1) + [MessageState.FAILED]
    assert send_due_messages(clock=at(moment + timedelta(days=30))) == 0


def test_refused_mail_does_not_stop_the_next_and_one_line_serves_all(post: Post, now: datetime) -> None:
    messages = MessageFactory.create_batch(3)
    post.recipient_answers = ["250 OK", "550 5.1.1 no such person"]
    assert send_due_messages(clock=at(now)) == 3
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "failed", "sent"]
    assert post.recipients == [messages[0].recipient, messages[2].recipient]
    assert post.connections == 1


def test_unreachable_mail_server_costs_one_message_an_attempt_and_the_rest_none(now: datetime) -> None:
    MessageFactory.create_batch(3)
    with no_mail_server():
        assert send_due_messages(clock=at(now)) == 1
    rows = Message.objects.order_by("pk").values_list("state", "attempts")
    assert list(rows) == [("queued", 1), ("queued", 0), ("queued", 0)]
    assert "ConnectionRefusedError" in Message.objects.order_by("pk")[0].error


def test_line_that_breaks_after_the_text_leaves_the_outcome_to_a_person(post: Post, now: datetime) -> None:
    message = MessageFactory()
    post.is_rude = True
    assert send_due_messages(clock=at(now)) == 1
    message.refresh_from_db()
    assert (message.state, len(post.mails)) == (MessageState.UNCONFIRMED, 1)
    assert Deadline.objects.filter(subject_id=message.pk, rule__code="message_failed").count() == 1
    assert send_due_messages(clock=at(now + timedelta(days=1))) == 0


def test_dead_senders_message_becomes_unconfirmed_after_the_lease(post: Post, now: datetime) -> None:
    message = MessageFactory(state=MessageState.SENDING, attempts=1, next_at=now + LEASE)
    assert send_due_messages(clock=at(now + LEASE - timedelta(seconds=1))) == 0
    message.refresh_from_db()
    assert message.state == MessageState.SENDING
    assert send_due_messages(clock=at(now + LEASE)) == 0
    message.refresh_from_db()
    assert (message.state, post.mails) == (MessageState.UNCONFIRMED, [])


def test_message_without_a_readable_template_is_a_task_and_no_obstacle(post: Post, now: datetime) -> None:
    broken, fine = MessageFactory(template="no_such_template"), MessageFactory()
    assert send_due_messages(clock=at(now)) == 2
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.state, fine.state) == (MessageState.FAILED, MessageState.SENT)
    assert broken.error.startswith("TemplateDoesNotExist")


def test_mailbox_takes_the_mails_of_a_system_without_mail_server(settings: Any, now: datetime) -> None:
    settings.EMAIL_BACKEND = "customers.mailbox.MailboxBackend"
    message = MessageFactory(recipient="buyer@example.com")
    assert send_due_messages(clock=at(now)) == 1
    message.refresh_from_db()
    item = MailboxItem.objects.get()
    assert (message.state, message.proof) == (MessageState.SENT, message_id(message))
    assert (item.recipients, item.message_id) == ("buyer@example.com", message_id(message))
