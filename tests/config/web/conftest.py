"""The kit's pages under their trial addresses."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import override_settings

import tests.config.web.demo_urls  # noqa: F401 (registers before any registry is read)
from stores.models import Employee
from tests.conftest import RoleClient
from tests.factories.stores import EmployeeFactory


@pytest.fixture(autouse=True)
def trial_site() -> Iterator[None]:
    """The trial addresses and templates, for these tests only."""
    templates = copy.deepcopy(django_settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    with override_settings(ROOT_URLCONF="tests.config.web.demo_urls", TEMPLATES=templates):
        yield


@pytest.fixture
def reader(client_as: Callable[..., RoleClient]) -> RoleClient:
    """Somebody who may see employees, and nothing else about them; not in the list themselves."""
    client = client_as("MGR")
    Employee.objects.filter(pk=client.employee.pk).update(username="hidden-reader")
    return client


@pytest.fixture
def administrator(client_as: Callable[..., RoleClient]) -> RoleClient:
    """Somebody who may change employees; not in the list themselves."""
    client = client_as("ADMIN")
    Employee.objects.filter(pk=client.employee.pk).update(username="hidden-administrator")
    return client


@pytest.fixture
def people(db: None) -> Callable[..., list[Employee]]:
    """`people("ann", "bob", language="en")` makes employees with these user names."""

    def make(*names: str, **facts: object) -> list[Employee]:
        return [EmployeeFactory(username=name, **facts) for name in names]

    return make
