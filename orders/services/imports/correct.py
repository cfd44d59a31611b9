"""Correcting rows in place and running them again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.errors import InvalidInput, TransitionNotAllowed
from orders.errors import NotReplayable
from orders.formats.columns import FIELDS, Rules, read_row
from orders.models import ImportRow, ImportRun
from orders.services.imports.read import count_quarantined, set_rest_aside
from orders.services.imports.start import move
from orders.states import ImportState, InputState


@transaction.atomic
def correct_row(*, row_id: int, cells: Mapping[str, str], actor: Actor, now: datetime) -> ImportRow:
    """Put corrected cells beside a quarantined row's original and make it pending again, with the rows that waited for it.

    Raises InvalidInput naming the column while it still cannot be read, NotReplayable for a row that is not quarantined.
    """
    row = ImportRow.objects.select_for_update(of=("self",)).select_related("run__column_map").get(pk=row_id)
    if row.state != InputState.QUARANTINED:
        raise NotReplayable(state=InputState(row.state).label)
    unknown = sorted(set(cells) - set(FIELDS))
    if unknown:
        raise InvalidInput(field=unknown[0], problem=_("There is no such column."))
    corrected = {name: value.strip() for name, value in cells.items() if value.strip()}
    read = read_row(row.row_number, corrected, Rules.of(row.run.column_map.rules))
    before, groups = row.corrected or row.cells, {row.group_key, read.group_key}
    row.corrected, row.group_key, row.state = corrected, read.group_key, InputState.PENDING
    row.problem = row.problem_field = ""
    row.save(update_fields=["corrected", "group_key", "state", "problem", "problem_field"])
    _release_the_rest(row.run, groups)
    changes = approvals.changed(before, corrected) | {"row": [row.row_number, row.row_number]}
    approvals.record("orders.input_corrected", row.run, actor=actor, changes=changes, at=now)
    return row


@transaction.atomic
def set_row_aside(*, row_id: int, reason: str, actor: Actor, now: datetime) -> ImportRow:
    """Decide that a quarantined row is no order (a stock adjustment, say); it stays with the reason.

    The other rows of its order, which waited for it, can be taken in without it. Raises as `correct_row`.
    """
    if not reason.strip():
        raise InvalidInput(field="reason", problem=_("Write why nothing is done with it."))
    row = ImportRow.objects.select_for_update(of=("self",)).select_related("run").get(pk=row_id)
    if row.state != InputState.QUARANTINED:
        raise NotReplayable(state=InputState(row.state).label)
    row.state, row.problem = InputState.IGNORED, reason.strip()
    row.save(update_fields=["state", "problem"])
    _release_the_rest(row.run, {row.group_key})
    changes = {"row": [row.row_number, None]}
    approvals.record("orders.input_replayed", row.run, actor=actor, reason=reason, changes=changes, at=now)
    return row


def _release_the_rest(run: ImportRun, group_keys: Collection[str]) -> None:
    """Make rows of these orders that waited for a settled one pending again, unless another one still cannot be read."""
    ImportRow.objects.filter(run=run, group_key__in=group_keys, state=InputState.QUARANTINED, problem_field="").update(
        state=InputState.PENDING, problem=""
    )
    set_rest_aside(run)
    count_quarantined(run)


@transaction.atomic
def rerun_corrected(*, run_id: int, actor: Actor, now: datetime) -> ImportRun:
    """Let a finished import take in the rows that were corrected since.

    Raises TransitionNotAllowed while it runs or only was checked.
    """
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != ImportState.DONE:
        raise TransitionNotAllowed(
            subject=run.file_name, current=ImportState(run.state).label, target=ImportState.RUNNING.label
        )
    move(run, ImportState.RUNNING, now=now)
    approvals.record("orders.input_replayed", run, actor=actor, at=now)
    return run
