"""The stages of a request: who passed them, whose turn it is, what the reader may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from approvals.models import ChangeRequest, Decision, RequestStage, Signature
from approvals.policies.requests import is_own_work
from approvals.registries import approval_kinds
from approvals.seams import role_label
from approvals.selectors.inbox import stage_title, titled_stages
from approvals.selectors.requests import (
    Standing,
    available_deciders,
    available_reviewers,
    held_signatures,
    section_of,
    standing_of,
)
from approvals.states import StageMode, StageState


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage as it stands: who passed it, or whose turn it is. `standing` is set where the reader may act."""

    stage: RequestStage
    title: str
    role: str
    who: str = ""
    acts_for: str = ""
    at: datetime | None = None
    reason: str = ""
    is_carried: bool = False
    people: tuple[str, ...] = ()
    standing: Standing | None = None
    acts_for_me: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody now."""
        return self.stage.state == StageState.OPEN

    @property
    def is_empty(self) -> bool:
        """Open, and nobody is there."""
        return self.is_open and not self.people


def stage_rows(change: ChangeRequest, user: Any, now: datetime) -> list[StageRow]:
    """Every stage with who passed it; an open one with whose turn it is and what the reader may do."""
    decided = {
        row.stage_id: row
        for row in change.decisions.select_related("decider", "acts_for").order_by("pk")
        if row.stage_id
    }
    signed = held_signatures(change.kind, change.subject_type, change.subject_id, change.fields)
    own = is_own_work(user.pk, requester_id=change.requester_id, authors=change.authors)
    stages = list(titled_stages().filter(request=change))
    names = _names_of({stage.pk: _who_may(change, stage, now) for stage in stages if stage.state == StageState.OPEN})
    return [_stage_row(change, stage, decided, signed, names.get(stage.pk, ()), user, own, now) for stage in stages]


def section_fields(change: ChangeRequest, code: str) -> list[str]:
    """The fields that a department signs, in words."""
    kind, section = approval_kinds.get(change.kind), section_of(change.kind, code)
    return [str(kind.field_label(name)) for name in section.fields] if section else []


def _who_may(change: ChangeRequest, stage: RequestStage, now: datetime) -> list[int]:
    if stage.mode == StageMode.REVIEW:
        return available_reviewers(change, now)
    return available_deciders(change, stage.role, now)


def _stage_row(
    change: ChangeRequest,
    stage: RequestStage,
    decided: Mapping[int, Decision],
    signed: Mapping[str, Signature],
    people: tuple[str, ...],
    user: Any,
    own: bool,
    now: datetime,
) -> StageRow:
    title, role = stage_title(stage, change.kind), role_label(stage.role) if stage.role else ""
    if (decision := decided.get(stage.pk)) is not None:
        return StageRow(
            stage, title, role, str(decision.decider), str(decision.acts_for or ""), decision.at, decision.reason
        )
    signature = signed.get(stage.code) if stage.mode == StageMode.SIGN and stage.state == StageState.DONE else None
    if signature is not None:
        carried = signature.request_id != change.pk
        return StageRow(
            stage, title, role, str(signature.signer), str(signature.acts_for or ""), signature.at, is_carried=carried
        )
    standing = None
    if stage.state == StageState.OPEN and not own:
        standing = standing_of(user.pk, role=stage.role, store_id=change.store_id, at=now)
        if standing is not None and standing.acts_for_id == change.requester_id:
            standing = None
    absent = ""
    if standing is not None and standing.acts_for_id is not None:
        absent = str(get_user_model().objects.get(pk=standing.acts_for_id))
    return StageRow(stage, title, role, people=people, standing=standing, acts_for_me=absent)


def _names_of(deciders: Mapping[int, Sequence[int]]) -> dict[int, tuple[str, ...]]:
    everyone = {pk for people in deciders.values() for pk in people}
    names = {person.pk: str(person) for person in get_user_model().objects.filter(pk__in=everyone)} if everyone else {}
    return {stage: tuple(names[pk] for pk in people if pk in names) for stage, people in deciders.items()}
