"""A kind of the tests' own: notes of one shop, their drafts kept in this module."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from approvals.models import ChangeRequest, Snapshot
from approvals.registries import ApprovalKind, Draft, Effect, Finding, Section, StageDefault, approval_kinds
from approvals.selectors.requests import live_fields
from config.kit.actor import Actor
from tests.support.registries import reopened

KIND = "tests.note"
SUBJECT = "tests.note"
_ids = itertools.count(1_000_000)


@dataclass
class Note:
    """A draft: what it says, and what the kernel told it."""

    content: dict[str, Any]
    subject_id: int
    authors: tuple[int, ...] = ()
    store_id: int | None = None
    publish_at: datetime | None = None
    warned: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


NOTES: dict[int, Note] = {}


def write_note(subject_id: int | None = None, **facts: Any) -> int:
    """A new draft; returns its key. Without `content` it says something new."""
    pk = next(_ids)
    content = facts.pop("content", {"title": f"note {pk}", "price": "10.00", "service": "7 days"})
    NOTES[pk] = Note(content=content, subject_id=subject_id or pk, **facts)
    return pk


def _read(pk: int) -> Draft:
    note = NOTES[pk]
    return Draft(
        subject_type=SUBJECT,
        subject_id=note.subject_id,
        subject_label=f"note {note.subject_id}",
        content=note.content,
        live=live_fields(KIND, SUBJECT, note.subject_id),
        store_id=note.store_id,
        authors=note.authors,
        publish_at=note.publish_at,
        warned=note.warned,
    )


def _facts(draft: Draft) -> Mapping[str, Any]:
    before = (draft.live or {}).get("price")
    return {"price_changed": before is not None and before != draft.content.get("price")}


def _apply(request: ChangeRequest, snapshot: Snapshot | None, actor: Actor, now: datetime) -> None:
    NOTES[request.draft_id].told.append(f"applied {snapshot.number if snapshot else None}")


def _returned(request: ChangeRequest, actor: Actor, now: datetime, reason: str) -> None:
    NOTES[request.draft_id].told.append(f"returned {request.state}")


with reopened(approval_kinds):
    approval_kinds.register(
        KIND,
        ApprovalKind(
            label="note",
            icon="note",
            submit_permission="approvals.view_own_due_work",
            read=_read,
            field_label=lambda name: name,
            apply=_apply,
            submitted=lambda request: NOTES[request.draft_id].told.append("submitted"),
            approved=lambda request: NOTES[request.draft_id].told.append("approved"),
            confirmed=lambda request, actor, now: NOTES[request.draft_id].told.append("live"),
            returned=_returned,
            check=lambda draft, moment, now: [
                finding for note in NOTES.values() if note.subject_id == draft.subject_id for finding in note.findings
            ],
            facts=_facts,
            effects=lambda draft: [Effect("price", "", str(draft.content.get("price", "")))],
            checked_texts=lambda draft: {"title": str(draft.content.get("title", ""))},
            sections=(
                Section("facts", "facts", "OPS", ("title",)),
                Section("price", "price", "FIN", ("price",)),
            ),
            stages={
                "general": (
                    StageDefault("sign", "departments sign", Decimal("0.5"), mode="sign"),
                    StageDefault("decide", "planning decides", Decimal("0.4"), role="PLAN"),
                ),
                "important": (
                    StageDefault("sign", "departments sign", Decimal("0.5"), mode="sign"),
                    StageDefault("decide", "management decides", Decimal("0.4"), role="MGR"),
                ),
            },
        ),
    )
