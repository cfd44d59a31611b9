"""From a file to rows: one COPY in one transaction, each row checked on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from config.kit.errors import InvalidInput
from orders.errors import FileUnreadable
from orders.formats.columns import Header, Rules, missing_columns, read_row
from orders.formats.tables import read_table
from orders.models import ImportRow, ImportRun
from orders.services.imports.start import move
from orders.states import ImportState, InputState

_HEADER_WITHIN_ROWS = 40
_COPY = "COPY orders_importrow (run_id, row_number, group_key, cells, state, problem, problem_field) FROM STDIN"
# An order with a row that cannot be read would ship incomplete: its other rows wait for the correction.
_WAIT_FOR_THE_REST = """
    UPDATE orders_importrow r
    SET state = 'quarantined', problem_field = '', problem = %s || b.row_number
    FROM (SELECT group_key, min(row_number) AS row_number FROM orders_importrow
          WHERE run_id = %s AND state = 'quarantined' AND problem_field <> '' AND group_key <> '' GROUP BY group_key) b
    WHERE r.run_id = %s AND r.state = 'pending' AND r.group_key = b.group_key
"""


def read_file(run: ImportRun, *, now: datetime) -> None:
    """Read a run's file into its rows and move it on.

    A file that is no order file fails as a whole, with the reason; nothing stays.
    """
    try:
        with transaction.atomic():
            _copy_rows(run)
            _analyze()
            set_rest_aside(run)
            count_quarantined(run)
            move(run, ImportState.CHECKED if run.is_dry_run else ImportState.RUNNING, now=now)
    except FileUnreadable as error:
        run.refresh_from_db()
        move(run, ImportState.FAILED, now=now, error=error.describe())


def _analyze() -> None:
    """Right after a COPY the planner knows nothing of the rows and would scan them all for every chunk."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_importrow")


def set_rest_aside(run: ImportRun) -> None:
    """Quarantine the pending rows of orders that have an unreadable row."""
    with connection.cursor() as cursor:
        cursor.execute(_WAIT_FOR_THE_REST, [_("Waits for the correction of row "), run.pk, run.pk])


def count_quarantined(run: ImportRun) -> None:
    """Bring the run's quarantine figure into step with its rows."""
    run.quarantined_count = ImportRow.objects.filter(run=run, state=InputState.QUARANTINED).count()
    run.save(update_fields=["quarantined_count"])


def _copy_rows(run: ImportRun) -> None:
    rules = Rules.of(run.column_map.rules)
    rules.require_zone()
    encoding, rows = read_table(Path(run.file.path))
    header = _find_header(run, rows)
    run.encoding, run.row_count = encoding, 0
    run.header = sorted(header.positions)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for number, cells in rows:
            run.row_count += 1
            copy.write_row((run.pk, number, *_row_fields(number, header.pick(cells), rules)))
    if run.row_count == 0:
        raise FileUnreadable(problem=_("The file has a header but no rows."))
    run.save(update_fields=["encoding", "row_count", "header"])


def _find_header(run: ImportRun, rows: Iterator[tuple[int, list[str]]]) -> Header:
    seen: list[str] = []
    for number, cells in rows:
        header = Header.find(cells, run.column_map.columns)
        if header is not None:
            return header
        seen = seen or [cell for cell in cells if cell][:12]
        if number >= _HEADER_WITHIN_ROWS:
            break
    raise FileUnreadable(
        problem=_(
            "No header row was recognised. Needed: %(needed)s. Found: %(found)s. Check the file, or choose another column map."
        )
        % {"needed": missing_columns(run.column_map.columns), "found": ", ".join(seen) or "–"}
    )


def _row_fields(number: int, cells: dict[str, str], rules: Rules) -> tuple[str, str, str, str, str]:
    """group_key, cells, state, problem, problem_field of one row."""
    text = json.dumps(cells, ensure_ascii=False)
    group_key = cells.get("order_number", "")[:120]
    try:
        read_row(number, cells, rules)
    except InvalidInput as error:
        return group_key, text, str(InputState.QUARANTINED), error.describe(), error.field or ""
    return group_key, text, str(InputState.PENDING), "", ""
