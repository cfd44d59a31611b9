"""Raw inputs: kept first, worked off once, quarantined with a reason, corrected and run again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.errors import DomainError, InvalidInput
from config.kit.sql import insert_rows
from config.kit.sweep import SweepResult, backoff, sweep
from orders.errors import NotReplayable
from orders.models import RawInput
from orders.registries import input_processors
from orders.services._locks import lock_input
from orders.states import InputState

# Doors that answer with the result work off their input themselves; the sweep only takes over when they died on the way.
SYNC_GRACE = timedelta(minutes=2)
MAX_ATTEMPTS = 5
_COLUMNS = (
    "source", "shop", "key", "topic", "body", "body_hash", "headers", "corrected", "state", "problem", "problem_field",
    "result", "attempts", "received_at", "next_at", "done_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """A raw input that was stored now, or was here already (`is_new` False)."""

    input_id: int
    is_new: bool
    body_hash: str
    state: str
    result: Mapping[str, Any]


def store_input(
    *,
    source: str,
    shop_id: int | None,
    body: bytes,
    now: datetime,
    key: str = "",
    topic: str = "",
    headers: Mapping[str, str] | None = None,
    worked_off_by_caller: bool = False,
) -> Stored:
    """Keep what came in before anything is done with it. The same source, shop and key give the row that is there.

    Without a key the body's hash is the key. One statement for a new input. Not atomic with the work that follows:
    that is the point.
    """
    digest = hashlib.sha256(body).hexdigest()
    key = (key or f"sha256:{digest}")[:190]
    row: tuple[Any, ...] = (
        source, shop_id, key, topic[:64], body, digest, dict(headers or {}), None, str(InputState.PENDING), "", "", {}, 0,
        now, now + SYNC_GRACE if worked_off_by_caller else now, None,
    )  # fmt: skip
    made = insert_rows(RawInput, _COLUMNS, [row], tail="ON CONFLICT DO NOTHING RETURNING id")
    if made:
        return Stored(made[0][0], True, digest, InputState.PENDING, {})
    here = RawInput.objects.get(Q(shop=shop_id), source=source, key=key)
    return Stored(here.pk, False, here.body_hash, here.state, here.result)


def settle(
    raw: RawInput,
    state: InputState,
    *,
    now: datetime,
    result: Mapping[str, Any] | None = None,
    problem: str = "",
    field: str = "",
) -> None:
    """Write down what became of an input that the caller holds."""
    raw.state, raw.problem, raw.problem_field = state, problem, field[:120]
    raw.result, raw.done_at, raw.next_at = dict(result or {}), now, None
    raw.save(update_fields=["state", "problem", "problem_field", "result", "done_at", "next_at"])
    if state == InputState.QUARANTINED:
        clock = approvals.DeadlineStart(
            rule="input_quarantined",
            subject_type="orders.rawinput",
            subject_id=raw.pk,
            subject_label=f"{raw.source} {raw.key}"[:160],
            store_id=raw.shop_id,
            owner_role="SELL",
            starts_at=now,
        )
        approvals.start_deadlines([clock], now=now)


def settle_input(*, input_id: int, state: InputState, problem: str, now: datetime) -> None:
    """Write down what became of a pending input by its key; one statement, for the doors that work off their inputs themselves."""
    RawInput.objects.filter(pk=input_id, state=InputState.PENDING).update(
        state=state, problem=problem, done_at=now, next_at=None
    )


@transaction.atomic
def quarantine(*, input_id: int, error: DomainError, now: datetime) -> None:
    """Set an input aside with the words of a refusal, unless it is settled already."""
    raw = lock_input(input_id)
    if raw.state == InputState.PENDING:
        settle(raw, InputState.QUARANTINED, now=now, problem=error.describe(), field=error.field or "")


def work_off(raw: RawInput, now: datetime) -> None:
    """Run the processor of a locked pending input; a refusal sends it to quarantine. Call inside a transaction."""
    try:
        with transaction.atomic():
            input_processors.get(raw.source).run(raw, now)
    except DomainError as error:
        raw.refresh_from_db()
        settle(raw, InputState.QUARANTINED, now=now, problem=error.describe(), field=error.field or "")


def sweep_inputs(*, now: datetime, limit: int = 500) -> SweepResult:
    """Work off pending inputs whose time has come, oldest first, each in a transaction of its own."""
    return sweep(
        lambda: RawInput.objects.filter(state=InputState.PENDING, next_at__lte=now).order_by("next_at", "pk"),
        lambda raw: work_off(raw, now),
        postpone=lambda pk, error: postpone_input(pk, error, now=now),
        limit=limit,
    )


def postpone_input(input_id: int, error: Exception, *, now: datetime) -> None:
    """After an unexpected error: try again later, and after five attempts ask a person."""
    raw = lock_input(input_id)
    raw.attempts += 1
    raw.next_at = backoff(raw.attempts, now=now, first=timedelta(seconds=10), longest=timedelta(minutes=30))
    raw.save(update_fields=["attempts", "next_at"])
    if raw.attempts >= MAX_ATTEMPTS:
        problem = _("It failed %(count)s times, last with: %(error)s") % {"count": raw.attempts, "error": error}
        settle(raw, InputState.QUARANTINED, now=now, problem=problem[:2000])


@transaction.atomic
def correct_input(*, input_id: int, body: str, reason: str, actor: Actor, now: datetime) -> RawInput:
    """Put a corrected body beside the original of a quarantined input. Raises InvalidInput without a reason, NotReplayable."""
    if not reason.strip():
        raise InvalidInput(field="reason", problem=_("Write what you corrected and why."))
    raw = lock_input(input_id)
    if raw.state != InputState.QUARANTINED:
        raise NotReplayable(state=InputState(raw.state).label)
    raw.corrected = body.encode()
    raw.save(update_fields=["corrected"])
    approvals.record("orders.input_corrected", raw, actor=actor, reason=reason, at=now)
    return raw


@transaction.atomic
def replay_input(*, input_id: int, actor: Actor, now: datetime) -> RawInput:
    """Work off a quarantined or ignored input again, with its corrected body where there is one. Returns it as it is then."""
    raw = lock_input(input_id)
    if raw.state not in (InputState.QUARANTINED, InputState.IGNORED):
        raise NotReplayable(state=InputState(raw.state).label)
    raw.state, raw.attempts = InputState.PENDING, 0
    raw.save(update_fields=["state", "attempts"])
    approvals.record("orders.input_replayed", raw, actor=actor, at=now)
    work_off(raw, now)
    _end_clock(raw, actor, now)
    return raw


@transaction.atomic
def set_input_aside(*, input_id: int, reason: str, actor: Actor, now: datetime) -> RawInput:
    """Decide that nothing comes of a quarantined input. Raises InvalidInput without a reason, NotReplayable."""
    if not reason.strip():
        raise InvalidInput(field="reason", problem=_("Write why nothing is done with it."))
    raw = lock_input(input_id)
    if raw.state != InputState.QUARANTINED:
        raise NotReplayable(state=InputState(raw.state).label)
    settle(raw, InputState.IGNORED, now=now, problem=reason)
    approvals.record("orders.input_replayed", raw, actor=actor, reason=reason, at=now)
    _end_clock(raw, actor, now)
    return raw


def _end_clock(raw: RawInput, actor: Actor, now: datetime) -> None:
    if raw.state != InputState.QUARANTINED:
        approvals.meet_deadlines(
            subject_type="orders.rawinput", subject_ids=[raw.pk], rules=["input_quarantined"], actor=actor, now=now
        )


def body_of(raw: RawInput) -> bytes:
    """The body to work with: the corrected one where a person made one."""
    return bytes(raw.corrected if raw.corrected is not None else raw.body)
