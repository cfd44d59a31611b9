"""Who decides for whom while they are away."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.errors import DeputyNotPossible, DeputyTaken
from approvals.models import Deputyship
from approvals.policies.wording import Wording
from approvals.services.notices import notify
from approvals.services.trail import record
from config.kit.actor import Actor

_SHOWN_TIME = "%Y-%m-%d %H:%M"


@transaction.atomic
def set_deputy(
    *,
    person_id: int,
    deputy_id: int,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Deputyship:
    """Let somebody decide for a person from `starts_at` until `ends_at`. Raises DeputyNotPossible, DeputyTaken for an overlap.

    Who may do this for others is asked at the edge.
    """
    if person_id == deputy_id:
        raise DeputyNotPossible(field="deputy", problem=_now("Nobody is their own deputy."))
    if ends_at <= starts_at or ends_at <= now:
        raise DeputyNotPossible(field="ends_at", problem=_now("An absence ends after it starts, and in the future."))
    people = get_user_model().objects.in_bulk([person_id, deputy_id])
    if deputy_id not in people or not people[deputy_id].is_active:
        raise DeputyNotPossible(field="deputy", problem=_now("The deputy must be somebody who works here."))
    overlap = Deputyship.objects.filter(person_id=person_id, starts_at__lt=ends_at, ends_at__gt=starts_at).first()
    try:
        with transaction.atomic():
            row = Deputyship.objects.create(
                person_id=person_id, deputy_id=deputy_id, starts_at=starts_at, ends_at=ends_at, reason=reason.strip()
            )
    except IntegrityError:
        overlap = (
            overlap
            or Deputyship.objects.filter(person_id=person_id, starts_at__lt=ends_at, ends_at__gt=starts_at).get()
        )
        raise DeputyTaken(
            field="starts_at",
            **{
                "person": str(people[person_id]),
                "from": localtime(overlap.starts_at).strftime(_SHOWN_TIME),
                "until": localtime(overlap.ends_at).strftime(_SHOWN_TIME),
            },
        ) from None
    record(
        "requests.deputy_set",
        people[person_id],
        actor=actor,
        reason=reason,
        changes={"deputy": [None, str(people[deputy_id])], "until": [None, ends_at.isoformat()]},
        at=now,
    )
    wording = Wording(
        _("You decide for %(person)s until %(until)s."),
        {"person": str(people[person_id]), "until": localtime(ends_at).strftime(_SHOWN_TIME)},
    )
    notify([deputy_id], wording, kind="requests.deputy", now=now)
    return row


@transaction.atomic
def end_absence(*, deputyship_id: int, actor: Actor, now: datetime) -> Deputyship:
    """End an absence now; one that has not begun is taken away. Locks it."""
    row = Deputyship.objects.select_for_update(of=("self",)).select_related("person").get(pk=deputyship_id)
    if row.ends_at <= now:
        return row
    before = row.ends_at
    if row.starts_at >= now:
        row.delete()
    else:
        row.ends_at = now
        row.save(update_fields=["ends_at"])
    record(
        "requests.deputy_ended",
        row.person,
        actor=actor,
        changes={"until": [before.isoformat(), now.isoformat()]},
        at=now,
    )
    return row
