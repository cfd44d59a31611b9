"""Uploading a file and letting it run."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.errors import TransitionNotAllowed
from orders.errors import FileUnreadable
from orders.models import ImportRun
from orders.states import IMPORT_TRANSITIONS, ImportState, OrderMode


def upload_file(
    *,
    shop_id: int,
    column_map_id: int,
    file: File,
    file_name: str,
    mode: OrderMode,
    makes_drafts: bool,
    is_dry_run: bool,
    actor: Actor,
    now: datetime,
) -> ImportRun:
    """Keep a file and queue its reading. Raises FileUnreadable for an empty file or one above settings.IMPORT_MAX_BYTES."""
    if not file.size:
        raise FileUnreadable(field="file", problem=_("The file is empty."))
    if file.size > settings.IMPORT_MAX_BYTES:
        raise FileUnreadable(
            field="file",
            problem=_("The file has %(size)s MB; at most %(limit)s MB are taken. Split it.")
            % {"size": file.size // 2**20, "limit": settings.IMPORT_MAX_BYTES // 2**20},
        )
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    with transaction.atomic():
        run = ImportRun(
            shop_id=shop_id,
            column_map_id=column_map_id,
            file_name=file_name[:200],
            sha256=digest.hexdigest(),
            size_bytes=file.size,
            mode=mode,
            makes_drafts=makes_drafts,
            is_dry_run=is_dry_run,
            requested_by_id=actor.user_id,
            created_at=now,
            next_at=now,
        )
        run.file.save(file_name, file, save=False)
        run.save()
        approvals.record(
            "orders.import_started",
            run,
            actor=actor,
            changes={"file": [None, file_name], "sha256": [None, run.sha256]},
            at=now,
        )
    return run


@transaction.atomic
def begin_import(*, run_id: int, actor: Actor, now: datetime) -> ImportRun:
    """Let a checked file make its orders. Raises TransitionNotAllowed unless it is checked."""
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state != ImportState.CHECKED:
        raise TransitionNotAllowed(
            subject=run.file_name, current=ImportState(run.state).label, target=ImportState.RUNNING.label
        )
    move(run, ImportState.RUNNING, now=now)
    approvals.record("orders.import_started", run, actor=actor, at=now)
    return run


def move(run: ImportRun, target: ImportState, *, now: datetime, error: str = "") -> None:
    """Assign a run's state; the database holds the same table. Waiting states are due at once."""
    if target not in IMPORT_TRANSITIONS[run.state]:
        raise TransitionNotAllowed(subject=run.file_name, current=ImportState(run.state).label, target=target.label)
    waits = target == ImportState.RUNNING
    run.state, run.error, run.next_at = target, error[:2000], now if waits else None
    run.done_at = None if waits else now
    run.save(update_fields=["state", "error", "next_at", "done_at"])
