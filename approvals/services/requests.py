"""From a draft to a request: submitted with everything checked, taken back, discussed, paused, raised and lowered in class."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.errors import (
    AlreadyDecided,
    AlreadySubmitted,
    DeadlineIsNotPaused,
    DeadlineIsPaused,
    ImportanceCannotBeLowered,
    NothingChanged,
    NotReady,
    NotYours,
    OwnWork,
    ReasonIsMissing,
    StagesAreNotSound,
)
from approvals.models import ChangeRequest, Comment, Deadline, RequestStage
from approvals.policies.contents import canonical, changed_fields, content_hash, top_fields, urgency
from approvals.policies.requests import importance_of, is_own_work
from approvals.policies.wording import Wording
from approvals.registries import Draft, approval_kinds
from approvals.selectors.requests import class_rules, held_signatures, stage_rules
from approvals.services._change_requests import (
    REQUEST,
    STAGE,
    as_list,
    due_of,
    find_everything,
    give_back,
    hash_now,
    kind_of,
    lock_request,
    open_next_stages,
    schedule,
    set_importance_clock,
    start_clock,
    stopping,
    stored,
)
from approvals.services.content_rules import keep_hits
from approvals.services.deadlines import pause_deadline, resume_deadline, withdraw_deadlines
from approvals.services.notices import notify
from approvals.services.security import leaves_security_event
from approvals.services.trail import changed, record
from approvals.states import (
    OPEN_REQUESTS,
    DeadlineState,
    HitMoment,
    Importance,
    RequestState,
    StageMode,
    StageState,
)
from config.kit.actor import Actor

_SUMMARY = 300


def submit(
    *, kind: str, draft_id: int, actor: Actor, now: datetime, important: bool = False, reason: str = ""
) -> ChangeRequest:
    """Make a request of what a draft says now, with its class, its stages and its clock.

    Everything that is missing or wrong is named at once. A request that came back before leaves its clock to this one,
    so the time goes on. Raises NotReady (its `findings` are kept as hits even though nothing is submitted),
    NothingChanged, AlreadySubmitted.
    """
    try:
        with transaction.atomic():
            return _submit(kind, draft_id, actor, now, important, reason)
    except NotReady as refusal:
        with transaction.atomic():
            draft = approval_kinds.get(kind).read(draft_id)
            keep_hits(
                refusal.findings,
                draft=draft,
                kind=kind,
                moment=HitMoment.SUBMISSION,
                request_id=None,
                actor=actor,
                now=now,
            )
        raise


@transaction.atomic
def take_back_request(*, request_id: int, reason: str, actor: Actor, now: datetime) -> ChangeRequest:
    """Withdraw a request as one of its people: who asked for it or wrote in it. Locks it.

    Raises NotYours for everybody else, and as `withdraw_request`.
    """
    request = lock_request(request_id)
    if actor.user_id is None or not is_own_work(
        actor.user_id, requester_id=request.requester_id, authors=request.authors
    ):
        raise NotYours(who=str(request.requester), number=request.number)
    return withdraw_request(request_id=request_id, reason=reason, actor=actor, now=now)


@transaction.atomic
def withdraw_request(*, request_id: int, reason: str, actor: Actor, now: datetime) -> ChangeRequest:
    """Close a request before it is published, because what it asks for is given up. Locks it.

    For services of which that is a part (a plan is closed, a package undone) and that say themselves who may; a person takes
    back with `take_back_request`. Raises ReasonIsMissing, AlreadyDecided.
    """
    if not reason.strip():
        raise ReasonIsMissing(field="reason")
    request = lock_request(request_id)
    _require_open(request)
    give_back(request, RequestState.WITHDRAWN, "requests.withdrawn", actor=actor, now=now, reason=reason)
    return request


@transaction.atomic
def void_changed(*, kind: str, draft_ids: Sequence[int], actor: Actor, now: datetime) -> list[int]:
    """Take back the requests whose draft says something else than was submitted; returns their keys.

    To be called after every write that may change what a submitted or approved draft says. One query when nothing is open.
    """
    open_ones = list(
        ChangeRequest.objects.filter(kind=kind, draft_id__in=list(draft_ids), state__in=OPEN_REQUESTS)
        .order_by("pk")
        .select_for_update(of=("self",))
        .select_related("requester")
    )
    voided = []
    for request in open_ones:
        if hash_now(request) != request.content_hash:
            void(request, actor=actor, now=now)
            voided.append(request.pk)
    return voided


def void(request: ChangeRequest, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """Take a locked request back because its content is not what was submitted any more, and tell its author."""
    reason = reason or _now("The content was edited after it was submitted.")
    give_back(request, RequestState.VOIDED, "requests.voided", actor=actor, now=now, reason=reason)
    if request.requester_id != actor.user_id:
        wording = Wording(_("%(request)s went back to draft: %(reason)s"), {"request": str(request), "reason": reason})
        link = request.get_absolute_url()
        notify([request.requester_id], wording, kind="requests.voided", now=now, link=link)


@transaction.atomic
def drop_clock(*, kind: str, draft_ids: Sequence[int], reason: str, actor: Actor, now: datetime) -> int:
    """Stop the clocks that go on after a refusal, because the drafts are given up; returns how many."""
    ids = ChangeRequest.objects.filter(kind=kind, draft_id__in=list(draft_ids)).values_list("pk", flat=True)
    return withdraw_deadlines(subject_type=REQUEST, subject_ids=ids, actor=actor, reason=reason, now=now)


@transaction.atomic
def comment(*, request_id: int, text: str, actor: Actor, now: datetime) -> Comment:
    """Add a line to the discussion and tell the requester and those who spoke before. Raises ReasonIsMissing for an empty one."""
    if not text.strip():
        raise ReasonIsMissing(field="text")
    request = ChangeRequest.objects.get(pk=request_id)
    if actor.user_id is None:
        raise ReasonIsMissing(field="text")
    line = Comment.objects.create(request=request, author_id=actor.user_id, text=text.strip(), at=now)
    people = {request.requester_id, *request.comments.values_list("author_id", flat=True)} - {actor.user_id}
    wording = Wording(
        _("%(who)s about %(request)s: %(text)s"), {"who": actor.label, "request": str(request), "text": line.text[:120]}
    )
    notify(people, wording, kind="requests.comment", now=now, link=request.get_absolute_url())
    record("requests.commented", request, actor=actor, reason=line.text, at=now)
    return line


@transaction.atomic
def raise_importance(*, request_id: int, reason: str, actor: Actor, now: datetime) -> ChangeRequest:
    """Make a request important. Anybody may; the shorter clock counts from the same beginning. Locks it."""
    if not reason.strip():
        raise ReasonIsMissing(field="reason")
    request = lock_request(request_id)
    _require_open(request)
    if request.importance != Importance.IMPORTANT:
        _change_importance(request, Importance.IMPORTANT, "requests.importance_raised", reason, actor, now)
    return request


@leaves_security_event
@transaction.atomic
def lower_importance(*, request_id: int, reason: str, actor: Actor, now: datetime) -> ChangeRequest:
    """Make a request general: management's right, with a reason, and nobody's for their own work. Locks it.

    Raises ImportanceCannotBeLowered without a reason, OwnWork for its author.
    """
    request = lock_request(request_id)
    _require_open(request)
    if actor.user_id in (request.requester_id, *request.authors):
        raise OwnWork()
    if not reason.strip():
        raise ImportanceCannotBeLowered(field="reason")
    if request.importance != Importance.GENERAL:
        _change_importance(request, Importance.GENERAL, "requests.importance_lowered", reason, actor, now)
    return request


@transaction.atomic
def pause_request(*, request_id: int, reason: str, debtor: str, actor: Actor, now: datetime) -> ChangeRequest:
    """Stop all clocks of a request because another department owes material; `debtor` names it (APPR-14).

    Locks request, then clocks. Raises DeadlineIsPaused when they stand still already.
    """
    request = lock_request(request_id)
    _require_open(request)
    clocks = _open_clocks(request)
    running = [deadline for deadline in clocks if deadline.state == DeadlineState.RUNNING]
    if clocks and not running:
        raise DeadlineIsPaused(debtor=clocks[0].pause_debtor)
    for deadline in running:
        pause_deadline(deadline_id=deadline.pk, reason=reason, debtor=debtor, actor=actor, now=now)
    record("requests.paused", request, actor=actor, reason=reason, changes={"waiting_for": ["", debtor]}, at=now)
    return request


@transaction.atomic
def resume_request(*, request_id: int, actor: Actor, now: datetime, reason: str = "") -> ChangeRequest:
    """Let the clocks of a paused request run on; its due time moves by the pause. Locks request, then clocks.

    Raises DeadlineIsNotPaused when none stands still.
    """
    request = lock_request(request_id)
    paused = [deadline for deadline in _open_clocks(request) if deadline.state == DeadlineState.PAUSED]
    if not paused:
        raise DeadlineIsNotPaused()
    for deadline in paused:
        moved = resume_deadline(deadline_id=deadline.pk, reason=reason, actor=actor, now=now)
        if moved.subject_type == REQUEST:
            request.due_at, request.urgency = moved.due_at, urgency(request.importance, moved.due_at)
        else:
            RequestStage.objects.filter(pk=moved.subject_id).update(due_at=moved.due_at)
    request.save(update_fields=["due_at", "urgency"])
    record("requests.resumed", request, actor=actor, reason=reason, at=now)
    return request


def _submit(kind: str, draft_id: int, actor: Actor, now: datetime, important: bool, reason: str) -> ChangeRequest:
    declared = approval_kinds.get(kind)
    if (
        waiting := ChangeRequest.objects.filter(kind=kind, draft_id=draft_id, state__in=OPEN_REQUESTS).first()
    ) is not None:
        raise AlreadySubmitted(number=waiting.number)
    if actor.user_id is None:
        raise OwnWork()
    draft = declared.read(draft_id)
    findings = find_everything(kind, draft, HitMoment.SUBMISSION, now)
    if problems := stopping(findings):
        raise NotReady(count=len(problems), list=as_list(problems), findings=problems)
    content = canonical(draft.content)
    base = canonical(draft.live) if draft.live is not None else ""
    if content == base:
        raise NothingChanged(subject=draft.subject_label)
    changes = changed_fields(draft.live, draft.content)
    importance, fired = importance_of(class_rules(kind), declared.facts(draft), changes)
    if important:
        importance, fired = Importance.IMPORTANT, [*fired, "raised"]
    started = min(filter(None, (draft.clock_started_at, _still_running_since(kind, draft_id), now)))
    due_at = due_of(kind, importance, started)
    request = ChangeRequest.objects.create(
        kind=kind,
        subject_type=draft.subject_type,
        subject_id=draft.subject_id,
        subject_label=draft.subject_label[:200],
        store_id=draft.store_id,
        draft_id=draft_id,
        package_id=draft.package_id,
        summary=_summary(kind, changes),
        importance=importance,
        importance_reasons=fired,
        risk=declared.risk(draft),
        urgency=urgency(importance, due_at),
        money_effect=declared.money_effect(draft),
        requester_id=actor.user_id,
        authors=sorted(set(draft.authors) - {actor.user_id}),
        content=content,
        content_hash=content_hash(content),
        base_content=base,
        base_hash=content_hash(base) if base else "",
        changed_fields=[name[:80] for name in changes],
        findings=stored(findings),
        effects=[
            {"label": str(e.label), "before": e.before, "after": e.after, "tone": e.tone}
            for e in declared.effects(draft)
        ],
        makes_snapshot=declared.makes_snapshot,
        submitted_at=now,
        clock_started_at=started,
        due_at=due_at,
        publish_at=draft.publish_at,
    )
    start_clock(request, owner_id=draft.owner_id or request.requester_id, actor=actor, now=now)
    _make_stages(request, draft, now)
    declared.submitted(request)
    keep_hits(
        findings, draft=draft, kind=kind, moment=HitMoment.SUBMISSION, request_id=request.pk, actor=actor, now=now
    )
    record(
        "requests.submitted",
        request,
        actor=actor,
        reason=reason,
        changes={"content": [request.base_hash, request.content_hash], "class": [None, str(importance)]},
        at=now,
    )
    open_next_stages(request, actor, now)
    return request


def _still_running_since(kind: str, draft_id: int) -> datetime | None:
    """When the clock began that a refused or voided request of this draft left running. None: none runs, or it was withdrawn."""
    requests = ChangeRequest.objects.filter(kind=kind, draft_id=draft_id)
    clocks = Deadline.objects.open().filter(subject_type=REQUEST, subject_id__in=requests.values("pk"))
    return clocks.order_by("started_at").values_list("started_at", flat=True).first()


def _make_stages(request: ChangeRequest, draft: Draft, now: datetime) -> None:
    """Copy the stages in force; a stage of signatures becomes one per department, done already where a signature still holds."""
    rules = stage_rules(request.kind, request.importance)
    if not any(rule.mode == StageMode.DECIDE for rule in rules):
        raise StagesAreNotSound(
            problem=_now("No stage decides about “%(kind)s” (%(class)s): a manager has to set one.")
            % {"kind": kind_of(request).label, "class": Importance(request.importance).label}
        )
    held = held_signatures(request.kind, request.subject_type, request.subject_id, draft.content)
    stages = []
    for rule in rules:
        if rule.mode != StageMode.SIGN:
            stages.append(_stage(request, rule, rule.code, rule.title, rule.role))
            continue
        for section in kind_of(request).sections:
            stage = _stage(request, rule, section.code, str(section.label), section.role)
            signature = held.get(section.code)
            if signature is not None and signature.signer_id not in (request.requester_id, *request.authors):
                stage.state, stage.opened_at, stage.closed_at = StageState.DONE, now, now
            stages.append(stage)
    schedule(request, stages, request.clock_started_at)
    RequestStage.objects.bulk_create(stages)


def _stage(request: ChangeRequest, rule: Any, code: str, name: str, role: str) -> RequestStage:
    return RequestStage(
        request=request,
        position=rule.position,
        code=code,
        name=name[:80],
        mode=rule.mode,
        role=role,
        share=rule.share,
    )


def _summary(kind: str, changes: Sequence[str]) -> str:
    declared = approval_kinds.get(kind)
    labels = [str(declared.field_label(name)) for name in sorted(top_fields(changes))]
    return ", ".join(labels)[:_SUMMARY]


def _change_importance(
    request: ChangeRequest, importance: Importance, action: str, reason: str, actor: Actor, now: datetime
) -> None:
    before = {"class": str(request.importance), "due_at": request.due_at.isoformat()}
    request.importance_reasons = [
        *request.importance_reasons,
        f"{'raised' if importance == Importance.IMPORTANT else 'lowered'}",
    ]
    set_importance_clock(request, importance, actor=actor, now=now, reason=reason)
    after = {"class": str(request.importance), "due_at": request.due_at.isoformat()}
    record(action, request, actor=actor, reason=reason, changes=changed(before, after), at=now)


def _open_clocks(request: ChangeRequest) -> list[Deadline]:
    stages = list(request.stages.filter(state=StageState.OPEN).values_list("pk", flat=True))
    whole = Deadline.objects.open().filter(subject_type=REQUEST, subject_id=request.pk)
    parts = Deadline.objects.open().filter(subject_type=STAGE, subject_id__in=stages)
    return list((whole | parts).order_by("pk"))


def _require_open(request: ChangeRequest) -> None:
    if request.state not in OPEN_REQUESTS:
        last = request.decisions.select_related("decider").order_by("-pk").first()
        raise AlreadyDecided(
            who=str(last.decider) if last else "", number=request.number, state=request.get_state_display()
        )
