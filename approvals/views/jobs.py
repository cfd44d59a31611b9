"""Background work: what I asked for, how far it is, and its file."""

from __future__ import annotations

import django_filters
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals import services
from approvals.forms import ReasonForm
from approvals.models import Job
from approvals.states import JobState
from approvals.views.inbox import EVERYBODY
from config.kit.web import Chip, Column, ListScreen, Tone, actor_of, domain_errors, page, require

_TONES = {JobState.QUEUED: Tone.MUTED, JobState.RUNNING: Tone.INFO, JobState.DONE: Tone.GOOD, JobState.FAILED: Tone.BAD}
_SHOWN_RESULTS = 200


def state_chip(job: Job) -> Chip:
    """How a job stands."""
    return Chip(job.get_state_display(), _TONES[JobState(job.state)])


class JobFilter(django_filters.FilterSet):
    """Narrow the list of jobs."""

    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=JobState.choices)
    created_at = django_filters.DateFromToRangeFilter(label=_("Asked for"))

    class Meta:
        model = Job
        fields: tuple[str, ...] = ()


JOBS = ListScreen(
    key="approvals.jobs",
    title=_("Background work"),
    intro=_("Files and bulk actions that you asked for."),
    permission=EVERYBODY,
    rows=lambda user: Job.objects.visible_to(user).select_related("requested_by"),
    columns=(
        Column("title", _("What"), link=lambda row: row.get_absolute_url()),
        Column("state", _("State"), value=state_chip, kind="chip"),
        Column("done", _("Done"), value="done_count", kind="number"),
        Column("failed", _("Not done"), value="failed_count", kind="number"),
        Column("person", _("Asked for by"), value=lambda row: str(row.requested_by)),
        Column("created", _("Asked for"), value="created_at", kind="datetime", order_by="created_at"),
        Column("ended", _("Ended"), value="ended_at", kind="datetime", order_by="ended_at"),
    ),
    filters=JobFilter,
    search=("title",),
    export=False,
    row_url=lambda row: row.get_absolute_url(),
    empty=_("Exports and bulk actions would be here with their progress and their files."),
)


@require(EVERYBODY)
def job(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Progress, results and file of one job; the progress asks again by itself while the job is not over."""
    row = get_object_or_404(Job.objects.visible_to(request.user).select_related("requested_by"), pk=pk)
    is_over = row.state in (JobState.DONE, JobState.FAILED)
    context = {
        "job": row,
        "state": state_chip(row),
        "is_over": is_over,
        "results": row.results[-_SHOWN_RESULTS:],
        "hidden_results": max(len(row.results) - _SHOWN_RESULTS, 0),
        "retry_form": ReasonForm() if row.state == JobState.FAILED else None,
        "now": timezone.now(),
    }
    return page(request, "approvals/jobs/job.html", context, fragments={"job-state": "state"})


@require(EVERYBODY)
def job_retry(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Queue a failed job again."""
    row = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request) as outcome:
            services.retry_job(job_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, _now("It is waiting for a worker again."))
        return outcome.redirect(row)
    return page(request, "approvals/jobs/retry.html", {"job": row, "form": form}, form=form)


@require(EVERYBODY)
def job_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The job's file, for its requester and those who may see every job; each taking stands on the trail."""
    row = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    with domain_errors(request) as outcome:
        handle = services.take_file(job_id=row.pk, actor=actor_of(request), now=timezone.now())
    if outcome.failed:
        return outcome.redirect(row)
    name = str(row.file.name).rsplit("/", 1)[-1]
    response = FileResponse(handle, as_attachment=True, filename=name)
    response["Cache-Control"] = "no-store"
    return response
