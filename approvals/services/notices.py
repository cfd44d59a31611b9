"""Notices: what people must know, in their own language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import translation

from approvals.models import Notice
from approvals.policies.wording import Wording


def notify(
    user_ids: Iterable[int],
    wording: Wording,
    *,
    kind: str,
    now: datetime,
    link: str = "",
    deadline_id: int | None = None,
) -> list[Any]:
    """Tell people something, each in their language; returns the people who were told: those who have left are not."""
    people = list(get_user_model().objects.filter(pk__in=set(user_ids), is_active=True).order_by("pk"))
    texts: dict[str, str] = {}
    rows = []
    for person in people:
        language = language_of(person)
        if language not in texts:
            with translation.override(language):
                texts[language] = str(wording)[:300]
        rows.append(
            Notice(
                recipient_id=person.pk,
                deadline_id=deadline_id,
                kind=kind,
                text=texts[language],
                link=link,
                created_at=now,
            )
        )
    Notice.objects.bulk_create(rows)
    return people


def language_of(person: Any) -> str:
    """The language in which somebody is told things when they are not there to choose."""
    return getattr(person, "language", "") or settings.LANGUAGE_CODE


def mark_read(*, user_id: int, notice_ids: Iterable[int] | None, now: datetime) -> int:
    """Mark a person's own unread notices as read, all of them with None; returns how many."""
    mine = Notice.objects.filter(recipient_id=user_id, read_at__isnull=True)
    if notice_ids is not None:
        mine = mine.filter(pk__in=list(notice_ids))
    return mine.update(read_at=now)
