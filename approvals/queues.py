"""What waits in the kernel itself, for the system page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext_lazy as _

from approvals.models import ChangeRequest, Deadline, Job, Notice
from approvals.registries import Queue, queues
from approvals.selectors.trail import floor_of_unsealed, unsealed_entries
from approvals.states import JobState, RequestState


def _waiting(rows: QuerySet[Any], field: str) -> tuple[int, datetime | None]:
    found = rows.aggregate(count=Count("pk"), since=Min(field))
    return found["count"], found["since"]


def _steps(now: datetime) -> tuple[int, datetime | None]:
    return _waiting(Deadline.objects.due_for_a_step(now).order_by(), "next_at")


def _jobs(now: datetime) -> tuple[int, datetime | None]:
    return _waiting(Job.objects.filter(state=JobState.QUEUED, next_at__lte=now), "next_at")


def _unsealed(now: datetime) -> tuple[int, datetime | None]:
    return _waiting(unsealed_entries().filter(pk__gt=floor_of_unsealed()), "at")


def _digests(now: datetime) -> tuple[int, datetime | None]:
    waiting = Notice.objects.filter(digest_at__isnull=True, read_at__isnull=True, recipient__is_active=True)
    return _waiting(waiting.exclude(recipient__email=""), "created_at")


queues.register("approvals.steps", Queue(_("steps of deadlines"), _steps))


def _to_publish(now: datetime) -> tuple[int, datetime | None]:
    return _waiting(
        ChangeRequest.objects.filter(state=RequestState.APPROVED, next_attempt_at__lte=now), "next_attempt_at"
    )


queues.register("approvals.publish", Queue(_("approved, to be published"), _to_publish))
queues.register("approvals.jobs", Queue(_("background work"), _jobs))
queues.register("approvals.unsealed", Queue(_("trail entries without a seal"), _unsealed, soon_seconds=1800))
queues.register("approvals.digests", Queue(_("unread notices before their digest"), _digests, soon_seconds=2 * 86400))
