"""Tables of listings: uploaded, tried, made a package; and taking such a package back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from approvals.models import Job
from approvals.states import JobState, Severity
from catalog import jobs
from catalog.forms.bulk import PackageTitleForm, TableForm
from catalog.forms.products import ReasonForm
from catalog.policies.tables import MAX_BYTES
from catalog.selectors.packages import packages_for
from catalog.services import bulk_drafts, bulk_jobs
from catalog.views.act_page import act_page
from config.kit.web import Chip, Tone, actor_of, domain_errors, page, require

PLAN = "catalog.plan_listings"
_SHOWN_JOBS = 10
_TONES = {Severity.BLOCK: Tone.BAD, Severity.PROOF: Tone.BAD, Severity.WARN: Tone.WARN, Severity.INFO: Tone.INFO}
_STATES = {JobState.DONE: Tone.GOOD, JobState.FAILED: Tone.BAD}


@require(PLAN)
def listing_import(request: HttpRequest) -> HttpResponse:
    """Upload a table; its dry run begins at once, and nothing is saved."""
    form = TableForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        upload, shop = form.cleaned_data["file"], form.cleaned_data["shop"]
        with domain_errors(request, form) as outcome:
            job = bulk_jobs.request_check(
                data=upload.read(MAX_BYTES + 1),
                name=upload.name or "",
                shop_id=shop.pk if shop else None,
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            return outcome.redirect("catalog:bulk_job", job.pk)
    own = Job.objects.filter(kind=bulk_jobs.CHECK, requested_by=request.user.pk).order_by("-pk")[:_SHOWN_JOBS]
    return page(request, "catalog/grid/import.html", {"form": form, "jobs": list(own)}, form=form)


@require(PLAN)
def bulk_job(request: HttpRequest, pk: int) -> HttpResponse:
    """A dry run with what it found, or the making of a package with its progress; it asks again while it is not over."""
    job = _own(request, pk)
    context = _dry_run(job) if job.kind == bulk_jobs.CHECK else {"package": _made(request, job)}
    context |= {
        "job": job,
        "state": Chip(job.get_state_display(), _STATES.get(JobState(job.state), Tone.INFO)),
        "is_over": job.state in (JobState.DONE, JobState.FAILED),
        "now": timezone.now(),
    }
    return page(request, "catalog/grid/job.html", context, fragments={"bulk-job": "state"})


@require(PLAN)
@require_POST
def bulk_job_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one package of the table whose dry run was shown."""
    check = _own(request, pk, kind=bulk_jobs.CHECK, state=JobState.DONE)
    head = _dry_run(check)["head"]
    form = PackageTitleForm(request.POST)
    if not form.is_valid() or not head["ok"] or not head["facts"]["changes"]:
        messages.error(
            request, gettext("Nothing was made: the dry run has errors or no change, or the package no name.")
        )
        return redirect("catalog:bulk_job", pk)
    with domain_errors(request) as outcome:
        job = bulk_jobs.request_import(
            check_id=pk,
            title=form.cleaned_data["title"],
            digest=head["facts"]["digest"],
            actor=actor_of(request),
            now=timezone.now(),
        )
    return outcome.redirect("catalog:bulk_job", pk if outcome.failed else job.pk)


@require(PLAN)
def package_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up every draft that the grid or a table put into a package."""
    row = get_object_or_404(packages_for(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            bulk_drafts.undo_package(
                package_id=pk, reason=form.cleaned_data["reason"], actor=actor_of(request), now=timezone.now()
            )
        if not outcome.failed:
            messages.success(request, gettext("Undone. Its drafts stay readable; nothing was visible."))
            return outcome.redirect(row)
    return act_page(
        request,
        form,
        title=gettext("Undo"),
        subject=str(row),
        explain=gettext(
            "Every draft that the grid or a file put into it is discarded; what is in approval is taken back first. "
            "Drafts that were written by hand stay with their authors."
        ),
        back=row.get_absolute_url(),
    )


def _own(request: HttpRequest, pk: int, **facts: Any) -> Job:
    rows = Job.objects.filter(requested_by=request.user.pk, kind__in=bulk_jobs.KINDS)
    return get_object_or_404(rows.filter(**facts), pk=pk)


def _made(request: HttpRequest, job: Job) -> Any:
    keys = [line["package"] for line in job.results if line["pk"] == jobs.PACKAGE]
    return packages_for(request.user).filter(pk__in=keys).first()


def _dry_run(job: Job) -> dict[str, Any]:
    of_kind = {
        kind: [line for line in job.results if line["pk"] == kind] for kind in (jobs.SUMMARY, jobs.CHANGE, jobs.REFUSED)
    }
    head = of_kind[jobs.SUMMARY][-1] if of_kind[jobs.SUMMARY] else {}
    facts = head.get("facts", {})
    changes = [
        (line, [(Chip(str(Severity(code).label), _TONES[Severity(code)]), text) for code, text in line["remarks"]])
        for line in of_kind[jobs.CHANGE]
    ]
    return {
        "head": head,
        "facts": facts,
        "refused": of_kind[jobs.REFUSED],
        "more_refused": max(facts.get("refused", 0) - len(of_kind[jobs.REFUSED]), 0),
        "changes": changes,
        "more_changes": max(facts.get("changes", 0) - len(changes), 0),
        "form": PackageTitleForm(initial={"title": job.title}),
    }
