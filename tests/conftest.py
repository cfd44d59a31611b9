"""What every test may ask for. Keep it small: builders live in tests/factories, tools in tests/support."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from django.test import Client

from config.kit.actor import Actor
from stores.models import Employee, Shop
from tests.factories.stores import EmployeeFactory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class RoleClient(Client):
    """A browser with somebody signed in."""

    employee: Employee

    def sign_in(self, employee: Employee) -> None:
        """Sign in without a password; the second factor counts as given."""
        self.employee = employee
        self.force_login(employee, backend=BACKEND)
        session = self.session
        session["second_factor_ok"] = True
        session.save()


@pytest.fixture
def client_as(db: None) -> Callable[..., RoleClient]:
    """`client_as("CS", shops=[shop])`: a browser of someone with these roles; `.employee` is the person."""

    def make(*roles: str, shops: Sequence[Shop] = ()) -> RoleClient:
        client = RoleClient()
        client.sign_in(EmployeeFactory(roles=roles, shops=shops))
        return client

    return make


@pytest.fixture
def now() -> datetime:
    """A Tuesday morning in Shanghai."""
    return datetime(2026, 3, 10, 1, 30, tzinfo=UTC)


@pytest.fixture
def actor() -> Actor:
    """The software itself, where it does not matter who acts."""
    return Actor.system("tests")


@pytest.fixture
def staff(db: None) -> Actor:
    """An employee without any role as an actor."""
    employee = EmployeeFactory()
    return Actor.staff(user_id=employee.pk, label=str(employee))
