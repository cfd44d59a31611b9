"""The one way to the public: an approved request becomes a snapshot, the snapshot goes live, somebody or something sees it live.

Admin, import, API, scheduled job and shell all end here (APPR-1). The triggers of approvals_snapshot and
approvals_livecontent refuse whatever does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.errors import (
    ContentHasChanged,
    NotApproved,
    NothingPublished,
    NotYetTime,
    PublicationStopped,
    ReasonIsMissing,
)
from approvals.models import ChangeRequest, LiveContent, Snapshot
from approvals.policies.wording import Wording
from approvals.services._change_requests import (
    REQUEST,
    as_list,
    find_everything,
    hash_now,
    kind_of,
    lock_request,
    stopping,
)
from approvals.services.content_rules import keep_hits
from approvals.services.deadlines import meet_deadlines, withdraw_deadlines
from approvals.services.heartbeats import beat
from approvals.services.notices import notify
from approvals.services.requests import void
from approvals.services.security import leaves_security_event
from approvals.services.trail import record
from approvals.states import OPEN_REQUESTS, HitMoment, RequestState
from config.kit.actor import Actor
from config.kit.errors import DomainError
from config.kit.sweep import SweepResult, sweep

log = structlog.get_logger(__name__)
_SHOWN_TIME = "%Y-%m-%d %H:%M"


@leaves_security_event
def publish(*, request_id: int, actor: Actor, now: datetime) -> Snapshot | None:
    """Make an approved request public; returns its snapshot (None for a kind that leaves none).

    Locks the request and what is live of its subject. Other open requests about the subject go back to their authors,
    because they were made against what is live no more. Raises NotApproved, NotYetTime, ContentHasChanged (the request is voided),
    PublicationStopped (a rule that came since stops it; it stays approved).
    """
    with transaction.atomic():
        request = lock_request(request_id)
        if request.state != RequestState.APPROVED:
            raise NotApproved(subject=str(request))
        if request.publish_at is not None and request.publish_at > now:
            raise NotYetTime(number=request.number, time=localtime(request.publish_at).strftime(_SHOWN_TIME))
        edited = hash_now(request) != request.content_hash
        if edited:
            void(request, actor=actor, now=now)
        else:
            _recheck(request, actor, now)
            snapshot = _go_live(request, actor, now)
    if edited:
        raise ContentHasChanged(number=request.number)
    return snapshot


def publish_soon(request: ChangeRequest, *, actor: Actor, now: datetime) -> ChangeRequest:
    """Publish a request that was just approved, unless its time is later; returns it fresh.

    What stops it is written on the request, not raised: the decision stands.
    """
    if request.state == RequestState.APPROVED and (request.publish_at is None or request.publish_at <= now):
        try:
            publish(request_id=request.pk, actor=actor, now=now)
        except DomainError as refusal:
            note_problem(request.pk, refusal, now=now)
    return ChangeRequest.objects.get(pk=request.pk)


def publish_due(*, now: datetime) -> SweepResult:
    """Publish what was approved for a time that has come, each in its own transaction. What is stopped waits for a person."""
    actor = Actor.system("approvals.publish_due")

    def due() -> QuerySet[ChangeRequest]:
        rows = ChangeRequest.objects.filter(state=RequestState.APPROVED, next_attempt_at__lte=now)
        return rows.order_by("next_attempt_at", "pk")

    def handle(request: ChangeRequest) -> None:
        # What was edited around the services goes back to its author: raised from here, the sweep would undo that.
        with suppress(ContentHasChanged):
            publish(request_id=request.pk, actor=actor, now=now)

    def postpone(pk: int, error: Exception) -> None:
        if isinstance(error, DomainError):
            note_problem(pk, error, now=now)
        else:
            ChangeRequest.objects.filter(pk=pk).update(next_attempt_at=now + timedelta(minutes=5))

    result = sweep(due, handle, postpone=postpone)
    beat("publish", now=now, published=result.handled, stopped=result.failed)
    return result


@transaction.atomic
def note_problem(request_id: int, refusal: DomainError, *, now: datetime) -> None:
    """Write down why an approved request is not public, stop trying, and tell its author.

    What a content rule found is kept here: the refused publication took its own hits along.
    """
    request = lock_request(request_id)
    if request.state != RequestState.APPROVED:
        return
    if isinstance(refusal, PublicationStopped):
        keep_hits(
            refusal.facts.get("findings", ()),
            draft=kind_of(request).read(request.draft_id),
            kind=request.kind,
            moment=HitMoment.PUBLICATION,
            request_id=request.pk,
            actor=Actor.system("approvals.publish"),
            now=now,
        )
    request.problem, request.next_attempt_at = str(refusal), None
    request.save(update_fields=["problem", "next_attempt_at"])
    wording = Wording(
        _("%(request)s was approved but is not public: %(problem)s"),
        {"request": str(request), "problem": str(refusal)[:200]},
    )
    notify([request.requester_id], wording, kind="requests.stopped", now=now, link=request.get_absolute_url())


@transaction.atomic
def confirm_live(
    *,
    kind: str,
    subject_type: str,
    subject_id: int,
    evidence: str,
    actor: Actor,
    now: datetime,
    display_url: str = "",
    display_id: str = "",
    differences: Sequence[Any] = (),
) -> LiveContent:
    """Write down that shoppers were seen to see the live version, and end its clock.

    `evidence`: "page" (our own page), "channel" (the platform's answer), "person". With `differences` what is seen is not what was
    approved: they are kept, and nothing is confirmed. Raises NothingPublished.
    """
    live = _lock_live(kind, subject_type, subject_id)
    if live is None or live.snapshot is None:
        raise NothingPublished(subject=f"{subject_type} {subject_id}")
    live.checked_at, live.checked_by, live.evidence = now, actor.label[:120], evidence
    live.display_url, live.display_id = display_url or live.display_url, display_id or live.display_id
    live.differences = list(differences)
    live.save(update_fields=["checked_at", "checked_by", "evidence", "display_url", "display_id", "differences"])
    request = lock_request(live.snapshot.request_id)
    if not differences and request.state == RequestState.PUBLISHED:
        _confirm(request, actor, now, {"evidence": [None, evidence], "display": [None, display_url or display_id]})
    return live


@transaction.atomic
def take_down(
    *, kind: str, subject_type: str, subject_id: int, reason: str, actor: Actor, now: datetime
) -> LiveContent:
    """Remove a subject from the public at once: no approval is needed to remove, one is to put back (CAT-20). Locks it.

    Raises ReasonIsMissing, NothingPublished.
    """
    if not reason.strip():
        raise ReasonIsMissing(field="reason")
    live = _lock_live(kind, subject_type, subject_id)
    if live is None or live.snapshot is None:
        raise NothingPublished(subject=f"{subject_type} {subject_id}")
    before = live.snapshot
    live.snapshot, live.taken_down_at, live.taken_down_reason = None, now, reason.strip()
    live.save(update_fields=["snapshot", "taken_down_at", "taken_down_reason"])
    unseen = ChangeRequest.objects.filter(pk=before.request_id)
    _stop_waiting_for_display(unseen, reason.strip(), actor=actor, now=now)
    record("requests.taken_down", live, actor=actor, reason=reason, changes={"version": [before.number, None]}, at=now)
    return live


def _recheck(request: ChangeRequest, actor: Actor, now: datetime) -> None:
    draft = kind_of(request).read(request.draft_id)
    findings = find_everything(request.kind, draft, HitMoment.PUBLICATION, now)
    if problems := stopping(findings):
        raise PublicationStopped(number=request.number, list=as_list(problems), findings=problems)
    keep_hits(
        findings,
        draft=draft,
        kind=request.kind,
        moment=HitMoment.PUBLICATION,
        request_id=request.pk,
        actor=actor,
        now=now,
    )


def _go_live(request: ChangeRequest, actor: Actor, now: datetime) -> Snapshot | None:
    snapshot = _snapshot(request, actor, now) if request.makes_snapshot else None
    request.state, request.published_at, request.next_attempt_at = RequestState.PUBLISHED, now, None
    request.problem = ""
    request.save(update_fields=["state", "published_at", "next_attempt_at", "problem"])
    kind_of(request).apply(request, snapshot, actor, now)
    version = {"version": [None, snapshot.number]} if snapshot else {}
    record("requests.published", request, actor=actor, changes=version, at=now)
    _send_back_the_others(request, actor, now)
    if not kind_of(request).needs_evidence:
        _confirm(request, actor, now, {})
    return snapshot


def _snapshot(request: ChangeRequest, actor: Actor, now: datetime) -> Snapshot:
    live = _lock_live(request.kind, request.subject_type, request.subject_id)
    snapshot = Snapshot.objects.create(
        request=request,
        kind=request.kind,
        subject_type=request.subject_type,
        subject_id=request.subject_id,
        store_id=request.store_id,
        number=(live.last_number if live else 0) + 1,
        content=request.content,
        content_hash=request.content_hash,
        changed_fields=request.changed_fields,
        published_at=now,
        published_by=actor.label[:120],
    )
    if live is None:
        live = LiveContent(kind=request.kind, subject_type=request.subject_type, subject_id=request.subject_id)
    live.store_id, live.snapshot, live.live_since = request.store_id, snapshot, now
    live.last_number = snapshot.number
    live.taken_down_at, live.taken_down_reason, live.differences = None, "", []
    live.checked_at, live.checked_by, live.evidence = None, "", ""
    live.save()
    older = ChangeRequest.objects.filter(
        kind=request.kind, subject_type=request.subject_type, subject_id=request.subject_id
    ).exclude(pk=request.pk)
    reason = _now("%(number)s was published before this was seen live.") % {"number": request.number}
    _stop_waiting_for_display(older, reason, actor=actor, now=now)
    return snapshot


def _stop_waiting_for_display(requests: QuerySet[ChangeRequest], reason: str, *, actor: Actor, now: datetime) -> None:
    """End the clocks of published requests that nobody can see live any more: they were replaced or taken down."""
    rows = requests.filter(state=RequestState.PUBLISHED, closed_at__isnull=True)
    for request in rows.order_by("pk").select_for_update(of=("self",)):
        request.closed_at, request.closed_reason = now, reason
        request.save(update_fields=["closed_at", "closed_reason"])
        withdraw_deadlines(subject_type=REQUEST, subject_ids=[request.pk], actor=actor, reason=reason, now=now)


def _lock_live(kind: str, subject_type: str, subject_id: int) -> LiveContent | None:
    rows = LiveContent.objects.filter(kind=kind, subject_type=subject_type, subject_id=subject_id)
    return rows.select_for_update(of=("self",)).select_related("snapshot").first()


def _send_back_the_others(request: ChangeRequest, actor: Actor, now: datetime) -> None:
    others = ChangeRequest.objects.filter(
        kind=request.kind, subject_type=request.subject_type, subject_id=request.subject_id, state__in=OPEN_REQUESTS
    ).exclude(pk=request.pk)
    for other in others.order_by("pk").select_for_update(of=("self",)).select_related("requester"):
        reason = _now("%(number)s was published meanwhile: bring the draft up to date and submit it again.")
        void(other, actor=actor, now=now, reason=reason % {"number": request.number})


def _confirm(request: ChangeRequest, actor: Actor, now: datetime, facts: dict[str, list[Any]]) -> None:
    request.state, request.live_at, request.closed_at = RequestState.LIVE, now, now
    request.save(update_fields=["state", "live_at", "closed_at"])
    meet_deadlines(subject_type=REQUEST, subject_ids=[request.pk], actor=actor, now=now)
    kind_of(request).confirmed(request, actor, now)
    record("requests.live", request, actor=actor, changes=facts, at=now)
