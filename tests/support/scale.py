"""Very many rows at once, and how the database finds a page of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

MANY = 20_000
FEW = 1_000
"""Rows that may be sorted in memory for a page of fifty: some pages' worth, never a table."""


def run(sql: str, **params: Any) -> None:
    """One statement for all rows. The guard triggers hold as for anybody.

    Their plans were made when the tables were empty; autovacuum would have had them made anew, else each row reads the whole table.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
        cursor.execute(sql, params)


def analyze(*tables: str) -> None:
    """What autovacuum would have told the planner."""
    for table in tables:
        run(f"ANALYZE {table}")


def statements(client: Client, address: str) -> list[str]:
    """The SQL of one answer, with its values in place. The page must open."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
        assert response.status_code == 200, response.status_code
    return [query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT")]


def slow_steps(sql: str, tables: Sequence[str]) -> list[str]:
    """Steps of the plan of a statement that read one of the tables from end to end, or sort more than a few rows.

    The planner is as it is delivered: nothing is switched off.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        [[found]] = cursor.fetchall()
    plan = found if isinstance(found, list) else json.loads(found)
    return [words for step in _steps(plan[0]["Plan"]) for words in _complaints(step, tables)]


def _steps(step: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield step
    for below in step.get("Plans", ()):
        yield from _steps(below)


def _complaints(step: dict[str, Any], tables: Sequence[str]) -> Iterator[str]:
    kind = step["Node Type"]
    if kind == "Seq Scan" and step["Relation Name"] in tables:
        yield f"reads all of {step['Relation Name']}"
    if kind == "Sort" and step["Plans"][0]["Plan Rows"] > FEW:
        yield f"sorts {step['Plans'][0]['Plan Rows']} rows by {', '.join(step['Sort Key'])}"
