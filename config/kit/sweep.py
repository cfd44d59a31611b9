"""The one loop behind everything that happens by the clock: take what is due, each row in its own transaction (ADR 0003)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import models, transaction

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class SweepResult:
    """What one sweep did: rows handled and rows that raised and were postponed."""

    handled: int = 0
    failed: int = 0


def sweep(
    due: Callable[[], models.QuerySet[Any]],
    handle: Callable[[Any], None],
    *,
    postpone: Callable[[int, Exception], None],
    limit: int = 500,
) -> SweepResult:
    """Handle due rows one by one until none is left or `limit` is reached.

    `due()` returns the ordered queryset of due rows, evaluated anew for each row inside its transaction with `FOR
    UPDATE SKIP LOCKED`, so that sweeps may run side by side. `handle(row)` must make the row not due any more. When
    it raises, its transaction is rolled back, the error is logged, and `postpone(pk, error)` must move the row out of
    the way in a transaction of its own. A poisoned row never blocks the rest: one that cannot even be postponed is
    left out until the next sweep.
    """
    result = SweepResult()
    stuck: list[int] = []
    while result.handled + result.failed < limit:
        row = None
        try:
            with transaction.atomic():
                row = due().exclude(pk__in=stuck).select_for_update(skip_locked=True, of=("self",)).first()
                if row is None:
                    return result
                handle(row)
        except Exception as error:
            if row is None:
                raise
            log.exception("sweep_row_failed", model=row._meta.label_lower, pk=row.pk)
            result.failed += 1
            if not _moved_away(row, error, postpone):
                stuck.append(row.pk)
        else:
            result.handled += 1
    return result


def _moved_away(row: Any, error: Exception, postpone: Callable[[int, Exception], None]) -> bool:
    try:
        with transaction.atomic():
            postpone(row.pk, error)
    except Exception:
        log.exception("sweep_row_not_postponed", model=row._meta.label_lower, pk=row.pk)
        return False
    return True


def backoff(attempts: int, *, now: datetime, first: timedelta, longest: timedelta) -> datetime:
    """The next attempt's time: `first` doubled with each attempt made, at most `longest`."""
    return now + min(first * 2 ** min(attempts, 30), longest)
