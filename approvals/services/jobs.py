"""Background work that people asked for: queued as a row, claimed with a lease, finished or failed for everybody to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.core.files import File
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F, Func, JSONField, Value
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from approvals.errors import JobFileIsGone, ReasonIsMissing
from approvals.models import Job
from approvals.policies.wording import Wording
from approvals.registries import job_kinds
from approvals.services.heartbeats import beat
from approvals.services.notices import language_of, notify
from approvals.services.trail import record
from approvals.states import JobState
from config.kit.actor import Actor
from config.kit.errors import DomainError, NotPermitted, TransitionNotAllowed

log = structlog.get_logger(__name__)
HEARTBEAT = "jobs"
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 3
_ACTOR = Actor.system("jobs")
_ERROR_LENGTH = 1000


class LeaseLost(Exception):
    """The worker was thought dead and the job has gone to another one: stop at once and touch nothing."""


@transaction.atomic
def request_job(
    *,
    kind: str,
    title: str,
    params: Mapping[str, Any],
    actor: Actor,
    reason: str = "",
    total: int | None = None,
    now: datetime | None = None,
) -> Job:
    """Queue background work for the person behind `actor`. Raises KeyError for an unknown kind, TypeError when no person asks."""
    job_kinds.get(kind)
    if actor.user_id is None:
        raise TypeError("a job belongs to the person who asked for it")
    now = now or timezone.now()
    job = Job.objects.create(
        kind=kind,
        title=title[:160],
        params=dict(params),
        requested_by_id=actor.user_id,
        reason=reason,
        total_count=total,
        created_at=now,
        next_at=now,
    )
    record("jobs.requested", job, actor=actor, reason=reason, changes={"title": [None, job.title]}, at=now)
    return job


def run_jobs(*, limit: int = 20) -> int:
    """Claim waiting jobs one by one and run them; returns how many were run. Safe side by side: a claim skips what others hold."""
    ran = 0
    recover_lost_jobs(now=timezone.now())
    while ran < limit:
        job = claim_job(now=timezone.now())
        if job is None:
            break
        run_job(job)
        ran += 1
        beat(HEARTBEAT, now=timezone.now(), ran=ran)
    beat(HEARTBEAT, now=timezone.now(), ran=ran)
    return ran


@transaction.atomic
def claim_job(*, now: datetime) -> Job | None:
    """Take the oldest waiting job for LEASE; None when nothing waits. The row says RUNNING before the work begins."""
    waiting = Job.objects.filter(state=JobState.QUEUED, next_at__lte=now).order_by("next_at", "pk")
    job = waiting.select_for_update(skip_locked=True).first()
    if job is None:
        return None
    job.state, job.next_at = JobState.RUNNING, now + LEASE
    job.attempts += 1
    job.started_at = job.started_at or now
    job.save(update_fields=["state", "next_at", "attempts", "started_at"])
    return job


@transaction.atomic
def recover_lost_jobs(*, now: datetime) -> int:
    """Queue again what a worker left behind when it was killed: its lease has run out. After MAX_ATTEMPTS the job has failed."""
    lost = (
        Job.objects.filter(state=JobState.RUNNING, next_at__lte=now).order_by("pk").select_for_update(skip_locked=True)
    )
    recovered = 0
    for job in lost:
        if job.attempts >= MAX_ATTEMPTS:
            with translation.override(language_of(job.requested_by)):
                _end_failed(job, str(_("The work was broken off %(count)d times.") % {"count": job.attempts}), now)
            continue
        job.state, job.next_at = JobState.QUEUED, now
        job.save(update_fields=["state", "next_at"])
        recovered += 1
    return recovered


def run_job(job: Job) -> None:
    """Run a claimed job outside any transaction and write down how it ended, in the language of who asked for it.

    The requester's right is asked again first.
    """
    with translation.override(language_of(job.requested_by)):
        _run(job)


def _run(job: Job) -> None:
    now = timezone.now()
    try:
        kind = job_kinds.get(job.kind)
        user = job.requested_by
        if not user.is_active or (kind.permission and not user.has_perm(kind.permission)):
            raise NotPermitted()
        kind.run(job, now)
        finish(job_id=job.pk, attempt=job.attempts, now=timezone.now())
    except LeaseLost:
        log.warning("job_lease_lost", job=job.pk, attempt=job.attempts)
    except DomainError as error:
        fail(job_id=job.pk, attempt=job.attempts, error=error.describe(), now=timezone.now())
    except Exception as error:
        log.exception("job_failed", job=job.pk, kind=job.kind)
        fail(job_id=job.pk, attempt=job.attempts, error=f"{type(error).__name__}: {error}", now=timezone.now())


def report_progress(
    job: Job,
    *,
    done: int,
    failed: int = 0,
    total: int | None = None,
    results: Sequence[Mapping[str, Any]] = (),
    now: datetime | None = None,
) -> None:
    """Write down how far a running job is and extend its lease. `done` and `failed` are totals, `results` lines to be added.

    Raises LeaseLost when the job is not this worker's any more.
    """
    values: dict[str, Any] = {"done_count": done, "failed_count": failed, "next_at": (now or timezone.now()) + LEASE}
    if total is not None:
        values["total_count"] = total
    _update_own(job.pk, job.attempts, values, results)


def attach_file(job: Job, source: str | Path, *, name: str) -> None:
    """Store a finished file as the job's result, replacing one that an earlier attempt left. Raises LeaseLost."""
    if job.file:
        job.file.delete(save=False)
    with Path(source).open("rb") as handle:
        job.file.save(name, File(handle), save=False)
    _update_own(job.pk, job.attempts, {"file": job.file.name, "next_at": timezone.now() + LEASE})


@transaction.atomic
def finish(*, job_id: int, attempt: int, now: datetime) -> Job:
    """End a running job as done and tell who asked. Raises LeaseLost."""
    job = _lock_own(job_id, attempt)
    job.state, job.ended_at, job.next_at = JobState.DONE, now, None
    job.save(update_fields=["state", "ended_at", "next_at"])
    _tell(job, _("Ready: %(title)s"), "job_done", now)
    return job


@transaction.atomic
def fail(*, job_id: int, attempt: int, error: str, now: datetime) -> Job:
    """End a running job as failed, with words that its requester understands. Raises LeaseLost."""
    job = _lock_own(job_id, attempt)
    _end_failed(job, error, now)
    return job


@transaction.atomic
def retry_job(*, job_id: int, actor: Actor, reason: str, now: datetime) -> Job:
    """Queue a failed job again. Locks it. Raises ReasonIsMissing, TransitionNotAllowed for a job that has not failed."""
    if not reason.strip():
        raise ReasonIsMissing(field="reason")
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.state != JobState.FAILED:
        raise TransitionNotAllowed(subject=job.title, current=job.get_state_display(), target=JobState.QUEUED.label)
    job.state, job.next_at, job.ended_at, job.error, job.attempts = JobState.QUEUED, now, None, "", 0
    job.save(update_fields=["state", "next_at", "ended_at", "error", "attempts"])
    record("jobs.requested", job, actor=actor, reason=reason, at=now)
    return job


@transaction.atomic
def take_file(*, job_id: int, actor: Actor, now: datetime) -> File[bytes]:
    """Open a job's file for somebody who takes it, and write that down. Raises JobFileIsGone."""
    job = Job.objects.get(pk=job_id)
    if not job.file:
        raise JobFileIsGone()
    try:
        handle = job.file.storage.open(str(job.file.name))
    except FileNotFoundError:
        raise JobFileIsGone() from None
    record("jobs.file_taken", job, actor=actor, changes={"file": [None, job.file.name]}, at=now)
    return handle


def _lock_own(job_id: int, attempt: int) -> Job:
    job = Job.objects.select_for_update().filter(pk=job_id, state=JobState.RUNNING, attempts=attempt).first()
    if job is None:
        raise LeaseLost
    return job


def _update_own(job_id: int, attempt: int, values: dict[str, Any], results: Sequence[Mapping[str, Any]] = ()) -> None:
    if results:
        lines = Value(list(map(dict, results)), JSONField(encoder=DjangoJSONEncoder))
        values["results"] = Func(
            F("results"), lines, template="%(expressions)s", arg_joiner=" || ", output_field=JSONField()
        )
    if not Job.objects.filter(pk=job_id, state=JobState.RUNNING, attempts=attempt).update(**values):
        raise LeaseLost


def _end_failed(job: Job, error: str, now: datetime) -> None:
    job.state, job.ended_at, job.next_at, job.error = JobState.FAILED, now, None, error[:_ERROR_LENGTH]
    job.save(update_fields=["state", "ended_at", "next_at", "error"])
    record("jobs.failed", job, actor=_ACTOR, reason=job.error, at=now)
    _tell(job, _("Failed: %(title)s"), "job_failed", now)


def _tell(job: Job, text: Any, kind: str, now: datetime) -> None:
    notify([job.requested_by_id], Wording(text, {"title": job.title}), kind=kind, now=now, link=job.get_absolute_url())
