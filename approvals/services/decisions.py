"""What people decide about a request.

Departments sign, a manager approves or refuses. Each act is bound to the hash that was on the screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from approvals.errors import (
    AlreadyDecided,
    ContentHasChanged,
    NoSuchStage,
    NotYourStage,
    OwnWork,
    RefusalNeedsReasons,
    SignatureIsThere,
)
from approvals.models import ChangeRequest, Decision, RequestStage, Signature
from approvals.policies.contents import section_hash
from approvals.policies.requests import is_own_work
from approvals.policies.wording import Wording
from approvals.seams import role_label
from approvals.selectors.requests import Standing, section_of, standing_of
from approvals.services._change_requests import (
    STAGE,
    give_back,
    hash_now,
    kind_of,
    lock_request,
    open_next_stages,
)
from approvals.services.deadlines import meet_deadlines
from approvals.services.notices import notify
from approvals.services.publishing import publish_soon
from approvals.services.requests import void
from approvals.services.security import leaves_security_event
from approvals.services.trail import record
from approvals.states import Outcome, RequestState, StageMode, StageState
from config.kit.actor import Actor

log = structlog.get_logger(__name__)


@leaves_security_event
def approve(
    *, request_id: int, content_hash: str, actor: Actor, now: datetime, reason: str = "", is_bulk: bool = False
) -> ChangeRequest:
    """Approve exactly what was on the screen. After the last stage it is published, at once or at its set time.

    Locks the request: of two people who decide at the same moment one wins, the other is told who. Raises AlreadyDecided,
    ContentHasChanged (an edit sent it back), OwnWork, NotYourStage.
    """
    with transaction.atomic():
        request = lock_request(request_id)
        _require_in_review(request)
        edited = _goes_back_when_edited(request, actor, now)
        if not edited:
            stage, standing = _stage_to_decide(request, actor, content_hash, now)
            _decide(request, stage, Outcome.APPROVE, standing, actor, now, reason=reason, is_bulk=is_bulk)
            _finish_stage(stage, actor, now)
            record(
                "requests.stage_approved", request, actor=actor, reason=reason, changes=_facts(stage, standing), at=now
            )
            _go_on(request, actor, now)
    if edited:
        raise ContentHasChanged(number=request.number)
    return publish_soon(request, actor=actor, now=now)


@leaves_security_event
@transaction.atomic
def refuse(
    *,
    request_id: int,
    content_hash: str,
    reason: str,
    actor: Actor,
    now: datetime,
    field_reasons: Mapping[str, str] | None = None,
) -> ChangeRequest:
    """Send a request back with what must be different, as a whole or field by field; its clock goes on. Locks it.

    A department that is asked for its signature may refuse as well. Raises RefusalNeedsReasons, and as `approve`.
    """
    reasons = {name: text.strip() for name, text in (field_reasons or {}).items() if text.strip()}
    if not reason.strip() and not reasons:
        raise RefusalNeedsReasons(field="reason")
    request = lock_request(request_id)
    _require_in_review(request)
    stage, standing = _stage_to_decide(request, actor, content_hash, now, any_mode=True)
    _decide(request, stage, Outcome.REFUSE, standing, actor, now, reason=reason.strip(), field_reasons=reasons)
    label = kind_of(request).field_label
    told = " ".join([reason.strip(), *(f"{label(name)}: {text}" for name, text in reasons.items())]).strip()
    give_back(request, RequestState.REFUSED, "requests.refused", actor=actor, now=now, reason=told)
    wording = Wording(
        _("%(who)s refused %(request)s: %(reason)s"),
        {"who": actor.label, "request": str(request), "reason": told[:200]},
    )
    notify([request.requester_id], wording, kind="requests.refused", now=now, link=request.get_absolute_url())
    return request


@leaves_security_event
@transaction.atomic
def sign(*, request_id: int, section: str, content_hash: str, actor: Actor, now: datetime) -> ChangeRequest:
    """Give a department's word for its own fields. It holds until one of these fields changes. Locks the request.

    It is bound to what the request says, so the draft is not read again: whoever decides after it finds an edit. A stage that
    decides comes last, so a signature publishes nothing. Raises NoSuchStage, SignatureIsThere, and as `approve`.
    """
    request = lock_request(request_id)
    _require_in_review(request)
    _sign(request, section, content_hash, actor, now)
    _go_on(request, actor, now)
    return request


def _sign(request: ChangeRequest, code: str, seen_hash: str, actor: Actor, now: datetime) -> None:
    section = section_of(request.kind, code)
    stage = request.stages.filter(mode=StageMode.SIGN, code=code).order_by("-pk").first()
    if section is None or stage is None or stage.state not in (StageState.OPEN, StageState.DONE):
        raise NoSuchStage(section=str(section.label) if section else code)
    if stage.state == StageState.DONE:
        raise SignatureIsThere(section=str(section.label))
    standing = _standing(request, stage, actor, seen_hash, now)
    Signature.objects.create(
        subject_type=request.subject_type,
        subject_id=request.subject_id,
        section=code,
        section_hash=section_hash(request.fields, section.fields),
        request=request,
        requester_id=request.requester_id,
        signer_id=_person(actor),
        acts_for_id=standing.acts_for_id,
        at=now,
    )
    _finish_stage(stage, actor, now)
    record("requests.signed", request, actor=actor, changes=_facts(stage, standing), at=now)


def _go_on(request: ChangeRequest, actor: Actor, now: datetime) -> None:
    """Open what comes next; after the last stage the request is approved and waits for its time."""
    if open_next_stages(request, actor, now):
        return
    request.state, request.approved_at = RequestState.APPROVED, now
    request.next_attempt_at = max(request.publish_at or now, now)
    request.save(update_fields=["state", "approved_at", "next_attempt_at", "is_emergency"])
    kind_of(request).approved(request)
    record("requests.approved", request, actor=actor, changes={"content": [None, request.content_hash]}, at=now)


def _require_in_review(request: ChangeRequest) -> None:
    if request.state == RequestState.IN_REVIEW:
        return
    last = request.decisions.select_related("decider").order_by("-pk").first()
    who = str(last.decider) if last else str(request.requester)
    raise AlreadyDecided(who=who, number=request.number, state=request.get_state_display())


def _goes_back_when_edited(request: ChangeRequest, actor: Actor, now: datetime) -> bool:
    """Every write of a draft calls `void_changed`; this catches what went around the services."""
    if hash_now(request) == request.content_hash:
        return False
    void(request, actor=Actor.system("approvals.decisions", request_id=actor.request_id), now=now)
    return True


def _stage_to_decide(
    request: ChangeRequest, actor: Actor, seen_hash: str, now: datetime, *, any_mode: bool = False
) -> tuple[RequestStage, Standing]:
    stages = list(request.stages.filter(state=StageState.OPEN).order_by("position", "pk"))
    if not any_mode:
        stages = [stage for stage in stages if stage.mode == StageMode.DECIDE] or stages
    refusal: Exception | None = None
    for stage in stages:
        try:
            standing = _standing(request, stage, actor, seen_hash, now)
        except NotYourStage as error:
            refusal = refusal or error
            continue
        if stage.mode != StageMode.DECIDE and not any_mode:
            raise NoSuchStage(section=stage.name)
        return stage, standing
    raise refusal or NoSuchStage(section=request.number)


def _standing(request: ChangeRequest, stage: RequestStage, actor: Actor, seen_hash: str, now: datetime) -> Standing:
    if actor.user_id is None or is_own_work(actor.user_id, requester_id=request.requester_id, authors=request.authors):
        raise OwnWork()
    if seen_hash != request.content_hash:
        raise ContentHasChanged(number=request.number)
    standing = standing_of(actor.user_id, role=stage.role, store_id=request.store_id, at=now)
    if standing is None or standing.acts_for_id == request.requester_id:
        raise NotYourStage(stage=stage.name, role=role_label(stage.role))
    return standing


def _decide(
    request: ChangeRequest,
    stage: RequestStage | None,
    outcome: Outcome,
    standing: Standing,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    field_reasons: Mapping[str, str] | None = None,
    is_bulk: bool = False,
) -> Decision:
    return Decision.objects.create(
        request=request,
        stage=stage,
        outcome=outcome,
        decider_id=_person(actor),
        acts_for_id=standing.acts_for_id,
        requester_id=request.requester_id,
        authors=request.authors,
        content_hash=request.content_hash,
        reason=reason,
        field_reasons=dict(field_reasons or {}),
        is_bulk=is_bulk,
        at=now,
    )


def _person(actor: Actor) -> int:
    """Only people decide; `_standing` has refused everybody else."""
    if actor.user_id is None:
        raise OwnWork()
    return actor.user_id


def _finish_stage(stage: RequestStage, actor: Actor, now: datetime) -> None:
    stage.state, stage.closed_at = StageState.DONE, now
    stage.save(update_fields=["state", "closed_at"])
    meet_deadlines(subject_type=STAGE, subject_ids=[stage.pk], actor=actor, now=now)


def _facts(stage: RequestStage, standing: Standing) -> dict[str, list[object]]:
    facts: dict[str, list[object]] = {"stage": [None, stage.name]}
    if standing.acts_for_id is not None:
        facts["as_deputy_of"] = [None, standing.acts_for_id]
    return facts
