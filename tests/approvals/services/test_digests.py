"""Notices and the one mail a day that gathers them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils.translation import gettext_lazy as _

from approvals import services
from approvals.models import Notice
from approvals.policies.wording import Wording
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db


class PickyBackend(EmailBackend):
    """Refuses mail to anybody called broken."""

    def send_messages(self, messages: Any) -> int:
        if any("broken" in to for message in messages for to in message.to):
            raise ConnectionRefusedError("no")
        return super().send_messages(messages)


def tell(person: Any, text: str, now: datetime) -> None:
    services.notify([person.pk], Wording(text), kind="test", now=now, link="/somewhere/")


def test_notify_tells_active_people_once(now: datetime) -> None:
    person, left = EmployeeFactory(), EmployeeFactory(is_active=False)
    told = services.notify(
        [person.pk, person.pk, left.pk, 999_999], Wording("Hello %(who)s", {"who": "you"}), kind="k", now=now
    )
    assert told == [person]
    assert list(Notice.objects.values_list("recipient", "kind", "text", "created_at")) == [
        (person.pk, "k", "Hello you", now)
    ]


def test_notify_speaks_the_language_of_each(now: datetime) -> None:
    english, chinese = EmployeeFactory(), EmployeeFactory(language="zh-hans")
    services.notify([english.pk, chinese.pk], Wording("%(day)s", {"day": _("Monday")}), kind="k", now=now)
    assert list(Notice.objects.order_by("pk").values_list("text", flat=True)) == ["Monday", "星期一"]


def test_mark_read_touches_only_own_unread_notices(now: datetime) -> None:
    mine, other = EmployeeFactory(), EmployeeFactory()
    for person in (mine, mine, other):
        tell(person, "x", now)
    first = Notice.objects.filter(recipient=mine).earliest("pk")
    others = Notice.objects.get(recipient=other)
    assert services.mark_read(user_id=mine.pk, notice_ids=[first.pk, others.pk], now=now) == 1
    assert services.mark_read(user_id=mine.pk, notice_ids=[first.pk], now=now + timedelta(hours=1)) == 0
    assert services.mark_read(user_id=mine.pk, notice_ids=None, now=now) == 1
    assert Notice.objects.get(recipient=other).read_at is None


def test_digest_is_one_mail_a_person_a_day(now: datetime) -> None:
    one, two = EmployeeFactory(), EmployeeFactory()
    for text in ("first", "second"):
        tell(one, text, now)
    tell(two, "third", now)
    assert services.send_digests(now=now) == 2
    assert services.send_digests(now=now) == 0
    assert [(message.to, message.subject) for message in mail.outbox] == [
        ([one.email], "2 things wait for you"),
        ([two.email], "1 things wait for you"),
    ]
    body = mail.outbox[0].body
    assert "- second\n  http://localhost:8000/somewhere/\n- first\n" in body
    tell(one, "later", now)
    assert services.send_digests(now=now + timedelta(hours=5)) == 0
    assert services.send_digests(now=now + timedelta(days=1)) == 1
    assert "- later\n" in mail.outbox[2].body
    assert "- first\n" not in mail.outbox[2].body


def test_digest_leaves_out_what_was_read_and_who_left(now: datetime) -> None:
    reader, left, unreachable = EmployeeFactory(), EmployeeFactory(), EmployeeFactory(email="")
    for person in (reader, left, unreachable):
        tell(person, "x", now)
    services.mark_read(user_id=reader.pk, notice_ids=None, now=now)
    left.is_active = False
    left.save()
    assert services.send_digests(now=now) == 0
    assert mail.outbox == []


def test_digest_that_fails_waits_for_the_next_run_and_stops_nobody(now: datetime, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "tests.approvals.services.test_digests.PickyBackend"
    broken, healthy = EmployeeFactory(email="broken@example.com"), EmployeeFactory()
    tell(broken, "x", now)
    tell(healthy, "y", now)
    assert services.send_digests(now=now) == 1
    assert list(Notice.objects.filter(digest_at__isnull=True).values_list("recipient", flat=True)) == [broken.pk]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert services.send_digests(now=now + timedelta(minutes=30)) == 1


def test_digest_of_very_many_says_how_many_more(now: datetime) -> None:
    person = EmployeeFactory()
    Notice.objects.bulk_create(Notice(recipient=person, kind="k", text=f"n{n}", created_at=now) for n in range(53))
    services.send_digests(now=now)
    assert mail.outbox[0].body.count("- n") == 50
    assert "… and 3 more." in mail.outbox[0].body
