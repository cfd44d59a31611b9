"""Database triggers and constraints that every floor declares in the same words (ADR 0004)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db.models import Func, Q

# Only the test run's database role sets this: its flush between tests is a TRUNCATE.
_TRUNCATE_SETTING = "zhanggui.allow_truncate"


def append_only() -> list[pgtrigger.Trigger]:
    """Rows may be added, never changed, deleted or truncated away: not by an admin, not by raw SQL."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        no_truncate(),
    ]


def no_truncate() -> pgtrigger.Trigger:
    """Refuse TRUNCATE, which row triggers do not see."""
    return pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=f"""
            IF coalesce(current_setting('{_TRUNCATE_SETTING}', true), '') <> 'on' THEN
                RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;
            END IF;
            RETURN NULL;
        """,
    )


def state_machine(field: str, transitions: Mapping[str, frozenset[str]]) -> pgtrigger.Trigger:
    """The transition table as a trigger: the database refuses a step that the table does not name."""
    pairs = sorted((str(source), str(target)) for source, targets in transitions.items() for target in targets)
    return pgtrigger.FSM(name=f"{field}_machine", field=field, transitions=pairs)


def no_overlap(*same: Any, name: str, condition: Q | None = None) -> ExclusionConstraint:
    """Of the rows that agree in `same`, no two hold at one moment of their `starts_at` to `ends_at` (none: until further notice).

    The end does not belong to the time: the next row may begin right there.
    """
    span = Func("starts_at", "ends_at", RangeBoundary(), function="TSTZRANGE", output_field=DateTimeRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[*((one, RangeOperators.EQUAL) for one in same), (span, RangeOperators.OVERLAPS)],
        condition=condition,
    )
