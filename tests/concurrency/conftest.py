"""What tests with real threads need of the database."""

from __future__ import annotations

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from approvals.services import forget_rules


@pytest.fixture(scope="session", autouse=True)
def _test_database_lets_itself_be_emptied(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The flush after such a test is a TRUNCATE, which the guard triggers refuse everywhere else."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {name} SET zhanggui.allow_truncate = 'on'")
        cursor.execute("SET zhanggui.allow_truncate = 'on'")


@pytest.fixture(autouse=True)
def _rules_are_read_anew() -> None:
    """The flush gives time rules new keys, which this process's cache does not know."""
    forget_rules()
