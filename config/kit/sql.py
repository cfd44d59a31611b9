"""Set-based statements for hot paths: many rows in one INSERT whose text does not depend on how many (ADR 0005)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb


class Batch:
    """Several writes as one statement: each becomes a WITH member, so they cost one round trip and stand or fall together.

    Members see the tables as they were before the statement; foreign keys between them hold because Django's are checked at commit.
    """

    def __init__(self) -> None:
        self._members: list[str] = []
        self._params: list[Any] = []

    def insert(
        self, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, tail: str = ""
    ) -> Batch:
        """Add rows given as sequences in the order of `columns` (field names). Nothing is added without rows."""
        by_column = list(zip(*rows, strict=True))
        if by_column:
            text, is_json = _insert_text(model, tuple(columns), tail)
            self.run(text, _arrays(by_column, is_json))
        return self

    def run(self, text: str, params: Sequence[Any]) -> Batch:
        """Add a data-modifying statement with its parameters."""
        self._members.append(text)
        self._params += params
        return self

    def execute(self) -> None:
        """Send the statement, if there is anything to send."""
        if not self._members:
            return
        *others, last = self._members
        heads = ", ".join(f"m{index} AS ({text})" for index, text in enumerate(others))
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {heads} {last}" if heads else last, self._params)


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, tail: str = ""
) -> list[tuple[Any, ...]]:
    """Insert rows given as sequences in the order of `columns` (field names) with one statement.

    `tail` may hold ON CONFLICT and RETURNING; what RETURNING gives is returned as tuples. JSON columns take plain Python objects.
    No signals, no model instances, no defaults: name every column that has no database default. Array columns take PostgreSQL array
    literals such as "{}" (see `array_literal`).
    """
    by_column = list(zip(*rows, strict=True))
    if not by_column:
        return []
    text, is_json = _insert_text(model, tuple(columns), tail)
    with connection.cursor() as cursor:
        cursor.execute(text, _arrays(by_column, is_json))
        return cursor.fetchall() if cursor.description else []


def array_literal(items: Iterable[str]) -> str:
    """A text array as a PostgreSQL literal: `{"a","b"}`."""
    quoted = (item.replace("\\", "\\\\").replace('"', '\\"') for item in items)
    return "{" + ",".join(f'"{item}"' for item in quoted) + "}"


@lru_cache(maxsize=256)
def _insert_text(model: type[models.Model], columns: tuple[str, ...], tail: str) -> tuple[str, tuple[bool, ...]]:
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    types = [_column_type(field) for field in fields]
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    # An array of arrays would have to be rectangular: array columns travel as text and are cast row by row.
    sent = ", ".join(f"%s::{'text' if type_.endswith('[]') else type_}[]" for type_ in types)
    read = ", ".join(f"u.c{i}::{type_}" if type_.endswith("[]") else f"u.c{i}" for i, type_ in enumerate(types))
    aliases = ", ".join(f"c{i}" for i in range(len(types)))
    text = f"INSERT INTO {table} ({names}) SELECT {read} FROM unnest({sent}) AS u({aliases}) {tail}"
    return text, tuple(type_ == "jsonb" for type_ in types)


def _column_type(field: Any) -> str:
    db_type = field.target_field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    is_array = db_type.endswith("[]")
    base = db_type.removesuffix("[]").split("(")[0]
    return ("text" if base == "varchar" else base) + ("[]" if is_array else "")


def _arrays(by_column: Sequence[Sequence[Any]], is_json: Sequence[bool]) -> list[list[Any]]:
    return [
        [None if value is None else Jsonb(value) for value in column] if json else list(column)
        for column, json in zip(by_column, is_json, strict=True)
    ]


def next_ids(*counts: tuple[type[models.Model], int]) -> list[list[int]]:
    """Take keys from the sequences of several models in one statement: a list of `count` ascending keys per model."""
    parts = ", ".join(
        "ARRAY(SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s))"
        for _model, _count in counts
    )
    params: list[Any] = []
    for model, count in counts:
        params += [model._meta.db_table, count]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}", params)
        return [list(ids) for ids in cursor.fetchone()]
