"""Writing the trail. Called inside the transaction of the act that it records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils import timezone

from approvals.models import TrailEntry
from approvals.registries import trail_actions
from config.kit.actor import Actor
from config.kit.sql import insert_rows

_COLUMNS = (
    "at", "action", "subject_type", "subject_id", "store_id", "actor_kind", "actor_label", "actor_user", "request_id",
    "reason", "changes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """One line for `record_many`: the same fields as `record` takes, with the subject by type and key."""

    action: str
    subject_type: str
    subject_id: int
    store_id: int | None = None
    reason: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)


def record(
    action: str,
    subject: models.Model,
    *,
    actor: Actor,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> TrailEntry:
    """Write one act on one subject. Raises KeyError for an action that no app registered, RuntimeError outside a transaction."""
    _require_transaction()
    trail_actions.get(action)
    return TrailEntry.objects.create(
        at=at or timezone.now(),
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        store_id=getattr(subject, "store_id", None),
        actor_kind=actor.kind,
        actor_label=actor.label,
        actor_user_id=actor.user_id,
        request_id=actor.request_id,
        reason=reason,
        changes=dict(changes or {}),
    )


def record_many(acts: Iterable[Act], *, actor: Actor, at: datetime) -> None:
    """Write many acts in one statement. Same refusals as `record`."""
    _require_transaction()
    rows = list(acts)
    for action in {row.action for row in rows}:
        trail_actions.get(action)
    insert_rows(
        TrailEntry,
        _COLUMNS,
        [
            (at, row.action, row.subject_type, row.subject_id, row.store_id, str(actor.kind), actor.label, actor.user_id,
             actor.request_id, row.reason, dict(row.changes))
            for row in rows
        ],
    )  # fmt: skip


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The `changes` of an act: field → [before, after] for the fields that differ."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("the trail is written in the transaction of its act")
