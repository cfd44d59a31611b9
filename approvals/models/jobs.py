"""Background work that a person asked for: a row with progress and a result, whatever happens to the worker."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.states import JOB_TRANSITIONS, JobState
from config.kit.guards import state_machine


def job_file_path(job: Job, filename: str) -> str:
    """Where a job's result lies below MEDIA_ROOT; served by a view that checks the requester, never as a static file."""
    return f"jobs/{job.pk}/{filename}"


class JobQuerySet(models.QuerySet["Job"]):
    """Reads of jobs."""

    def visible_to(self, user: Any) -> JobQuerySet:
        """The person's own jobs; holders of `approvals.view_job` see every one."""
        return self if user.has_perm("approvals.view_job") else self.filter(requested_by_id=user.pk)


class Job(models.Model):
    """An export or a bulk action. `kind` is a registered job kind, `params` what it needs, `results` one line per item.

    While it runs, `next_at` is the end of the worker's lease and `attempts` the number of the claim: together they
    tell a worker that was thought dead that the work is not its own any more.
    """

    kind = models.CharField(_("kind"), max_length=64)
    title = models.CharField(_("title"), max_length=160)
    params = models.JSONField(_("parameters"), default=dict, encoder=DjangoJSONEncoder)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name=_("requested by")
    )
    reason = models.TextField(_("reason"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=JobState.choices, default=JobState.QUEUED)
    done_count = models.PositiveIntegerField(_("done"), default=0)
    failed_count = models.PositiveIntegerField(_("failed"), default=0)
    total_count = models.PositiveIntegerField(_("total"), null=True)
    results = models.JSONField(_("results"), default=list, encoder=DjangoJSONEncoder)
    file = models.FileField(_("file"), upload_to=job_file_path, blank=True, max_length=200)
    error = models.TextField(_("error"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"))
    next_at = models.DateTimeField(_("next attempt"), null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["next_at", "id"], name="job_waiting", condition=Q(state__in=("queued", "running"))),
            models.Index(fields=["requested_by", "-id"], name="job_by_requester"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(total_count__isnull=True) | Q(done_count__lte=F("total_count")),
                name="job_done_within_total",
            )
        ]
        triggers = [state_machine("state", JOB_TRANSITIONS)]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page with progress, results and the file."""
        return reverse("approvals:job", args=[self.pk])
