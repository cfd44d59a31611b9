"""What every test may ask for. Keep it small: builders live in tests/factories, tools in tests/support."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation
from pytest_django import DjangoDbBlocker

from approvals.services import forget_rules
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


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Words are compared with the source's; a request still speaks its own language."""
    with translation.override("en"):
        yield


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


@pytest.fixture(scope="session")
def _emptied_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The flush after a test with threads or kills is a TRUNCATE, which the guard triggers refuse everywhere else."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET zhanggui.allow_truncate = 'on'")
        cursor.execute("SET zhanggui.allow_truncate = 'on'")


@pytest.fixture
def lets_itself_be_emptied(_emptied_database: None) -> None:
    """For tests whose flush gives time rules new keys, which this process's cache does not know."""
    forget_rules()
