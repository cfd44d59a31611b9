"""One mail a person a day with what they have not read, instead of a mail per event (CLOCK-8)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from approvals.models import Notice
from approvals.services.notices import language_of

log = structlog.get_logger(__name__)
DIGEST_LINES = 50


def send_digests(*, now: datetime) -> int:
    """Send today's digest to everybody who has unread notices and no digest yet today; returns how many mails went out.

    May run as often as one likes. A person whose mail fails is tried again at the next run, and the others get theirs.
    """
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = Notice.objects.filter(recipient=OuterRef("pk"), digest_at__isnull=True, read_at__isnull=True)
    had_one = Notice.objects.filter(recipient=OuterRef("pk"), digest_at__gte=today)
    people = get_user_model().objects.filter(Exists(waiting), ~Exists(had_one), is_active=True).exclude(email="")
    sent = 0
    for pk in list(people.order_by("pk").values_list("pk", flat=True)):
        try:
            sent += _send_one(pk, today, now)
        except Exception:
            log.exception("digest_failed", person=pk)
    return sent


@transaction.atomic
def _send_one(user_id: int, today: datetime, now: datetime) -> bool:
    """Mark, then send as the last act before the commit: a mail that fails leaves its notices waiting."""
    person = (
        get_user_model()
        .objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .filter(pk=user_id)
        .first()
    )
    if person is None or Notice.objects.filter(recipient=person, digest_at__gte=today).exists():
        return False
    notices = list(
        Notice.objects.filter(recipient=person, digest_at__isnull=True, read_at__isnull=True).order_by("-pk")
    )
    if not notices:
        return False
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(digest_at=now)
    with translation.override(language_of(person)):
        body = render_to_string(
            "approvals/mail/digest.txt",
            {
                "person": person,
                "notices": notices[:DIGEST_LINES],
                "more": max(len(notices) - DIGEST_LINES, 0),
                "site": settings.SITE_URL.rstrip("/"),
            },
        )
        subject = _("%(count)d things wait for you") % {"count": len(notices)}
        EmailMessage(subject, body, to=[person.email]).send()
    return True
