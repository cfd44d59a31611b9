"""Background work: asked for, claimed, broken off, finished."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from approvals import services
from approvals.errors import JobFileIsGone, ReasonIsMissing
from approvals.models import Job, Notice, TrailEntry
from approvals.registries import JobKind, job_kinds
from approvals.services.jobs import LEASE, MAX_ATTEMPTS, claim_job, recover_lost_jobs
from config.kit.actor import Actor
from config.kit.errors import TransitionNotAllowed
from tests.factories.stores import EmployeeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture(autouse=True)
def kinds(tmp_path: Any) -> Iterator[None]:
    """Kinds of work that the tests ask for."""

    def write(job: Job, now: datetime) -> None:
        source = tmp_path / "made.txt"
        source.write_text("totals")
        services.attach_file(job, source, name="totals.txt")
        services.report_progress(
            job, done=2, failed=1, total=2, results=[{"pk": "1", "ok": True}, {"pk": "2", "ok": False}]
        )
        services.report_progress(job, done=2, failed=1, results=[{"pk": "3", "ok": True}])

    def refuse(job: Job, now: datetime) -> None:
        raise JobFileIsGone()

    def crash(job: Job, now: datetime) -> None:
        raise ZeroDivisionError("by zero")

    items = job_kinds._load()
    mine = {
        "test.write": JobKind(write),
        "test.guarded": JobKind(write, permission="approvals.view_trailentry"),
        "test.refuse": JobKind(refuse),
        "test.crash": JobKind(crash),
    }
    items.update(mine)
    yield
    for name in mine:
        del items[name]


def ask(kind: str = "test.write", *, now: datetime, roles: tuple[str, ...] = ()) -> Job:
    person = EmployeeFactory(roles=roles)
    actor = Actor.staff(user_id=person.pk, label=str(person))
    return services.request_job(kind=kind, title="Totals", params={"day": "x"}, actor=actor, total=3, now=now)


def content_of(job: Job) -> bytes:
    with default_storage.open(job.file.name) as handle:
        return handle.read()


def test_request_job_queues_it_for_the_person(now: datetime) -> None:
    job = ask(now=now)
    assert (job.state, job.next_at, job.total_count, job.params, job.requested_by_id is not None) == (
        "queued",
        now,
        3,
        {"day": "x"},
        True,
    )
    assert job.get_absolute_url() == f"/approvals/jobs/{job.pk}/"
    assert list(TrailEntry.objects.values_list("action", "subject_type", "subject_id")) == [
        ("jobs.requested", "approvals.job", job.pk)
    ]


def test_request_job_refuses_unknown_kind_and_nobody(now: datetime, actor: Actor) -> None:
    with pytest.raises(KeyError, match=r"unknown key 'test\.other'"):
        ask("test.other", now=now)
    with pytest.raises(TypeError, match="belongs to the person"):
        services.request_job(kind="test.write", title="x", params={}, actor=actor, now=now)
    assert Job.objects.count() == 0


def test_run_jobs_runs_to_the_end_and_tells_who_asked(now: datetime) -> None:
    job = ask(now=now)
    assert services.run_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.done_count, job.failed_count, job.total_count, job.next_at) == ("done", 2, 1, 2, None)
    assert [line["pk"] for line in job.results] == ["1", "2", "3"]
    assert content_of(job) == b"totals"
    assert list(Notice.objects.values_list("recipient", "kind", "text", "link")) == [
        (job.requested_by_id, "job_done", "Ready: Totals", job.get_absolute_url())
    ]
    assert services.run_jobs() == 0


@pytest.mark.parametrize(
    ("kind", "words"),
    [("test.refuse", "There is no file here. Ask for it again."), ("test.crash", "ZeroDivisionError: by zero")],
)
def test_failing_job_keeps_its_words(kind: str, words: str, now: datetime) -> None:
    job = ask(kind, now=now)
    other = ask(now=now)
    assert services.run_jobs() == 2
    job.refresh_from_db()
    other.refresh_from_db()
    assert (job.state, job.error, other.state) == ("failed", words, "done")
    assert list(Notice.objects.filter(recipient=job.requested_by_id).values_list("kind", "text")) == [
        ("job_failed", "Failed: Totals")
    ]


def test_job_of_somebody_who_lost_the_right_or_left_is_refused(now: datetime) -> None:
    allowed, lost, left = (ask("test.guarded", now=now, roles=("MGR",)) for _number in range(3))
    lost.requested_by.groups.clear()
    left.requested_by.is_active = False
    left.requested_by.save()
    services.run_jobs()
    assert list(Job.objects.order_by("pk").values_list("state", "file")) == [
        ("done", f"jobs/{allowed.pk}/totals.txt"),
        ("failed", ""),
        ("failed", ""),
    ]


def test_claim_says_running_before_the_work_begins(now: datetime) -> None:
    ask(now=now)
    job = claim_job(now=now)
    assert job is not None
    assert (job.state, job.attempts, job.started_at, job.next_at) == ("running", 1, now, now + LEASE)
    assert claim_job(now=now) is None


def test_job_of_a_killed_worker_is_run_again_and_given_up_at_last(now: datetime) -> None:
    job = ask(now=now)
    at = now
    for attempt in range(1, MAX_ATTEMPTS + 1):
        claimed = claim_job(now=at)
        assert claimed is not None
        assert claimed.attempts == attempt
        assert recover_lost_jobs(now=at + LEASE - timedelta(seconds=1)) == 0
        at += LEASE
        recover_lost_jobs(now=at)
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == ("failed", "The work was broken off 3 times.", 3)
    assert claim_job(now=at) is None


def test_progress_extends_the_lease(now: datetime) -> None:
    ask(now=now)
    job = claim_job(now=now)
    assert job is not None
    services.report_progress(job, done=1, now=now + timedelta(minutes=4))
    assert recover_lost_jobs(now=now + LEASE) == 0
    assert recover_lost_jobs(now=now + timedelta(minutes=4) + LEASE) == 1


def test_worker_whose_job_was_taken_may_not_report_attach_or_finish(now: datetime, tmp_path: Any) -> None:
    ask(now=now)
    first = claim_job(now=now)
    recover_lost_jobs(now=now + LEASE)
    second = claim_job(now=now + LEASE)
    assert first is not None
    assert second is not None
    before = Job.objects.filter(pk=first.pk).values().get()
    source = tmp_path / "late.txt"
    source.write_text("late")
    with pytest.raises(services.LeaseLost):
        services.report_progress(first, done=9)
    with pytest.raises(services.LeaseLost):
        services.attach_file(first, source, name="late.txt")
    with pytest.raises(services.LeaseLost):
        services.finish(job_id=first.pk, attempt=1, now=now)
    with pytest.raises(services.LeaseLost):
        services.fail(job_id=first.pk, attempt=1, error="x", now=now)
    assert Job.objects.filter(pk=first.pk).values().get() == before


def test_attach_file_again_replaces_what_an_earlier_attempt_left(now: datetime, tmp_path: Any) -> None:
    ask(now=now)
    job = claim_job(now=now)
    assert job is not None
    for words in ("half", "whole"):
        (tmp_path / "x").write_text(words)
        services.attach_file(job, tmp_path / "x", name="x.txt")
    assert default_storage.listdir(f"jobs/{job.pk}") == ([], ["x.txt"])
    assert content_of(Job.objects.get()) == b"whole"


def test_retry_queues_a_failed_job_only(now: datetime, staff: Actor) -> None:
    job = ask("test.crash", now=now)
    with pytest.raises(TransitionNotAllowed):
        services.retry_job(job_id=job.pk, actor=staff, reason="again", now=now)
    services.run_jobs()
    with pytest.raises(ReasonIsMissing):
        services.retry_job(job_id=job.pk, actor=staff, reason="", now=now)
    job.refresh_from_db()
    assert job.state == "failed"
    services.retry_job(job_id=job.pk, actor=staff, reason="it was the network", now=now)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error, job.ended_at) == ("queued", 0, "", None)
