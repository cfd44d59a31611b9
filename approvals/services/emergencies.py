"""What cannot wait: let through by a second person, looked at again within 24 hours by a third (APPR-16)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _now

from approvals.errors import (
    AlreadyDecided,
    ContentHasChanged,
    EmergencyNeedsTwo,
    NoEmergencyForThis,
    NoSuchStage,
    ReasonIsMissing,
    ReviewNeedsAThird,
)
from approvals.models import ChangeRequest, Decision, RequestStage
from approvals.policies.requests import is_own_work
from approvals.policies.steps import due_time
from approvals.selectors.rules import rule_in_force
from approvals.services._change_requests import (
    REVIEW_POSITION,
    STAGE,
    close_stages,
    hash_now,
    kind_of,
    lock_request,
    start_stage_clocks,
)
from approvals.services.deadlines import meet_deadlines
from approvals.services.publishing import publish_soon
from approvals.services.requests import void
from approvals.services.security import leaves_security_event
from approvals.services.trail import record
from approvals.states import Outcome, RequestState, StageMode, StageState
from config.kit.actor import Actor

REVIEW_ROLE = "MGR"


@leaves_security_event
def let_through(*, request_id: int, content_hash: str, reason: str, actor: Actor, now: datetime) -> ChangeRequest:
    """Publish a request past its stages, as the second person beside the one who asked. An after-review is due within 24 hours.

    Locks the request. The right `approvals.publish_in_emergency` is asked for at the edge. Raises ReasonIsMissing,
    NoEmergencyForThis, EmergencyNeedsTwo, AlreadyDecided, ContentHasChanged.
    """
    if not reason.strip():
        raise ReasonIsMissing(field="reason")
    with transaction.atomic():
        request = lock_request(request_id)
        if request.state != RequestState.IN_REVIEW:
            raise AlreadyDecided(who="", number=request.number, state=request.get_state_display())
        if not kind_of(request).has_emergency:
            raise NoEmergencyForThis(kind=str(kind_of(request).label))
        if actor.user_id is None or is_own_work(
            actor.user_id, requester_id=request.requester_id, authors=request.authors
        ):
            raise EmergencyNeedsTwo()
        if content_hash != request.content_hash:
            raise ContentHasChanged(number=request.number)
        edited = hash_now(request) != request.content_hash
        if edited:
            void(request, actor=actor, now=now)
        else:
            _let_through(request, reason.strip(), actor.user_id, actor, now)
    if edited:
        raise ContentHasChanged(number=request.number)
    return publish_soon(request, actor=actor, now=now)


@leaves_security_event
@transaction.atomic
def review_emergency(*, request_id: int, good: bool, note: str, actor: Actor, now: datetime) -> ChangeRequest:
    """Close the after-review of an emergency: rightly published or not, and why. Locks the request.

    Raises ReasonIsMissing, NoSuchStage when none is open, ReviewNeedsAThird for one of the two.
    """
    if not note.strip():
        raise ReasonIsMissing(field="note")
    request = lock_request(request_id)
    stage = request.stages.filter(mode=StageMode.REVIEW, state=StageState.OPEN).first()
    if stage is None:
        raise NoSuchStage(section=_now("after-review"))
    second = set(request.decisions.filter(outcome=Outcome.EMERGENCY).values_list("decider_id", flat=True))
    if actor.user_id is None or actor.user_id in second | {request.requester_id, *request.authors}:
        raise ReviewNeedsAThird()
    Decision.objects.create(
        request=request,
        stage=stage,
        outcome=Outcome.REVIEW_GOOD if good else Outcome.REVIEW_BAD,
        decider_id=actor.user_id,
        requester_id=request.requester_id,
        authors=request.authors,
        content_hash=request.content_hash,
        reason=note.strip(),
        at=now,
    )
    stage.state, stage.closed_at = StageState.DONE, now
    stage.save(update_fields=["state", "closed_at"])
    meet_deadlines(subject_type=STAGE, subject_ids=[stage.pk], actor=actor, now=now)
    record("requests.reviewed", request, actor=actor, reason=note, changes={"good": [None, good]}, at=now)
    return request


def _let_through(request: ChangeRequest, reason: str, person: int, actor: Actor, now: datetime) -> None:
    Decision.objects.create(
        request=request,
        outcome=Outcome.EMERGENCY,
        decider_id=person,
        requester_id=request.requester_id,
        authors=request.authors,
        content_hash=request.content_hash,
        reason=reason,
        at=now,
    )
    close_stages(request, actor, now, reason)
    request.state, request.is_emergency, request.approved_at = RequestState.APPROVED, True, now
    request.publish_at, request.next_attempt_at = None, now
    request.save(update_fields=["state", "is_emergency", "approved_at", "publish_at", "next_attempt_at"])
    review = RequestStage.objects.create(
        request=request,
        position=REVIEW_POSITION,
        code="after-review",
        name=_now("after-review"),
        mode=StageMode.REVIEW,
        role=REVIEW_ROLE,
        share=Decimal(1),
        state=StageState.OPEN,
        opened_at=now,
        due_at=due_time(now, rule_in_force("emergency_review")),
    )
    start_stage_clocks(request, [review], now)
    kind_of(request).approved(request)
    record("requests.let_through", request, actor=actor, reason=reason, at=now)
