"""Reads about absences: who is away and who decides meanwhile, and what a deputy would find on their desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from approvals.models import ChangeRequest, Deadline, Deputyship
from approvals.policies.requests import is_own_work
from approvals.selectors.requests import turn_of

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class MovingRequest:
    """A request that the deputy finds; `is_own_work`: it is the deputy's own, so somebody else has to decide it."""

    request: ChangeRequest
    is_own_work: bool


@dataclass(frozen=True, slots=True)
class Handover:
    """What an absence moves: requests that the deputy may decide. `duties` stay with the absent person until handed on.

    Both the most urgent first, at most 50.
    """

    requests: list[MovingRequest]
    duties: list[Deadline]


def absences_of(user: Any, *, every: bool, now: datetime) -> QuerySet[Deputyship]:
    """Absences that go on or are still to come, the next first: one's own and those that one stands in for, or everybody's."""
    rows = Deputyship.objects.filter(ends_at__gt=now).select_related("person", "deputy").order_by("starts_at", "pk")
    return rows if every else rows.filter(Q(person=user.pk) | Q(deputy=user.pk))


def handover(person: Any, deputy: Any, *, now: datetime) -> Handover:
    """What would move if the absence began now. Three queries besides the person's rights."""
    waiting = (
        ChangeRequest.objects.filter(turn_of(person, now))
        .select_related("requester")
        .order_by("urgency", "pk")[:_SHOWN]
    )
    requests = [
        MovingRequest(row, is_own_work(deputy.pk, requester_id=row.requester_id, authors=row.authors))
        for row in waiting
    ]
    duties = Deadline.objects.open().filter(owner=person.pk).select_related("rule").order_by("due_at", "pk")
    return Handover(requests, list(duties[:_SHOWN]))
