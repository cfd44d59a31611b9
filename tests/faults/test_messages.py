"""No mail is sent twice, whatever is killed, and however many sweeps run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from customers import services
from customers.delivery import Outbox, message_id
from customers.models import Message
from customers.policies import LEASE
from customers.states import MessageState
from customers.tasks import send_due_messages
from tests.factories.customers import MessageFactory
from tests.factories.stores import ShopFactory
from tests.support.concurrency import run_concurrently
from tests.support.mail import Post, mail_server

pytestmark = pytest.mark.django_db(transaction=True)

_SENDER = "import django; django.setup(); from customers.tasks import send_messages; send_messages()"


def _start_sender(post: Post) -> subprocess.Popen[bytes]:
    """A sender in a process of its own, on the test's database and mail server."""
    given = connection.settings_dict
    address = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    words = {"DATABASE_URL": address, "EMAIL_URL": f"smtp://127.0.0.1:{post.port}", "ZHANGGUI_PROCESS": "worker"}
    return subprocess.Popen(
        [sys.executable, "-c", _SENDER],
        env=os.environ | words | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        cwd=Path(settings.BASE_DIR),
    )


def test_sender_killed_after_the_server_took_the_mail_leaves_it_to_a_person() -> None:
    message = MessageFactory()
    with mail_server() as post:
        holder: list[subprocess.Popen[bytes]] = []

        def kill_the_sender() -> None:
            os.kill(holder[0].pid, signal.SIGKILL)
            holder[0].wait(30)

        post.on_arrival = kill_the_sender
        holder.append(_start_sender(post))
        assert post.arrived.wait(60)
        assert holder[0].wait(30) == -signal.SIGKILL
        post.on_arrival = lambda: None

        message.refresh_from_db()
        assert (message.state, message.attempts) == (MessageState.SENDING, 1)
        assert send_due_messages() == 0  # the lease runs: nobody may touch it
        after_the_lease = timezone.now() + LEASE + timedelta(seconds=1)
        assert send_due_messages(clock=lambda: after_the_lease) == 0
        assert send_due_messages(clock=lambda: after_the_lease + timedelta(days=1)) == 0
        message.refresh_from_db()
        assert message.state == MessageState.UNCONFIRMED
        assert [mail["Message-ID"] for mail in post.mails] == [message_id(message)]


def test_sender_that_is_not_killed_proves_that_the_test_above_kills_one() -> None:
    message = MessageFactory()
    with mail_server() as post:
        assert _start_sender(post).wait(60) == 0
        message.refresh_from_db()
        assert (message.state, len(post.mails)) == (MessageState.SENT, 1)


def test_sweeps_at_once_send_each_message_once() -> None:
    shop = ShopFactory()
    MessageFactory.create_batch(12, shop=shop)
    with mail_server() as post:
        done = run_concurrently(3, lambda _number: send_due_messages())
        assert sum(done) == 12  # type: ignore[arg-type]
        assert set(Counter(post.recipients).values()) == {1}
        assert len(post.mails) == 12
    assert set(Message.objects.values_list("state", "error")) == {(MessageState.SENT, "")}


def test_claim_passes_by_what_another_sender_holds() -> None:
    held, free = MessageFactory.create_batch(2)
    now = timezone.now()

    def hold_the_first(_number: int) -> int | None:
        with transaction.atomic():
            Message.objects.select_for_update().get(pk=held.pk)
            with ThreadPoolExecutor(1) as pool:
                return pool.submit(_claim, now).result(10)

    assert run_concurrently(1, hold_the_first) == [free.pk]


def _claim(now: datetime) -> int | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
        claimed = services.claim_message(now=now)
        return claimed.pk if claimed else None
    finally:
        connections.close_all()


def test_without_the_claim_sweeps_at_once_send_twice() -> None:
    """The control: the same threads, rows and server; only the claim is missing, and the race shows."""
    shop = ShopFactory()
    MessageFactory.create_batch(12, shop=shop)

    def careless_sweep(_number: int) -> int:
        waiting = list(Message.objects.filter(state=MessageState.QUEUED))
        with Outbox() as outbox:
            for message in waiting:
                outbox.deliver(message)
        return len(waiting)

    with mail_server() as post:
        run_concurrently(3, careless_sweep)
        assert set(Counter(post.recipients).values()) == {3}
