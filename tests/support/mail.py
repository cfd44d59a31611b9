"""A real mail server on a free port of this machine."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings

ACCEPTED = "250 2.0.0 queued as 4711"


class Post:
    """What arrived, and how the server shall answer.

    `answers` holds answers to the next texts, `recipient_answers` to the next addresses; without one everything is
    taken. `on_arrival` runs after a mail is kept and before the server answers; `is_rude` makes it hang up instead
    of answering.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: list[str] = []
        self.recipient_answers: list[str] = []
        self.connections = 0
        self.on_arrival: Callable[[], Any] = lambda: None
        self.is_rude = False
        self.arrived = threading.Event()
        self.port = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse one address."""
        answer = self.recipient_answers.pop(0) if self.recipient_answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take or refuse one text."""
        answer = self.answers.pop(0) if self.answers else ACCEPTED
        if answer.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=policy.default))  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
            self.arrived.set()
            self.on_arrival()
        if self.is_rude:
            server.transport.close()
        return answer

    def connected(self) -> None:
        """Count a line."""
        self.connections += 1


class _Controller(Controller):
    def __init__(self, post: Post) -> None:
        super().__init__(post, hostname="127.0.0.1", port=0)

    def factory(self) -> SMTP:
        self.handler.connected()
        return super().factory()

    def _trigger_server(self) -> None:
        """aiosmtpd connects to the port it was given; this one is chosen by the system."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server() -> Iterator[Post]:
    """A running mail server to which Django's mails go."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    post = Post()
    controller = _Controller(post)
    controller.start()
    post.port, post.connections = controller.port, 0
    try:
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=post.port
        ):
            yield post
    finally:
        controller.stop()


@contextmanager
def no_mail_server() -> Iterator[None]:
    """Nobody listens where Django's mails go."""
    with mail_server() as post:
        port = post.port
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
    ):
        yield
