"""Turning rows into orders: a chunk of order numbers at a time, each chunk one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals import services as approvals
from catalog import services as catalog
from config.kit.actor import Actor
from config.kit.errors import InvalidInput
from config.kit.sweep import backoff
from orders import policies
from orders.drafts import CancellationDraft, OrderDraft
from orders.formats.columns import Rules, cancellation_draft, is_cancellation, knows_addresses, order_draft, read_row
from orders.models import ImportRun
from orders.services.imports.credit_notes import keep_credit_notes
from orders.services.imports.read import count_quarantined, read_file
from orders.services.imports.start import move
from orders.services.intake import Taken, TakenResult, UnknownCodes, take_orders
from orders.states import ImportState, OrderMode

log = structlog.get_logger(__name__)
CHUNK_GROUPS = 200
CHUNK_ROWS = 4000
MAX_ATTEMPTS = 5
_LOCK_SPACE = 0x1A9  # the first key of this module's advisory locks

# A range of the partial index on pending rows: what earlier chunks settled is never looked at again.
_NEXT_ROWS = """
    WITH ahead AS (
        SELECT group_key FROM orders_importrow WHERE run_id = %(run)s AND state = 'pending' AND group_key > %(after)s
        ORDER BY group_key, row_number LIMIT %(rows)s
    ), last AS (
        SELECT max(group_key) AS group_key FROM (SELECT DISTINCT group_key FROM ahead ORDER BY 1 LIMIT %(groups)s) g
    )
    SELECT r.id, r.row_number, r.group_key, coalesce(r.corrected, r.cells)
    FROM orders_importrow r
    WHERE r.run_id = %(run)s AND r.state = 'pending' AND r.group_key > %(after)s
      AND r.group_key <= (SELECT group_key FROM last)
    ORDER BY r.group_key, r.row_number
"""
_SETTLE = """
    UPDATE orders_importrow r
    SET state = d.state, problem = d.problem, problem_field = d.problem_field, order_line_id = d.order_line_id,
        cancellation_line_id = d.cancellation_line_id
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[])
         AS d(id, state, problem, problem_field, order_line_id, cancellation_line_id)
    WHERE r.id = d.id
"""


@dataclass(slots=True)
class RowOutcome:
    """What becomes of one row."""

    row_id: int
    state: str = "done"
    problem: str = ""
    problem_field: str = ""
    order_line_id: int | None = None
    cancellation_line_id: int | None = None


@dataclass(slots=True)
class Group:
    """The pending rows of one order number, and the draft that they make."""

    key: str
    row_ids: list[int] = field(default_factory=list)
    draft: OrderDraft | CancellationDraft | None = None
    refusal: InvalidInput | None = None


def run_import(*, run_id: int, actor: Actor, now: datetime | None = None) -> ImportRun:
    """Bring a run as far as it can go: read it, then make its orders chunk by chunk. Returns the fresh row.

    Only one process works on a run: a session lock on its key, which a killed worker loses with its connection. What a chunk's
    transaction committed stays done; the next call goes on behind it. `now` is for tests and the demo; live runs look at the clock.
    """
    with _alone(run_id) as mine:
        run = ImportRun.objects.select_related("shop", "column_map").get(pk=run_id)
        if mine and run.state == ImportState.READING:
            read_file(run, now=now or timezone.now())
        if mine and run.state == ImportState.RUNNING:
            _make_orders(run, actor, now)
    return run


def sweep_imports(*, actor: Actor, now: datetime) -> int:
    """Run every import that waits.

    One that raises is postponed and, after five attempts, fails with the error. Returns how many ran.
    """
    due = ImportRun.objects.filter(state__in=(ImportState.READING, ImportState.RUNNING), next_at__lte=now)
    ran = 0
    for run_id in list(due.order_by("next_at", "pk").values_list("pk", flat=True)):
        try:
            run_import(run_id=run_id, actor=actor)
            ran += 1
        except Exception as error:
            log.exception("import_failed", run=run_id)
            _postpone(run_id, error, now)
    return ran


def _postpone(run_id: int, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        run.attempts += 1
        run.next_at = backoff(run.attempts, now=now, first=timedelta(seconds=15), longest=timedelta(minutes=15))
        run.error = str(error)[:2000]
        run.save(update_fields=["attempts", "next_at", "error"])
        if run.attempts >= MAX_ATTEMPTS:
            move(run, ImportState.FAILED, now=now, error=str(error))


@contextmanager
def _alone(run_id: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, run_id])
        mine = cursor.fetchone()[0]
    try:
        yield mine
    finally:
        if mine and connection.connection and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_SPACE, run_id])


def _make_orders(run: ImportRun, actor: Actor, now: datetime | None) -> None:
    rules, after = Rules.of(run.column_map.rules), ""
    while True:
        moment = now or timezone.now()
        with transaction.atomic():
            groups = _next_groups(run, rules, after, moment)
            if not groups:
                count_quarantined(run)
                run.refresh_from_db()
                move(run, ImportState.DONE, now=moment)
                approvals.record("orders.import_finished", run, actor=actor, changes=_figures(run), at=moment)
                return
            _make_chunk(run, groups, rules, actor, moment)
        after = groups[-1].key


def _next_groups(run: ImportRun, rules: Rules, after: str, now: datetime) -> list[Group]:
    """The next order numbers with pending rows, each with its draft or the refusal of it."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_ROWS, {"run": run.pk, "after": after, "rows": CHUNK_ROWS, "groups": CHUNK_GROUPS})
        found = cursor.fetchall()
    groups: dict[str, tuple[Group, list[tuple[int, dict[str, str]]]]] = {}
    for row_id, number, key, cells in found:
        group, rows = groups.setdefault(key, (Group(key), []))
        group.row_ids.append(row_id)
        rows.append((number, _cells(cells)))
    has_addresses = knows_addresses(dict.fromkeys(run.header))
    for group, cells_of in groups.values():
        try:
            lines = [read_row(number, cells, rules) for number, cells in cells_of]
            if is_cancellation(group.key, rules):
                group.draft = cancellation_draft(lines, rules, now=now)
            else:
                draft = order_draft(lines, rules, now=now, knows_addresses=has_addresses)
                policies.check_draft(draft)
                group.draft = draft
        except InvalidInput as error:
            group.refusal = error
    return [group for group, _rows in groups.values()]


def _cells(value: str | dict[str, str]) -> dict[str, str]:
    return json.loads(value) if isinstance(value, str) else value


def _make_chunk(run: ImportRun, groups: Sequence[Group], rules: Rules, actor: Actor, now: datetime) -> None:
    """Take in a chunk's orders and credit notes and settle its rows, in the caller's transaction."""
    sales = [group for group in groups if isinstance(group.draft, OrderDraft)]
    credits = [group for group in groups if isinstance(group.draft, CancellationDraft)]
    outcomes: list[RowOutcome] = []
    for group in groups:
        if group.refusal is not None:
            outcomes += [
                RowOutcome(row_id, "quarantined", group.refusal.describe(), group.refusal.field or "order")
                for row_id in group.row_ids
            ]
    mode = OrderMode(run.mode)
    if run.makes_drafts:
        _make_services(run, sales + credits, rules, now)
    taken = take_orders(
        shop_id=run.shop_id,
        channel="file",
        drafts=[group.draft for group in sales if isinstance(group.draft, OrderDraft)],
        actor=actor,
        now=now,
        mode=mode,
        unknown_codes=UnknownCodes.DRAFT if run.makes_drafts else UnknownCodes.HOLD,
        import_run_id=run.pk,
    )
    made = duplicates = 0
    for group, one in zip(sales, taken, strict=True):
        outcomes += _outcomes_of_order(group, one)
        made += one.result == TakenResult.CREATED
        duplicates += one.result == TakenResult.UNCHANGED
    notes = keep_credit_notes(
        shop=run.shop,
        drafts=[group.draft for group in credits if isinstance(group.draft, CancellationDraft)],
        run=run,
        now=now,
    )
    for group, line_ids in zip(credits, notes, strict=True):
        duplicates += line_ids is None
        keys: Sequence[int | None] = line_ids or [None] * len(group.row_ids)
        outcomes += [
            RowOutcome(row_id, cancellation_line_id=key) for row_id, key in zip(group.row_ids, keys, strict=True)
        ]
    _settle(run, outcomes, made=made, duplicates=duplicates)


def _make_services(run: ImportRun, groups: Sequence[Group], rules: Rules, now: datetime) -> None:
    """Codes that the map declares as services become products that are not stocked, before intake makes goods of them."""
    lines = {line.seller_code: line for group in groups if group.draft for line in group.draft.lines}
    drafts = [
        catalog.DraftProduct(code, line.title, is_stocked=False)
        for code, line in lines.items()
        if code in rules.services
    ]
    if drafts:
        catalog.make_draft_products(drafts=drafts, now=now)


def _outcomes_of_order(group: Group, taken: Taken) -> list[RowOutcome]:
    if taken.result == TakenResult.DIFFERS:
        problem = _("Order %(number)s is here already with other content; nothing was changed.") % {
            "number": taken.number
        }
        return [RowOutcome(row_id, "quarantined", problem, "order_number") for row_id in group.row_ids]
    line_ids: Sequence[int | None] = taken.line_ids or [None] * len(group.row_ids)
    return [RowOutcome(row_id, order_line_id=line_id) for row_id, line_id in zip(group.row_ids, line_ids, strict=True)]


def _settle(run: ImportRun, outcomes: Sequence[RowOutcome], *, made: int, duplicates: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            [
                [one.row_id for one in outcomes],
                [one.state for one in outcomes],
                [one.problem for one in outcomes],
                [one.problem_field for one in outcomes],
                [one.order_line_id for one in outcomes],
                [one.cancellation_line_id for one in outcomes],
            ],
        )
    ImportRun.objects.filter(pk=run.pk).update(
        order_count=F("order_count") + made,
        duplicate_count=F("duplicate_count") + duplicates,
        order_line_count=F("order_line_count") + sum(1 for one in outcomes if one.order_line_id),
        cancellation_line_count=F("cancellation_line_count") + sum(1 for one in outcomes if one.cancellation_line_id),
        quarantined_count=F("quarantined_count") + sum(1 for one in outcomes if one.state == "quarantined"),
    )


def _figures(run: ImportRun) -> dict[str, list[object]]:
    names = ("order_count", "order_line_count", "cancellation_line_count", "quarantined_count", "duplicate_count")
    return {name: [None, getattr(run, name)] for name in names}
