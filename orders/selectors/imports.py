"""What the import desk reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from orders.models import ImportRow, ImportRun, RawInput
from orders.states import ImportState, InputState
from stores.selectors import visible_shop_ids

RUN_LOCK_SPACE = 0x1A9
"""The space of advisory locks in which a running import holds its key (services/imports/run.py; a test compares both)."""

_IS_HELD = """
    SELECT EXISTS (
        SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = %s AND objid = %s AND d.datname = current_database()
    )
"""


def import_runs(user: Any) -> QuerySet[ImportRun]:
    """Imports into the shops that the employee works for."""
    runs = ImportRun.objects.select_related("shop", "column_map", "requested_by")
    shops = visible_shop_ids(user)
    return runs if shops is None else runs.filter(shop__in=shops)


def import_rows(user: Any) -> QuerySet[ImportRow]:
    """Rows of these imports."""
    rows = ImportRow.objects.select_related("run")
    shops = visible_shop_ids(user)
    return rows if shops is None else rows.filter(run__shop__in=shops)


def raw_inputs(user: Any) -> QuerySet[RawInput]:
    """Raw inputs of the shops that the employee works for; those of no shop are for people who see every shop.

    Without their bodies.
    """
    rows = RawInput.objects.select_related("shop").defer("body", "corrected")
    shops = visible_shop_ids(user)
    return rows if shops is None else rows.filter(shop__in=shops)


@dataclass(frozen=True, slots=True)
class ImportFigures:
    """What became of a file's rows. The parts add up to `rows`."""

    rows: int
    order_lines: int
    cancellation_lines: int
    already_here: int
    quarantined: int
    set_aside: int
    waiting: int

    @property
    def settled(self) -> int:
        """Rows that are through, one way or the other."""
        return self.rows - self.waiting


def import_figures(run_id: int) -> ImportFigures:
    """Count a run's rows by what became of them; one statement."""
    done = Q(state=InputState.DONE)
    line, note = Q(order_line_id__isnull=False), Q(cancellation_line_id__isnull=False)
    return ImportFigures(
        **ImportRow.objects.filter(run_id=run_id).aggregate(
            rows=Count("pk"),
            order_lines=Count("pk", filter=done & line),
            cancellation_lines=Count("pk", filter=done & note),
            already_here=Count("pk", filter=done & ~line & ~note),
            quarantined=Count("pk", filter=Q(state=InputState.QUARANTINED)),
            set_aside=Count("pk", filter=Q(state=InputState.IGNORED)),
            waiting=Count("pk", filter=Q(state=InputState.PENDING)),
        )
    )


def is_being_worked_on(run_id: int) -> bool:
    """Whether a worker holds the run at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_HELD, [RUN_LOCK_SPACE, run_id])
        return bool(cursor.fetchone()[0])


def may_go_on(run: ImportRun) -> bool:
    """Whether the run is a worker's turn."""
    return run.state in (ImportState.READING, ImportState.RUNNING)


def same_file(run: ImportRun, user: Any) -> list[ImportRun]:
    """Other imports of exactly these bytes that the person may see, newest first."""
    return list(import_runs(user).filter(sha256=run.sha256).exclude(pk=run.pk).order_by("-pk")[:5])


def problems_of(run_id: int) -> list[dict[str, Any]]:
    """A run's quarantined rows counted by column and problem, the most frequent first."""
    rows = ImportRow.objects.filter(run_id=run_id, state=InputState.QUARANTINED).exclude(problem_field="")
    counted = rows.order_by().values("problem_field", "problem").annotate(count=Count("pk"))
    return [dict(row) for row in counted.order_by("-count", "problem_field")[:12]]
