"""Two sweeps at once do nothing twice; each guard has a control that shows the race without it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, connections, models, transaction

from approvals import services
from approvals.models import Deadline, DeadlineStep, Job, Notice, TrailDigest
from approvals.policies.wording import Wording
from approvals.registries import Consequence, JobKind, consequences, job_kinds
from approvals.services import seals
from approvals.services.clock import postpone_step, take_step
from approvals.services.jobs import claim_job, recover_lost_jobs, run_job
from config.kit.actor import Actor
from config.kit.sql import Batch
from config.kit.sweep import SweepResult, sweep
from tests.approvals.builders import SUBJECT, make_deadline, make_rule
from tests.factories.stores import EmployeeFactory, ShopFactory
from tests.support.concurrency import run_concurrently

pytestmark = pytest.mark.django_db(transaction=True)
WAY = ["warn-50", "warn-80", "breach", "rung-1-owner"]


def two_sweeps(now: datetime) -> list[Any]:
    return run_concurrently(2, lambda _number: services.sweep_deadlines(now=now))


def steps() -> list[tuple[int, str]]:
    return list(DeadlineStep.objects.order_by("deadline_id", "pk").values_list("deadline__subject_id", "key"))


@pytest.fixture
def owner() -> Any:
    return EmployeeFactory()


@pytest.fixture
def without_skip_locked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The loop of a sweep as it would be without locks: both threads read the same row before either writes."""
    read = threading.Barrier(2, timeout=5)

    def blind(self: models.QuerySet[Any], *args: Any, **kwargs: Any) -> models.QuerySet[Any]:
        return self

    def first(self: models.QuerySet[Any]) -> Any:
        row = next(iter(self[:1]), None)
        if row is not None:
            with suppress(threading.BrokenBarrierError):
                read.wait()
        return row

    def apply() -> None:
        manager = type(Deadline.objects.all())
        monkeypatch.setattr(manager, "select_for_update", blind)
        monkeypatch.setattr(manager, "first", first)

    return apply


def test_two_sweeps_take_every_step_once(now: datetime, owner: Any) -> None:
    for subject in range(1, 13):
        make_deadline(now=now, subject_id=subject, owner_id=owner.pk)
    results = two_sweeps(now + timedelta(minutes=110))
    assert sum(result.handled for result in results) == 12 * len(WAY)
    assert sum(result.failed for result in results) == 0
    assert steps() == [(subject, key) for subject in range(1, 13) for key in WAY]
    assert Notice.objects.count() == 12 * 3


def test_control_without_lock_the_unique_key_refuses_the_second(
    now: datetime, owner: Any, without_skip_locked: Callable[[], None]
) -> None:
    """Both sweeps see the row; the loser's transaction falls, its notice with it, and the deadline is only postponed."""
    make_deadline(now=now, owner_id=owner.pk)
    without_skip_locked()
    results = two_sweeps(now + timedelta(minutes=50))
    assert sorted((result.handled, result.failed) for result in results) == [(0, 1), (1, 0)]
    assert (steps(), Notice.objects.count()) == ([(1, "warn-50")], 1)


def test_control_without_lock_and_key_the_step_is_taken_twice(
    now: datetime, owner: Any, without_skip_locked: Callable[[], None]
) -> None:
    make_deadline(now=now, owner_id=owner.pk)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE approvals_deadlinestep DROP CONSTRAINT each_step_once")
    try:
        without_skip_locked()
        two_sweeps(now + timedelta(minutes=50))
        assert (steps(), Notice.objects.count()) == ([(1, "warn-50"), (1, "warn-50")], 2)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET zhanggui.allow_truncate = 'on'")
            cursor.execute("TRUNCATE approvals_deadline CASCADE")
            cursor.execute("ALTER TABLE approvals_deadlinestep ADD CONSTRAINT each_step_once UNIQUE (deadline_id, key)")


def test_sweep_does_not_wait_for_a_row_that_somebody_holds(now: datetime, owner: Any) -> None:
    held = make_deadline(now=now, owner_id=owner.pk)
    make_deadline(now=now, subject_id=2, owner_id=owner.pk)

    def work(number: int) -> Any:
        if number == 0:
            with transaction.atomic():
                Deadline.objects.select_for_update().get(pk=held.pk)
                locked.set()
                swept.wait(10)
            return None
        locked.wait(10)
        try:
            return services.sweep_deadlines(now=now + timedelta(minutes=50))
        finally:
            swept.set()

    locked, swept = threading.Event(), threading.Event()
    assert run_concurrently(2, work) == [None, SweepResult(1, 0)]
    assert steps() == [(2, "warn-50")]


def test_meeting_and_sweeping_at_once_never_warns_after_the_end(now: datetime, owner: Any) -> None:
    for subject in range(1, 21):
        make_deadline(now=now, subject_id=subject, owner_id=owner.pk)
    at = now + timedelta(minutes=50)

    def work(number: int) -> Any:
        if number:
            return services.sweep_deadlines(now=at)
        return services.meet_deadlines(subject_type=SUBJECT, subject_ids=range(1, 21), actor=Actor.system("t"), now=at)

    met, _swept = run_concurrently(2, work)
    assert met == 20
    assert Deadline.objects.filter(state="met").count() == 20
    last = dict(steps())
    assert set(last.values()) == {"met"}


def test_starting_the_same_clocks_at_once_starts_each_once(now: datetime) -> None:
    """Given in opposite orders; the statements are made before, so that they really run side by side."""
    make_rule()
    rows = [
        services.DeadlineStart("test_rule", SUBJECT, subject, "Order", now, owner_role="CS") for subject in range(5000)
    ]
    batches = [Batch(), Batch()]
    services.start_deadlines(rows, now=now, batch=batches[0])
    services.start_deadlines(rows[::-1], now=now, batch=batches[1])
    assert run_concurrently(2, lambda number: batches[number].execute()) == [None] * 2
    assert Deadline.objects.count() == 5000


def test_consequence_gives_way_to_a_person_instead_of_deadlocking(now: datetime, owner: Any) -> None:
    """A person's service holds the subject and ends the clock; the sweep holds the clock and asks for the subject.

    The person waits first, so without the short lock wait PostgreSQL would break the person's transaction.
    """
    shop = ShopFactory()
    in_consequence = threading.Event()

    def touch_subject(deadline: Deadline, at: datetime) -> str:
        in_consequence.set()
        time.sleep(0.4)
        type(shop).objects.select_for_update().get(pk=deadline.subject_id)
        return "done"

    consequences._load()["test.touch"] = Consequence(touch_subject)
    make_rule("with_consequence", consequence="test.touch", warn_at=[], ladder=[])
    deadline = make_deadline(now=now, rule="with_consequence", subject_id=shop.pk)

    def work(number: int) -> Any:
        if number:
            return services.sweep_deadlines(now=now + timedelta(minutes=101))
        with transaction.atomic():
            type(shop).objects.select_for_update().get(pk=shop.pk)
            assert in_consequence.wait(10)
            return services.meet_deadlines(
                subject_type=SUBJECT, subject_ids=[shop.pk], actor=Actor.system("t"), now=now + timedelta(minutes=101)
            )

    try:
        met, swept = run_concurrently(2, work)
    finally:
        del consequences._load()["test.touch"]
    assert (met, swept) == (1, SweepResult(1, 1))
    deadline.refresh_from_db()
    assert (deadline.state, deadline.breached_at) == ("met", now + timedelta(minutes=100))


def test_two_workers_claim_a_job_once(owner: Any, now: datetime) -> None:
    actor = Actor.staff(user_id=owner.pk, label="P")
    for _number in range(10):
        services.request_job(kind="kit.export", title="x", params={}, actor=actor, now=now)
    claimed = run_concurrently(2, lambda _n: [job.pk for job in iter(lambda: claim_job(now=now), None)])
    assert sorted(claimed[0] + claimed[1]) == sorted(Job.objects.values_list("pk", flat=True))
    assert set(Job.objects.values_list("state", "attempts")) == {("running", 1)}


def test_worker_thought_dead_writes_nothing_any_more(owner: Any, now: datetime) -> None:
    """The first worker stalls past its lease; the second takes over and finishes; then the first wakes up."""

    def run(job: Job, at: datetime) -> None:
        if job.attempts == 1:
            recover_lost_jobs(now=at + timedelta(hours=1))
            second = claim_job(now=at + timedelta(hours=1))
            assert second is not None
            run_job(second)
        services.report_progress(job, done=job.attempts * 10)

    job_kinds._load()["test.stall"] = JobKind(run)
    try:
        job = services.request_job(
            kind="test.stall", title="x", params={}, actor=Actor.staff(user_id=owner.pk, label="P"), now=now
        )
        assert services.run_jobs() == 1
    finally:
        del job_kinds._load()["test.stall"]
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done_count) == ("done", 2, 20)


def test_two_seals_at_once_seal_each_entry_once(now: datetime) -> None:
    with transaction.atomic():
        shop = ShopFactory()
        for _number in range(30):
            services.record("backoffice.changed", shop, actor=Actor.system("t"), at=now)
    sealed = run_concurrently(3, lambda _number: services.seal_trail(now=now))
    assert sum(sealed) == 30
    assert TrailDigest.objects.count() == 30


def test_seal_leaves_the_work_to_who_is_at_it(now: datetime) -> None:
    with transaction.atomic():
        services.record("backoffice.changed", ShopFactory(), actor=Actor.system("t"), at=now)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [seals._SEAL_LOCK])
        assert services.seal_trail(now=now) == 0
    finally:
        other.close()
    assert services.seal_trail(now=now) == 1


def test_sweep_commits_row_by_row(now: datetime, owner: Any) -> None:
    """What was handled before a row that kills the sweep stays."""
    make_deadline(now=now, owner_id=owner.pk)
    make_deadline(now=now + timedelta(minutes=1), subject_id=2, owner_id=owner.pk)
    at = now + timedelta(minutes=55)

    def handle(deadline: Deadline) -> None:
        if deadline.subject_id == 2:
            raise KeyboardInterrupt
        take_step(deadline, now=at)

    with pytest.raises(KeyboardInterrupt):
        sweep(
            lambda: Deadline.objects.due_for_a_step(at),
            handle,
            postpone=lambda pk, error: postpone_step(pk, error, now=at),
        )
    assert steps() == [(1, "warn-50")]


def test_two_digest_runs_at_once_send_one_mail_a_person(now: datetime) -> None:
    people = [EmployeeFactory() for _number in range(8)]
    services.notify([person.pk for person in people], Wording("look"), kind="k", now=now)
    sent = run_concurrently(2, lambda _number: services.send_digests(now=now))
    assert sum(sent) == 8
    assert sorted(message.to[0] for message in mail.outbox) == sorted(person.email for person in people)
