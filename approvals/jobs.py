"""Kinds of background work: what every list screen can ask for (a file, an act on many rows), and the proof of the trail."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import services
from approvals.models import Job
from approvals.registries import JobKind, job_kinds
from approvals.selectors.trail import trail_figures, verify_trail
from config.kit import export
from config.kit.actor import Actor
from config.kit.web import bulk

_LINES_PER_REPORT = 50
_SHOWN_PROBLEMS = 200


def run_export(job: Job, now: datetime) -> None:
    """Write the XLSX of an export into the job's file."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "result.xlsx"
        produced = export.produce(
            job.params,
            user=job.requested_by,
            target=target,
            progress=lambda rows: services.report_progress(job, done=rows),
        )
        services.attach_file(job, target, name=job.params["file_name"])
    line = {"pk": "", "label": job.params["file_name"], "ok": True, "text": f"SHA-256 {produced.digest}"}
    services.report_progress(job, done=produced.rows, total=produced.rows, results=[line])


def run_bulk(job: Job, now: datetime) -> None:
    """Do a confirmed bulk action row by row; an attempt after a killed worker goes on where the last report ended."""
    tally = _Tally(job)
    bulk.perform(
        job.params,
        user=job.requested_by,
        actor=_actor(job),
        reason=job.reason,
        report=tally.add,
        done={line["pk"] for line in job.results},
    )
    tally.flush()


def run_verification(job: Job, now: datetime) -> None:
    """Verify the whole trail; each problem becomes a line of the result."""
    count = 0
    for problem in verify_trail():
        count += 1
        row = f"entry {problem.entry_id}" if problem.entry_id else f"seal {problem.seal_id}"
        line = {"pk": str(problem.entry_id or problem.seal_id or ""), "label": row, "ok": False, "text": str(problem)}
        if count <= _SHOWN_PROBLEMS:
            services.report_progress(job, done=0, failed=count, results=[line])
    figures = trail_figures()
    verdict = (
        _("the trail is whole") if not count else _("the trail was touched: %(count)d problems") % {"count": count}
    )
    words = f"{verdict} · {figures.head}"
    head = {"pk": "", "label": _("newest seal"), "ok": not count, "text": words}
    services.report_progress(job, done=figures.sealed, failed=count, total=figures.sealed, results=[head])
    with transaction.atomic():
        services.record(
            "trail.verified", job, actor=_actor(job), reason=verdict, changes={"seal": [None, figures.head]}
        )


class _Tally:
    """Collects result lines and writes them in batches: a statement a line would cost more than many acts."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.waiting: list[dict[str, Any]] = []
        self.done = len(job.results)
        self.failed = sum(not line["ok"] for line in job.results)

    def add(self, line: bulk.BulkLine) -> None:
        self.waiting.append({"pk": line.pk, "label": line.label, "ok": line.ok, "text": line.text})
        self.done += 1
        self.failed += not line.ok
        if len(self.waiting) >= _LINES_PER_REPORT:
            self.flush()

    def flush(self) -> None:
        services.report_progress(self.job, done=self.done, failed=self.failed, results=self.waiting)
        self.waiting = []


def _actor(job: Job) -> Actor:
    person = job.requested_by
    return Actor.staff(user_id=person.pk, label=str(person), request_id=f"job-{job.pk}")


job_kinds.register(export.JOB_KIND, JobKind(run_export))
job_kinds.register(bulk.JOB_KIND, JobKind(run_bulk))
job_kinds.register("approvals.verify_trail", JobKind(run_verification, permission="approvals.view_trailentry"))
