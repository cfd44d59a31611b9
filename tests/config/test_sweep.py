"""The one loop behind the clock, with notices standing in for any table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from approvals.models import Notice
from config.kit.sweep import SweepResult, backoff, sweep
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.fixture
def rows() -> list[Notice]:
    person = EmployeeFactory()
    return [Notice.objects.create(recipient=person, kind="k", text=f"n{n}", created_at=NOW) for n in range(3)]


def due() -> object:
    return Notice.objects.filter(read_at__isnull=True).order_by("pk")


def done(row: Notice) -> None:
    Notice.objects.filter(pk=row.pk).update(read_at=NOW)


def states() -> list[tuple[str, bool]]:
    return [(row.text, row.read_at is not None) for row in Notice.objects.order_by("pk")]


def test_sweep_handles_each_due_row_once(rows: list[Notice]) -> None:
    seen: list[str] = []

    def handle(row: Notice) -> None:
        seen.append(row.text)
        done(row)

    assert sweep(due, handle, postpone=lambda pk, error: None) == SweepResult(3, 0)
    assert seen == ["n0", "n1", "n2"]


def test_sweep_stops_at_its_limit(rows: list[Notice]) -> None:
    assert sweep(due, done, postpone=lambda pk, error: None, limit=2) == SweepResult(2, 0)
    assert states() == [("n0", True), ("n1", True), ("n2", False)]


def test_poisoned_row_is_rolled_back_and_postponed(rows: list[Notice]) -> None:
    postponed: list[tuple[int, str]] = []

    def handle(row: Notice) -> None:
        done(row)
        if row.text == "n1":
            Notice.objects.filter(pk=row.pk).update(kind="half done")
            raise RuntimeError("poison")

    def postpone(pk: int, error: Exception) -> None:
        postponed.append((pk, str(error)))
        Notice.objects.filter(pk=pk).update(read_at=NOW, text="postponed")

    assert sweep(due, handle, postpone=postpone) == SweepResult(2, 1)
    assert postponed == [(rows[1].pk, "poison")]
    assert states() == [("n0", True), ("postponed", True), ("n2", True)]
    assert not Notice.objects.filter(kind="half done").exists()


def test_row_that_cannot_even_be_postponed_is_left_out_and_blocks_nobody(rows: list[Notice]) -> None:
    tried: list[str] = []

    def handle(row: Notice) -> None:
        tried.append(row.text)
        if row.text == "n0":
            raise RuntimeError("poison")
        done(row)

    def postpone(pk: int, error: Exception) -> None:
        raise RuntimeError("the ground is gone too")

    assert sweep(due, handle, postpone=postpone) == SweepResult(2, 1)
    assert tried == ["n0", "n1", "n2"]
    assert states() == [("n0", False), ("n1", True), ("n2", True)]


def test_trouble_with_the_question_itself_rises(rows: list[Notice]) -> None:
    def broken() -> object:
        raise RuntimeError("no such table")

    with pytest.raises(RuntimeError, match="no such table"):
        sweep(broken, done, postpone=lambda pk, error: None)
    assert states() == [("n0", False), ("n1", False), ("n2", False)]


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 2), (2, 4), (6, 60), (1000, 60)])
def test_backoff_doubles_up_to_the_longest(attempts: int, minutes: int) -> None:
    after = backoff(attempts, now=NOW, first=timedelta(minutes=1), longest=timedelta(hours=1))
    assert after == NOW + timedelta(minutes=minutes)
