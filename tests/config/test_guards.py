"""Triggers that hold against raw SQL."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from approvals.models import TrailEntry
from catalog.states import PRODUCT_TRANSITIONS, ProductState
from config.kit.guards import append_only, state_machine
from tests.factories.catalog import ProductFactory


def _names(model):
    return {trigger.name for trigger in getattr(model._meta, "triggers", ())}


APPEND_ONLY = sorted(model._meta.db_table for model in apps.get_models() if "append_only" in _names(model))


@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_table_that_is_only_added_to_cannot_be_emptied(table):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL zhanggui.allow_truncate = ''")
        with pytest.raises(ProgrammingError, match="Cannot truncate"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")


def test_trail_and_ledger_are_only_added_to():
    assert {"approvals_trailentry", "inventory_stockmovement"} <= set(APPEND_ONLY)
    assert _names(TrailEntry) >= {trigger.name for trigger in append_only()}


@pytest.mark.django_db
@pytest.mark.parametrize("source", list(ProductState))
@pytest.mark.parametrize("target", list(ProductState))
def test_the_database_knows_the_transition_table_too(source, target):
    product = ProductFactory(state=source)
    change = f"UPDATE catalog_product SET state = '{target}' WHERE id = {product.pk}"
    with connection.cursor() as cursor:
        if source == target or target in PRODUCT_TRANSITIONS[source]:
            cursor.execute(change)
        else:
            with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
                cursor.execute(change)
    product.refresh_from_db()
    allowed = source == target or target in PRODUCT_TRANSITIONS[source]
    assert product.state == (target if allowed else source)


def test_a_state_machine_s_name_is_its_field_s():
    assert state_machine("state", PRODUCT_TRANSITIONS).name == "state_machine"
