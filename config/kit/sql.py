"""Set-based statements for hot paths: many rows in one INSERT whose text does not depend on how many (ADR 0005)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb


@lru_cache(maxsize=256)
def _insert_statement(model: type[models.Model], columns: tuple[str, ...], tail: str) -> tuple[str, tuple[bool, ...]]:
    fields = [model._meta.get_field(name) for name in columns]
    types = [_array_type(field) for field in fields]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    arrays = ", ".join(f"%s::{type_}[]" for type_ in types)
    table = connection.ops.quote_name(model._meta.db_table)
    text = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {tail}"
    return text, tuple(type_ == "jsonb" for type_ in types)


def _array_type(field: Any) -> str:
    db_type = (field.target_field if field.is_relation else field).rel_db_type(connection)
    base = str(field.db_type(connection) if not field.is_relation else db_type).split("(")[0]
    return "text" if base == "varchar" else base


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, tail: str = ""
) -> list[tuple[Any, ...]]:
    """Insert rows given as sequences in the order of `columns` (field names) with one statement.

    `tail` may hold ON CONFLICT and RETURNING; what RETURNING gives is returned as tuples. JSON columns take plain Python objects.
    No signals, no model instances, no defaults: name every column that has no database default. Array columns are not supported.
    """
    names = tuple(columns)
    by_column = list(zip(*rows, strict=True))
    if not by_column:
        return []
    text, is_json = _insert_statement(model, names, tail)
    arrays = [
        [None if value is None else Jsonb(value) for value in column] if json else list(column)
        for column, json in zip(by_column, is_json, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(text, arrays)
        return cursor.fetchall() if cursor.description else []


def next_ids(*counts: tuple[type[models.Model], int]) -> list[list[int]]:
    """Take keys from the sequences of several models in one statement: a list of `count` ascending keys per model."""
    parts = ", ".join(
        "ARRAY(SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s))" for _model, _count in counts
    )
    params: list[Any] = []
    for model, count in counts:
        params += [model._meta.db_table, count]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}", params)
        return [list(ids) for ids in cursor.fetchone()]
