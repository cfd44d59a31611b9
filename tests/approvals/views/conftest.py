"""The people whose screens are tested, each with a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from approvals import services
from stores.models import Employee
from tests.conftest import RoleClient


@pytest.fixture
def clients(client_as: Callable[..., RoleClient]) -> dict[str, RoleClient]:
    """A browser of one person per role that has a part in a note: its author, both departments, who decides."""
    services.sync_kinds()
    return {role: client_as(role) for role in ("CS", "OPS", "FIN", "PLAN", "MGR")}


@pytest.fixture
def people(clients: dict[str, RoleClient]) -> dict[str, Employee]:
    """The same people as employees."""
    return {role: client.employee for role, client in clients.items()}


@pytest.fixture
def moment() -> datetime:
    """Now, as the views read it."""
    return timezone.now()
