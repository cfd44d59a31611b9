"""What every verb about change requests shares: the lock, the clocks, going back to the author."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.errors import DeadlineIsPaused
from approvals.models import ChangeRequest, Deadline, RequestStage
from approvals.policies.contents import canonical, content_hash, urgency
from approvals.policies.requests import StagePlan, stage_times, stops
from approvals.policies.steps import due_time
from approvals.policies.wording import Wording
from approvals.registries import ApprovalKind, Draft, Finding, approval_kinds
from approvals.seams import people_on_rung, role_label
from approvals.selectors.requests import available_deciders
from approvals.selectors.rules import rule_in_force
from approvals.services.content_rules import check_draft
from approvals.services.deadlines import DeadlineStart, resume_deadline, start_deadlines, withdraw_deadlines
from approvals.services.notices import notify
from approvals.services.trail import Act, record_many
from approvals.states import DeadlineState, RequestState, Rung, StageMode, StageState
from config.kit.actor import Actor

REQUEST = "approvals.changerequest"
STAGE = "approvals.requeststage"
REVIEW_POSITION = 99


def lock_request(request_id: int) -> ChangeRequest:
    """The row, fresh and locked. First in the global lock order: approval → order → … (design, section 5)."""
    return ChangeRequest.objects.select_for_update(of=("self",)).select_related("requester").get(pk=request_id)


def kind_of(request: ChangeRequest) -> ApprovalKind:
    """The declaration of a request's kind."""
    return approval_kinds.get(request.kind)


def hash_now(request: ChangeRequest) -> str:
    """The hash of what the draft says at this moment."""
    return content_hash(canonical(kind_of(request).read(request.draft_id).content))


def find_everything(kind: str, draft: Draft, moment: str, now: datetime) -> list[Finding]:
    """The kind's own checks and the content rules, all at once."""
    declared = approval_kinds.get(kind)
    texts = declared.checked_texts(draft)
    return [*declared.check(draft, moment, now), *check_draft(kind, draft, texts, now=now)]


def stopping(findings: Iterable[Finding]) -> list[Finding]:
    """Those that keep a draft from going on."""
    return [finding for finding in findings if stops(finding.severity)]


def stored(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as rows keep them."""
    return [{**asdict(finding), "severity": str(finding.severity)} for finding in findings]


def as_list(findings: Sequence[Finding]) -> str:
    """Findings as one sentence."""
    return " ".join(f"{number}. {finding.text}" for number, finding in enumerate(findings, 1))


def rule_of(request: ChangeRequest) -> str:
    """The time rule of a request's kind and class."""
    return kind_of(request).rules[request.importance]


def due_of(kind: str, importance: str, start: datetime) -> datetime:
    """When a request of a kind and class that runs since `start` is due."""
    return due_time(start, rule_in_force(approval_kinds.get(kind).rules[importance]))


def start_clock(request: ChangeRequest, *, owner_id: int, actor: Actor, now: datetime) -> None:
    """Start the whole clock of a request, or take over the one of its draft's request before: the time goes on (APPR-14).

    A clock that was paused runs on, for what it waited for is there, and its due time becomes the request's. The clock of another
    class ends: a draft has one clock.
    """
    before = list(
        Deadline.objects.open()
        .filter(
            subject_type=REQUEST,
            subject_id__in=ChangeRequest.objects.filter(
                kind=request.kind,
                draft_id=request.draft_id,
                state__in=(RequestState.REFUSED, RequestState.VOIDED),
            ).values("pk"),
        )
        .order_by("pk")
        .select_related("rule")
        .select_for_update(of=("self",))
    )
    same = next((deadline for deadline in before if deadline.rule.code == rule_of(request)), None)
    others = [deadline.subject_id for deadline in before if deadline is not same]
    if others:
        reason = _now("%(number)s is of another class.") % {"number": request.number}
        rules = [deadline.rule.code for deadline in before if deadline is not same]
        withdraw_deadlines(subject_type=REQUEST, subject_ids=others, rules=rules, actor=actor, reason=reason, now=now)
    if same is not None:
        if same.state == DeadlineState.PAUSED:
            same = resume_deadline(deadline_id=same.pk, actor=actor, now=now)
        same.subject_id, same.subject_label = request.pk, str(request)[:160]
        same.save(update_fields=["subject_id", "subject_label"])
        if same.due_at != request.due_at:
            request.due_at, request.urgency = same.due_at, urgency(request.importance, same.due_at)
            request.save(update_fields=["due_at", "urgency"])
        return
    start_deadlines(
        [
            DeadlineStart(
                rule=rule_of(request),
                subject_type=REQUEST,
                subject_id=request.pk,
                subject_label=str(request),
                store_id=request.store_id,
                starts_at=request.clock_started_at,
                due_at=request.due_at,
                owner_id=owner_id,
            )
        ],
        now=now,
    )


def schedule(request: ChangeRequest, stages: Sequence[RequestStage], start: datetime) -> None:
    """Set each stage's due time in memory: its share of the time until the request is due."""
    plans = [StagePlan(stage.position, stage.share) for stage in stages]
    times = stage_times(plans, start=start, due_at=max(request.due_at, start + timedelta(minutes=1)))
    for stage in stages:
        stage.due_at = times[stage.position]


def open_next_stages(request: ChangeRequest, actor: Actor, now: datetime) -> bool:
    """Open the lowest position that waits, unless one is open; returns False when every stage is done."""
    stages = list(request.stages.select_for_update().order_by("position", "pk"))
    if any(stage.state == StageState.OPEN for stage in stages):
        return True
    waiting = [stage for stage in stages if stage.state == StageState.WAITING]
    if not waiting:
        return False
    opened = [stage for stage in waiting if stage.position == waiting[0].position]
    for stage in opened:
        stage.state, stage.opened_at = StageState.OPEN, now
        stage.save(update_fields=["state", "opened_at"])
    start_stage_clocks(request, opened, now)
    report_empty_stages(request, opened, actor, now)
    return True


def start_stage_clocks(request: ChangeRequest, stages: Sequence[RequestStage], now: datetime) -> None:
    """A clock for each stage that was opened; it belongs to the role that decides."""
    start_deadlines(
        [
            DeadlineStart(
                rule="emergency_review" if stage.mode == StageMode.REVIEW else "approval_stage",
                subject_type=STAGE,
                subject_id=stage.pk,
                subject_label=f"{request} · {stage.name}",
                store_id=request.store_id,
                starts_at=now,
                due_at=stage.due_at,
                owner_role=stage.role,
            )
            for stage in stages
        ],
        now=now,
    )


def report_empty_stages(request: ChangeRequest, stages: Sequence[RequestStage], actor: Actor, now: datetime) -> None:
    """A stage that nobody can pass is told to the management at once, not at its breach (APPR-6)."""
    empty = [stage for stage in stages if not available_deciders(request, stage.role, now)]
    if not empty:
        return
    record_many(
        [
            Act(
                "requests.stage_without_people",
                REQUEST,
                request.pk,
                request.store_id,
                changes={"stage": [None, stage.name]},
            )
            for stage in empty
        ],
        actor=actor,
        at=now,
    )
    _rung, people = people_on_rung(Rung.MANAGEMENT, owner_id=None, owner_role="", store_id=request.store_id)
    for stage in empty:
        wording = Wording(
            _("%(request)s: nobody is there to decide “%(stage)s” (%(role)s). Name a deputy or change the stage."),
            {"request": str(request), "stage": stage.name, "role": lambda stage=stage: role_label(stage.role)},
        )
        notify(people, wording, kind="requests.stage_without_people", now=now, link=request.get_absolute_url())


def close_stages(request: ChangeRequest, actor: Actor, now: datetime, reason: str) -> None:
    """Drop every stage that is not done, with its clock."""
    rows: QuerySet[RequestStage] = request.stages.filter(state__in=(StageState.WAITING, StageState.OPEN))
    ids = list(rows.values_list("pk", flat=True))
    rows.update(state=StageState.DROPPED, closed_at=now)
    withdraw_deadlines(subject_type=STAGE, subject_ids=ids, actor=actor, reason=reason, now=now)


def give_back(
    request: ChangeRequest, state: RequestState, action: str, *, actor: Actor, now: datetime, reason: str
) -> None:
    """Close a request without publishing; its draft can be edited again.

    The whole clock goes on until the draft is submitted again, except after a withdrawal.
    """
    close_stages(request, actor, now, reason)
    request.state, request.closed_at, request.closed_reason = state, now, reason
    request.next_attempt_at = None
    request.save(update_fields=["state", "closed_at", "closed_reason", "next_attempt_at"])
    if state == RequestState.WITHDRAWN:
        withdraw_deadlines(subject_type=REQUEST, subject_ids=[request.pk], actor=actor, reason=reason, now=now)
    kind_of(request).returned(request, actor, now, reason)
    record_many([Act(action, REQUEST, request.pk, request.store_id, reason)], actor=actor, at=now)


def set_importance_clock(request: ChangeRequest, importance: str, *, actor: Actor, now: datetime, reason: str) -> None:
    """Change the class: the other rule's clock runs from the same beginning, stages that are not done get their new times.

    What was paused so far moves the new due time as it moved the old one. Raises DeadlineIsPaused while the clock stands still.
    """
    whole = Deadline.objects.open().filter(subject_type=REQUEST, subject_id=request.pk).order_by("pk").first()
    if whole is not None and whole.state == DeadlineState.PAUSED:
        raise DeadlineIsPaused(debtor=whole.pause_debtor)
    paused = timedelta(seconds=whole.paused_seconds if whole is not None else 0)
    withdraw_deadlines(
        subject_type=REQUEST, subject_ids=[request.pk], rules=[rule_of(request)], actor=actor, reason=reason, now=now
    )
    request.importance = importance
    request.due_at = due_of(request.kind, importance, request.clock_started_at) + paused
    request.urgency = urgency(importance, request.due_at)
    request.save(update_fields=["importance", "due_at", "urgency", "importance_reasons"])
    start_clock(request, owner_id=request.requester_id, actor=actor, now=now)
    stages = list(request.stages.filter(state__in=(StageState.WAITING, StageState.OPEN)).order_by("position"))
    schedule(request, stages, now)
    opened = [stage for stage in stages if stage.state == StageState.OPEN]
    ids = [stage.pk for stage in opened]
    withdraw_deadlines(subject_type=STAGE, subject_ids=ids, actor=actor, reason=reason, now=now)
    for stage in stages:
        stage.save(update_fields=["due_at"])
    start_stage_clocks(request, opened, now)
