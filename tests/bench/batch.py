"""`take_orders` beside one plain SQL statement that writes the same rows, in turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from config.kit.actor import Actor
from orders.services import take_orders
from tests.bench.company import Company, drafts

ORDERS = 100
# The rows of one batch, by the keys of its orders. Keys that the database gives and nobody refers to are left to it.
_OF_ORDERS = {
    "customers_customer": "id IN (SELECT customer_id FROM orders_order WHERE id = ANY(%s))",
    "customers_identity": "customer_id IN (SELECT customer_id FROM orders_order WHERE id = ANY(%s))",
    "orders_order": "id = ANY(%s)",
    "orders_orderline": "order_id = ANY(%s)",
    "orders_payment": "order_id = ANY(%s)",
    "inventory_reservation": "line_id IN (SELECT id FROM orders_orderline WHERE order_id = ANY(%s))",
    "inventory_stockmovement": "source_type = 'orders.orderline'"
    " AND source_id IN (SELECT id FROM orders_orderline WHERE order_id = ANY(%s))",
    "customers_message": "subject_type = 'orders.order' AND subject_id = ANY(%s)",
    "approvals_deadline": "subject_type = 'orders.order' AND subject_id = ANY(%s)",
    "approvals_trailentry": "subject_type = 'orders.order' AND subject_id = ANY(%s)",
}
_KEPT_KEYS = {"customers_customer", "orders_order", "orders_orderline"}
# Which column refers to which of the kept keys.
_REFERENCES = {
    "customers_customer": {"id": "customers_customer"},
    "customers_identity": {"customer_id": "customers_customer"},
    "orders_order": {"id": "orders_order", "customer_id": "customers_customer"},
    "orders_orderline": {"id": "orders_orderline", "order_id": "orders_order"},
    "orders_payment": {"order_id": "orders_order"},
    "inventory_reservation": {"line_id": "orders_orderline"},
    "inventory_stockmovement": {"source_id": "orders_orderline"},
    "customers_message": {"subject_id": "orders_order", "customer_id": "customers_customer"},
    "approvals_deadline": {"subject_id": "orders_order"},
    "approvals_trailentry": {"subject_id": "orders_order"},
}
_UNIQUE = {"customers_identity": "value", "orders_order": "number", "customers_message": "key"}
_LEVELS = """
    UPDATE inventory_stocklevel l SET reserved = l.reserved + d.quantity
    FROM (SELECT level_id, sum(quantity)::int AS quantity
          FROM unnest(%s::bigint[], %s::int[]) AS u(level_id, quantity) GROUP BY 1) d
    WHERE l.id = d.level_id
"""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one table as they will be written."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def measure(company: Company, *, rounds: int) -> tuple[float, float, float]:
    """Orders per second of `take_orders` and of the statement (medians), and the median of the rounds' ratios."""
    model = _written_by(_take(company))
    ours, theirs = [], []
    for number in range(rounds + 1):
        fresh = drafts(company, ORDERS)
        took = _seconds(lambda fresh=fresh: _take_drafts(company, fresh))
        text = _statement(_renewed(model, f"{number:03}"))
        wrote = _seconds(lambda text=text: _execute(text))
        if number:  # the first round warms up
            ours.append(ORDERS / took)
            theirs.append(ORDERS / wrote)
    _require_equal_counts(model)
    return median(ours), median(theirs), median(one / other for one, other in zip(ours, theirs, strict=True))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _take(company: Company) -> list[int]:
    return _take_drafts(company, drafts(company, ORDERS))


def _take_drafts(company: Company, fresh: Sequence[Any]) -> list[int]:
    taken = take_orders(
        shop_id=company.shop.pk, channel="api", drafts=fresh, actor=Actor.client("bench"), now=timezone.now()
    )
    if any(one.status != "ready" for one in taken):
        raise RuntimeError("the measurement needs orders that can be served")
    return [one.order_id for one in taken]


def _written_by(order_ids: list[int]) -> list[Table]:
    """All rows that a batch has written, as a pattern for the statement's own."""
    tables = []
    with connection.cursor() as cursor:
        for name, condition in _OF_ORDERS.items():
            cursor.execute(
                "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND (attname <> 'id' OR %s) ORDER BY attnum",
                [name, name in _KEPT_KEYS],
            )
            columns, types = zip(*cursor.fetchall(), strict=True)
            cursor.execute(f"SELECT {', '.join(columns)} FROM {name} WHERE {condition}", [order_ids])
            tables.append(Table(name, columns, types, cursor.fetchall()))
    return tables


def _renewed(model: Sequence[Table], mark: str) -> list[Table]:
    """The same rows under keys that are still free."""
    fresh: dict[str, dict[int, int]] = {}
    with connection.cursor() as cursor:
        for table in model:
            if table.name in _KEPT_KEYS:
                old = [row[table.columns.index("id")] for row in table.rows]
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                    [table.name, len(old)],
                )
                fresh[table.name] = dict(zip(old, (row[0] for row in cursor.fetchall()), strict=True))
    renewed = []
    for table in model:
        keys = {table.columns.index(column): fresh[other] for column, other in _REFERENCES[table.name].items()}
        marked = {table.columns.index(_UNIQUE[table.name])} if table.name in _UNIQUE else set()
        if table.name == "orders_order":
            marked.add(table.columns.index("external_id"))
        rows = [
            tuple(
                keys[index][value] if index in keys else f"{value}.{mark}" if index in marked else value
                for index, value in enumerate(row)
            )
            for row in table.rows
        ]
        renewed.append(Table(table.name, table.columns, table.types, rows))
    return renewed


def _statement(tables: Sequence[Table]) -> str:
    """One data-modifying statement for all tables with its values in it: nothing is left to be done but to send it."""
    members, params = [], []
    for table in tables:
        sent = ", ".join(f"%s::{'text' if type_.endswith('[]') else type_}[]" for type_ in table.types)
        names = [f"c{index}" for index in range(len(table.columns))]
        read = ", ".join(
            f"u.{name}::{type_}" if type_.endswith("[]") else f"u.{name}"
            for name, type_ in zip(names, table.types, strict=True)
        )
        columns = ", ".join(table.columns)
        members.append(
            f"INSERT INTO {table.name} ({columns}) SELECT {read} FROM unnest({sent}) AS u({', '.join(names)})"
        )
        params += [
            [_sent(value, type_) for value in column]
            for column, type_ in zip(zip(*table.rows, strict=True), table.types, strict=True)
        ]
        if table.name == "inventory_reservation":
            level, quantity = table.columns.index("level_id"), table.columns.index("quantity")
            members.append(_LEVELS)
            params += [[row[level] for row in table.rows], [row[quantity] for row in table.rows]]
    *others, last = members
    heads = ", ".join(f"m{index} AS ({text})" for index, text in enumerate(others))
    with connection.cursor() as cursor:
        return cursor.mogrify(f"WITH {heads} {last}", params)


def _sent(value: Any, type_: str) -> Any:
    if value is None:
        return None
    if type_ == "jsonb":
        return Jsonb(value) if not isinstance(value, str) else value
    if type_.endswith("[]"):
        return "{" + ",".join(f'"{item}"' for item in value) + "}"
    return value


def _execute(text: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text)


def _require_equal_counts(model: Sequence[Table]) -> None:
    """The statement's last round must have written as many rows to every table as `take_orders` did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(id) FROM (SELECT id FROM orders_order ORDER BY id DESC LIMIT %s) o", [ORDERS])
        last = cursor.fetchone()[0]
        for table in model:
            cursor.execute(f"SELECT count(*) FROM {table.name} WHERE {_OF_ORDERS[table.name]}", [last])
            if (found := cursor.fetchone()[0]) != len(table.rows):
                raise RuntimeError(f"{table.name}: {found} rows instead of {len(table.rows)}")
