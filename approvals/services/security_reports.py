"""Refused attempts are told to the management: figures by person, at most once an hour for each kind of attempt."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from approvals.models import Notice
from approvals.policies.wording import Wording
from approvals.seams import people_on_rung
from approvals.selectors.security import Attempts, attempts_between, what_words
from approvals.services.heartbeats import beat
from approvals.services.notices import notify
from approvals.services.trail import Act, record_many
from approvals.states import Rung
from config.kit.actor import Actor

AT_MOST_EVERY = timedelta(hours=1)
# An event is written outside its act's transaction, seconds after its own time at most: what is younger is counted next time.
_SETTLED_AFTER = timedelta(seconds=15)
_LOOKS_BACK = timedelta(days=1)
_NAMED = 3


def report_security_events(*, now: datetime) -> int:
    """Tell the management how many attempts of each kind were refused since it was last told, and whose; returns how many kinds.

    Each kind at most once an hour; what comes meanwhile is in the next figure. Where there is nobody to tell, it stays on
    the list of security events.
    """
    told = 0
    _rung, people = people_on_rung(Rung.MANAGEMENT, owner_id=None, owner_role="", store_id=None)
    for attempts in attempts_between(_last_told(now), until=now - _SETTLED_AFTER, default=now - _LOOKS_BACK):
        if attempts.since + AT_MOST_EVERY - _SETTLED_AFTER > now and attempts.was_told:
            continue
        told += _tell(people, attempts, now)
    beat("security", now=now, told=told)
    return told


def kind_of_notice(code: str) -> str:
    """The notice's kind for a kind of attempt."""
    return f"security.{code}"[:32]


def _last_told(now: datetime) -> dict[str, datetime]:
    rows = Notice.objects.filter(kind__startswith="security.", created_at__gte=now - _LOOKS_BACK)
    newest = rows.values("kind").annotate(at=Max("created_at")).values_list("kind", "at")
    return {kind: at - _SETTLED_AFTER for kind, at in newest}


@transaction.atomic
def _tell(people: list[int], attempts: Attempts, now: datetime) -> int:
    named = ", ".join(f"{who} ({count})" for who, count in attempts.people[:_NAMED])
    wording = Wording(
        _("%(count)s attempts refused since %(since)s: %(what)s. By: %(people)s"),
        {
            "count": attempts.count,
            "since": lambda: localtime(attempts.first_at).strftime("%Y-%m-%d %H:%M"),
            "what": lambda: what_words(attempts.code),
            "people": named + (" …" if len(attempts.people) > _NAMED else ""),
        },
    )
    link = f"{reverse('approvals:security_event_list')}?code={attempts.code}"
    if not notify(people, wording, kind=kind_of_notice(attempts.code), now=now, link=link):
        return 0
    changes = {"code": [None, attempts.code], "attempts": [None, attempts.count], "people": [None, named]}
    act = Act("security.reported", "approvals.securityevent", attempts.last_id, changes=changes)
    record_many([act], actor=Actor.system("approvals.report_security_events"), at=now)
    return 1
