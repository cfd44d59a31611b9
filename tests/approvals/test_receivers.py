"""What the kernel writes down when the kit tells news."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.urls import reverse

from approvals.models import Job, TrailEntry
from tests.conftest import RoleClient

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., RoleClient]


def exports_of(client: RoleClient) -> list[dict[str, Any]]:
    entries = TrailEntry.objects.about("stores.employee", client.employee.pk).filter(action="kit.export_taken")
    assert {entry.actor_user_id for entry in entries} <= {client.employee.pk}
    return [{name: after for name, (_before, after) in entry.changes.items()} for entry in entries.order_by("id")]


def test_a_csv_stands_in_the_trail_with_its_filters(client_as: ClientAs) -> None:
    client = client_as("MGR")
    client.get(reverse("approvals:deadline_list"), {"export": "csv", "state": "running"})
    (facts,) = exports_of(client)
    assert (facts["export"], facts["form"], facts["query"]) == ("list.approvals.deadlines", "csv", "state=running")
    assert facts["columns"]


def test_an_xlsx_stands_there_when_it_is_asked_for(client_as: ClientAs) -> None:
    client = client_as("SUP")
    client.post(reverse("approvals:trail_export", query={"start": "", "end": "", "subject_type": ""}))
    (facts,) = exports_of(client)
    assert (facts["form"], Job.objects.get().kind) == ("xlsx", "kit.export")


def test_what_was_searched_for_is_masked(client_as: ClientAs) -> None:
    client = client_as("MGR")
    client.get(reverse("orders:order_list"), {"export": "csv", "q": "13912345678"})
    (facts,) = exports_of(client)
    assert facts["query"] == "q=*******5678"


def test_an_export_that_cannot_be_noted_does_not_leave(client_as: ClientAs) -> None:
    client = client_as("MGR")
    with patch("approvals.receivers.record", side_effect=OSError("disk")), pytest.raises(OSError, match="disk"):
        client.get(reverse("orders:order_list"), {"export": "csv"})
