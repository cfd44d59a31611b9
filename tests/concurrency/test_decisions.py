"""Two managers decide about the same request at the same moment: one wins, the other is told who did."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from approvals import services
from approvals.errors import AlreadyDecided
from approvals.models import ChangeRequest, Decision, Snapshot
from config.kit.actor import Actor
from tests.approvals.kinds import KIND, write_note
from tests.factories.stores import EmployeeFactory
from tests.support.concurrency import run_concurrently

pytestmark = pytest.mark.django_db(transaction=True)


def acting(role: str) -> Actor:
    person = EmployeeFactory(roles=[role])
    return Actor.staff(user_id=person.pk, label=str(person))


@pytest.fixture
def signed(now: datetime) -> ChangeRequest:
    """A request that waits for one decision."""
    services.sync_time_rules()
    services.sync_kinds()
    request = services.submit(kind=KIND, draft_id=write_note(), actor=acting("CS"), now=now)
    for section, role in (("facts", "OPS"), ("price", "FIN")):
        services.sign(
            request_id=request.pk, section=section, content_hash=request.content_hash, actor=acting(role), now=now
        )
    return ChangeRequest.objects.get(pk=request.pk)


@pytest.mark.parametrize("verbs", [("approve", "approve"), ("approve", "refuse")])
def test_one_decides_and_the_other_is_told_by_name(
    verbs: tuple[str, str], signed: ChangeRequest, now: datetime
) -> None:
    managers = [acting("PLAN"), acting("PLAN")]

    def decide(number: int) -> ChangeRequest:
        facts: dict[str, Any] = {"request_id": signed.pk, "content_hash": signed.content_hash, "now": now}
        verb = getattr(services, verbs[number])
        return verb(actor=managers[number], reason="seen", **facts)

    results = run_concurrently(2, decide)
    [refusal] = [result for result in results if isinstance(result, Exception)]
    [winner] = [manager for manager, result in zip(managers, results, strict=True) if isinstance(result, ChangeRequest)]
    assert isinstance(refusal, AlreadyDecided)
    assert winner.label in str(refusal)
    decision = Decision.objects.get(request=signed)
    assert decision.decider_id == winner.user_id
    assert Snapshot.objects.filter(request=signed).count() == (1 if decision.outcome == "approve" else 0)


def test_without_the_lock_both_would_decide(signed: ChangeRequest, now: datetime) -> None:
    """The control: reading the state and then writing, as code without the row lock would, leaves two decisions."""
    managers = [acting("PLAN"), acting("PLAN")]
    both_have_read = threading.Barrier(2, timeout=30)

    def decide(number: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT state FROM approvals_changerequest WHERE id = %s", [signed.pk])
            assert cursor.fetchone() == ("in_review",)
            both_have_read.wait()
            cursor.execute(
                "INSERT INTO approvals_decision (request_id, outcome, decider_id, requester_id, authors, content_hash, reason,"
                " field_reasons, is_bulk, at) VALUES (%s, 'approve', %s, %s, %s, %s, '', '{}', false, %s)",
                [signed.pk, managers[number].user_id, signed.requester_id, signed.authors, signed.content_hash, now],
            )

    assert run_concurrently(2, decide) == [None, None]
    assert Decision.objects.filter(request=signed).count() == 2
