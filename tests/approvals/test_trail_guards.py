"""The database itself refuses to let the trail be touched."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import ProgrammingError, connection, transaction

from approvals import services
from approvals.models import TrailDigest, TrailEntry, TrailSeal
from config.kit.actor import Actor
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(now: datetime, actor: Actor) -> None:
    """One entry under one seal."""
    services.record("backoffice.changed", ShopFactory(), actor=actor, reason="new name", at=now)
    services.seal_trail(now=now)


def image() -> list[list[tuple[object, ...]]]:
    return [list(model.objects.order_by("pk").values_list()) for model in (TrailEntry, TrailSeal, TrailDigest)]


def attempt(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL zhanggui.allow_truncate = ''")
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["approvals_trailentry", "approvals_trailseal", "approvals_traildigest"])
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE {table} SET {column} = {column}", "Cannot update or delete rows"),
        ("DELETE FROM {table}", "Cannot update or delete rows"),
        ("TRUNCATE {table} CASCADE", "Cannot truncate rows"),
    ],
)
def test_database_refuses_to_touch_the_trail(table: str, statement: str, words: str, sealed: None) -> None:
    before = image()
    column = "reason" if table.endswith("entry") else "digest"
    with pytest.raises(ProgrammingError, match=words):
        attempt(statement.format(table=table, column=column))
    assert image() == before


def test_record_refuses_unknown_action(actor: Actor) -> None:
    with pytest.raises(KeyError, match=r"unknown key 'nothing\.happened'"):
        services.record("nothing.happened", ShopFactory(), actor=actor)
    assert TrailEntry.objects.count() == 0
