"""Many rows in one statement whose text does not grow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Heartbeat
from catalog.models import Category, Product
from config.kit.sql import Batch, array_literal, insert_rows, next_ids
from stores.models import Platform

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
PLATFORM = ("code", "name", "state")
EMPTY = {"brand": "", "brief": "", "slogan": "", "blocks": {}, "attributes": {}, "service_text": "", "feature": ""}


def test_rows_are_inserted_by_field_name_with_one_statement(django_assert_num_queries):
    rows = [(f"p{number}", "名 ' \" %s", "active") for number in range(3)]
    with django_assert_num_queries(1):
        made = insert_rows(Platform, PLATFORM, rows, tail="RETURNING code")
    assert made == [("p0",), ("p1",), ("p2",)]
    assert list(Platform.objects.order_by("pk").values_list(*PLATFORM)) == rows


def test_the_text_does_not_depend_on_the_number_of_rows():
    texts = []
    for first, count in ((0, 1), (10, 3)):
        with CaptureQueriesContext(connection) as captured:
            insert_rows(Platform, PLATFORM, [(f"p{first + n}", "x", "active") for n in range(count)])
        texts.append(captured.captured_queries[0]["sql"].split("unnest")[0])
    assert texts[0] == texts[1]


def test_no_rows_ask_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_rows(Platform, PLATFORM, []) == []


def test_a_conflict_can_be_left_alone():
    insert_rows(Platform, PLATFORM, [("a", "first", "active")])
    tail = "ON CONFLICT (code) DO NOTHING RETURNING code"
    assert insert_rows(Platform, PLATFORM, [("a", "second", "active"), ("b", "x", "active")], tail=tail) == [("b",)]
    assert Platform.objects.get(code="a").name == "first"


def test_relations_nulls_json_times_and_arrays_keep_their_types():
    parent = Category.objects.create(code="parent", name="Parent")
    insert_rows(
        Category, ("code", "name", "parent", "is_fragile"), [("a", "A", parent.pk, True), ("b", "B", None, False)]
    )
    assert list(Category.objects.order_by("pk").values_list("parent_id", "is_fragile"))[1:] == [
        (parent.pk, True),
        (None, False),
    ]
    insert_rows(Heartbeat, ("name", "at", "detail"), [("x", NOW, {"深": [1, None, "'"]}), ("y", NOW, {})])
    assert Heartbeat.objects.get(pk="x").detail == {"深": [1, None, "'"]}
    words = ["水杯", 'quo"te', "back\\slash", "com,ma", ""]
    insert_rows(
        Product,
        ("name", "category", "state", "search_tokens", "created_at", *EMPTY),
        [
            ("full", None, "draft", array_literal(words), NOW, *EMPTY.values()),
            ("empty", None, "draft", array_literal([]), NOW, *EMPTY.values()),
        ],
    )
    assert dict(Product.objects.values_list("name", "search_tokens")) == {"full": words, "empty": []}


def test_rows_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="zip"):
        insert_rows(Platform, PLATFORM, [("a", "x", "active"), ("b", "x")])


def test_a_batch_writes_several_tables_with_one_statement(django_assert_num_queries):
    batch = Batch().insert(Platform, PLATFORM, [("a", "x", "active")]).insert(Platform, PLATFORM, [])
    batch.insert(Heartbeat, ("name", "at", "detail"), [("x", NOW, {})])
    batch.run("INSERT INTO catalog_category (code, name, is_fragile) VALUES (%s, %s, false)", ["c", "100 %"])
    with django_assert_num_queries(1):
        batch.execute()
    assert (Platform.objects.count(), Heartbeat.objects.count(), Category.objects.get().name) == (1, 1, "100 %")


def test_an_empty_batch_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        Batch().execute()


def test_keys_of_several_models_come_from_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        platforms, categories = next_ids((Platform, 3), (Category, 2))
    assert (platforms, categories) == (sorted(platforms), sorted(categories))
    assert (len(set(platforms)), len(set(categories))) == (3, 2)
    assert Platform.objects.create(code="next", name="x").pk > platforms[-1]
