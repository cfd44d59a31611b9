"""The way to the mail server: one connection for many mails, and an honest word about each."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from email.headerregistry import Address
from email.utils import parseaddr
from hashlib import sha256
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend

from config.kit.web import mask_email
from customers.models import Message
from customers.policies import Outcome, Verdict
from customers.rendering import render_mail
from stores.models import Shop

log = structlog.get_logger(__name__)
_DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"


class _Receipts(smtplib.SMTP):
    """Keeps the server's answer to a text, and knows whether a text was on its way when the line broke."""

    last_answer = ""
    is_text_under_way = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.is_text_under_way, self.last_answer = True, ""
        try:
            code, answer = super().data(msg)
        except smtplib.SMTPResponseException:
            self.is_text_under_way = False  # refused before the text was asked for
            raise
        self.is_text_under_way = False
        self.last_answer = f"{code} {_words(answer)}"
        return code, answer


class _ReceiptsOverTls(_Receipts, smtplib.SMTP_SSL):
    """The same over implicit TLS."""


class ReceiptBackend(EmailBackend):
    """Django's SMTP backend over a connection that keeps receipts."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _ReceiptsOverTls if self.use_ssl else _Receipts


class Outbox:
    """One open line to the mail server for a whole sweep. Use as a context manager."""

    def __init__(self) -> None:
        is_plain_smtp = settings.EMAIL_BACKEND == _DJANGO_SMTP
        self._backend: Any = ReceiptBackend() if is_plain_smtp else get_connection()

    def __enter__(self) -> Outbox:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._hang_up()

    def deliver(self, message: Message) -> Outcome:
        """Hand one message over. Never raises: what went wrong is in the outcome, and a bug in a template is logged."""
        outcome = self._deliver(message)
        # Servers repeat the address in their answers; screens and files must not.
        return replace(outcome, words=outcome.words.replace(message.recipient, mask_email(message.recipient)))

    def _deliver(self, message: Message) -> Outcome:
        try:
            mail = build_mail(message)
            mail.message()
        except Exception as error:
            log.exception("mail_not_renderable", message=message.key)
            return Outcome(Verdict.REFUSED, f"{type(error).__name__}: {error}")
        try:
            self._backend.open()
        except Exception as error:
            self._hang_up()
            return Outcome(Verdict.POSTPONED, _describe(error), has_line=False)
        try:
            handed_over = self._backend.send_messages([mail])
        except Exception as error:
            return self._failure(error, message)
        if not handed_over:
            return Outcome(Verdict.REFUSED, "no recipient was taken")
        return Outcome(Verdict.ACCEPTED, " · ".join(filter(None, [message_id(message), self._answer()])))

    def _failure(self, error: Exception, message: Message) -> Outcome:
        code = _code_of(error)
        line = getattr(self._backend, "connection", None)
        in_doubt = getattr(line, "is_text_under_way", True)
        if code is None or code == 421:
            self._hang_up()
        if code is not None:
            verdict = (
                Verdict.REFUSED if 500 <= code < 600 else Verdict.POSTPONED if 400 <= code < 500 else Verdict.IN_DOUBT
            )
            return Outcome(verdict, _describe(error), has_line=code != 421)
        if in_doubt:
            log.error("mail_outcome_unknown", message=message.key, error=repr(error))
            return Outcome(Verdict.IN_DOUBT, _describe(error))
        if isinstance(error, OSError):
            return Outcome(Verdict.POSTPONED, _describe(error), has_line=False)
        return Outcome(Verdict.REFUSED, _describe(error))

    def _answer(self) -> str:
        return getattr(getattr(self._backend, "connection", None), "last_answer", "")

    def _hang_up(self) -> None:
        try:
            self._backend.close()
        except Exception:
            log.warning("mail_line_not_closed", exc_info=True)


def message_id(message: Message) -> str:
    """The Message-ID: the same for every attempt of one message, so that a second copy can be recognised as one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{sha256(message.key.encode()).hexdigest()[:32]}@{domain}>"


def build_mail(message: Message) -> EmailMultiAlternatives:
    """The mail of a message, from its shop. Raises what the template raises."""
    shop = Shop.objects.filter(pk=message.store_id).first()
    reply_to = shop.contact_email if shop else ""
    words = render_mail(message.template, message.context, language=message.language, reply_to=reply_to)
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMultiAlternatives(
        subject=words.subject,
        body=words.text,
        from_email=str(Address(display_name=shop.name if shop else name, addr_spec=address)),
        to=[message.recipient],
        reply_to=[reply_to] if reply_to else None,
        headers={
            "Message-ID": message_id(message),
            "Auto-Submitted": "auto-generated",
            "Content-Language": words.language,
        },
    )
    mail.attach_alternative(words.html, "text/html")
    return mail


def _code_of(error: Exception) -> int | None:
    """The SMTP code of a refusal; of several recipients the mildest, so that nobody is given up too early."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min((code for code, _answer in error.recipients.values()), default=None)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


def _describe(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_words(answer)}" for code, answer in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return f"{type(error).__name__}: {error}".replace("\x00", "")


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(text.replace("\x00", "").split())
