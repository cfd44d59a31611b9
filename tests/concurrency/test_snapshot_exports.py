"""An export that is read as of one instant, while somebody else writes."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.db.utils import InternalError

from config.kit.export import ExportColumn, ExportDeclaration, preview
from stores.models import Department
from tests.factories.stores import DepartmentFactory, EmployeeFactory

pytestmark = pytest.mark.django_db(transaction=True)


def add_department() -> None:
    """Somebody else's committed row."""
    DepartmentFactory(code="late")
    connections.close_all()


def rows(params: Any, user: Any) -> Iterator[dict[str, Any]]:
    """What was there at the start, and what is seen after somebody wrote."""
    yield {"seen": Department.objects.filter(code="late").count()}
    other = Thread(target=add_department)
    other.start()
    other.join()
    yield {"seen": Department.objects.filter(code="late").count()}


@pytest.mark.parametrize(("snapshot", "expected"), [(True, [["0"], ["0"]]), (False, [["0"], ["1"]])])
def test_snapshot_export_does_not_see_what_is_written_meanwhile(snapshot: bool, expected: list[list[str]]) -> None:
    person = EmployeeFactory()
    columns = (ExportColumn("seen", "Seen", "number"),)
    declaration = ExportDeclaration("tests.seen", "Seen", columns, None, rows, snapshot=snapshot)
    assert preview(declaration, {}, person).rows == expected
    assert Department.objects.filter(code="late").exists()


def test_snapshot_export_cannot_write() -> None:
    def write(params: Any, user: Any) -> list[Any]:
        DepartmentFactory(code="written")
        return []

    declaration = ExportDeclaration("tests.written", "Written", (), None, write, snapshot=True)
    person = EmployeeFactory()
    with pytest.raises(InternalError, match="read-only transaction"):
        preview(declaration, {}, person)
    assert not connection.in_atomic_block
    assert not Department.objects.filter(code="written").exists()
