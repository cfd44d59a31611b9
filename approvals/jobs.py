"""The two kinds of background work that every list screen can ask for: a file, and an act on many rows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from approvals import services
from approvals.models import Job
from approvals.registries import JobKind, job_kinds
from config.kit import export
from config.kit.actor import Actor
from config.kit.web import bulk

_LINES_PER_REPORT = 50


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
    person = job.requested_by
    tally = _Tally(job)
    bulk.perform(
        job.params,
        user=person,
        actor=Actor.staff(user_id=person.pk, label=str(person), request_id=f"job-{job.pk}"),
        reason=job.reason,
        report=tally.add,
        done={line["pk"] for line in job.results},
    )
    tally.flush()


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


job_kinds.register(export.JOB_KIND, JobKind(run_export))
job_kinds.register(bulk.JOB_KIND, JobKind(run_bulk))
