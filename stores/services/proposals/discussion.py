"""The planning group's discussion and what comes of it (APPR-8), and the way to the management and back (APPR-9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from approvals.models import ChangeRequest
from approvals.registries import Draft
from approvals.states import RequestState
from config.kit.actor import Actor
from config.kit.errors import InvalidInput
from stores.errors import DiscussionMissing
from stores.models import Employee, Proposal, ProposalDiscussion
from stores.policies.lines import written_line, written_text
from stores.services.proposals._rows import SUBJECT, lock_proposal, meet_clock, move, person_of, start_clock, tell
from stores.services.proposals.execution import start_order_clocks
from stores.states import ProposalState, Recommendation

if TYPE_CHECKING:
    from approvals.models import Snapshot

KIND = "stores.proposal"
REQUEST_SUBJECT = "approvals.changerequest"


@transaction.atomic
def discuss_proposal(
    *,
    proposal_id: int,
    held_on: date,
    present_ids: Sequence[int],
    minutes: str,
    votes_for: int,
    votes_against: int,
    recommendation: Recommendation,
    actor: Actor,
    now: datetime,
) -> ProposalDiscussion:
    """Keep a discussion for good: when, who was there, what was said, votes, recommendation.

    "Change it first" gives the proposal back to its author and the clock to discuss it starts anew; anything else lets
    the clock to send it to the management run. Locks the proposal. Raises ProposalNotAtThisPoint once it lies with the
    management, InvalidInput for a day to come, nobody present or more votes than people.
    """
    proposal = lock_proposal(proposal_id, ProposalState.FILED, ProposalState.DISCUSSED)
    present = _present(present_ids)
    if held_on > timezone.localdate(now):
        raise InvalidInput(field="held_on", problem=_("This day is still to come."))
    minutes = written_text(minutes, field="minutes", empty=_("Write down what was said."))
    if votes_for + votes_against > len(present):
        raise InvalidInput(field="votes_for", problem=_("There are more votes than people present."))
    discussion = ProposalDiscussion.objects.create(
        proposal=proposal,
        held_on=held_on,
        present=[person.pk for person in present],
        minutes=minutes,
        votes_for=votes_for,
        votes_against=votes_against,
        recommendation=recommendation,
        recorded_by_id=person_of(actor),
        recorded_at=now,
    )
    approvals.record(
        "stores.proposal_discussed",
        proposal,
        actor=actor,
        reason=discussion.minutes,
        changes={"recommendation": [None, str(recommendation)], "votes": [None, f"{votes_for} : {votes_against}"]},
        at=now,
    )
    meet_clock(proposal, "proposal_discussed", actor=actor, now=now)
    if recommendation == Recommendation.CHANGE:
        if proposal.state == ProposalState.DISCUSSED:
            move(proposal, ProposalState.FILED)
            _drop_clock(proposal, "proposal_sent", actor=actor, reason=discussion.minutes, now=now)
        start_clock(proposal, "proposal_discussed", now=now)
        text = _("“%(title)s” was discussed: please change it first. The minutes say what.")
    else:
        if proposal.state == ProposalState.FILED:
            move(proposal, ProposalState.DISCUSSED)
        start_clock(proposal, "proposal_sent", now=now)
        text = _("“%(title)s” was discussed and goes to the management.")
    tell([proposal.proposer_id], proposal, text, actor=actor, now=now)
    return discussion


@transaction.atomic
def send_to_management(*, proposal_id: int, cost: str, effect: str, actor: Actor, now: datetime) -> Proposal:
    """Send a discussed proposal to the management with its cost and expected effect, whatever was recommended.

    Locks the proposal. Raises ProposalNotAtThisPoint, DiscussionMissing, InvalidInput without cost or effect, and what
    `approvals.submit` raises.
    """
    proposal = lock_proposal(proposal_id, ProposalState.DISCUSSED)
    if not proposal.discussions.exists():
        raise DiscussionMissing()
    both = _("The management decides about cost and effect: write it.")
    cost = written_line(cost, field="cost", limit=200, empty=both)
    effect = written_text(effect, field="effect", empty=both)
    before = {"cost": proposal.cost, "expected_effect": proposal.expected_effect}
    proposal.cost, proposal.expected_effect = cost, effect
    proposal.save(update_fields=["cost", "expected_effect"])
    changes = approvals.changed(before, {"cost": proposal.cost, "expected_effect": proposal.expected_effect})
    approvals.submit(kind=KIND, draft_id=proposal.pk, actor=actor, now=now)
    approvals.record("stores.proposal_sent", proposal, actor=actor, changes=changes, at=now)
    meet_clock(proposal, "proposal_sent", actor=actor, now=now)
    tell([proposal.proposer_id], proposal, _("“%(title)s” lies with the management."), actor=actor, now=now)
    return lock_proposal(proposal_id)


# --- what the kernel of authority asks of this kind and tells it (stores/approval_kinds.py)


def proposal_draft(draft_id: int) -> Draft:
    """What the management decides about. Locks the proposal; discussions are final, files and orders only come under its lock."""
    proposal = lock_proposal(draft_id)
    discussion = proposal.discussions.order_by("-pk").first()
    content: dict[str, Any] = {
        "title": proposal.title,
        "text": proposal.text,
        "expected_effect": proposal.expected_effect,
        "cost": proposal.cost,
        "mock_ups": [
            {"key": str(file.pk), "name": file.file_name, "file": file.sha256}
            for file in proposal.files.filter(is_evidence=False).order_by("pk")
        ],
        "orders": [
            {"key": str(order.pk), "text": order.text, "owner": str(order.owner), "due_at": order.due_at.isoformat()}
            for order in proposal.orders.select_related("owner").order_by("pk")
        ],
    }
    if discussion is not None:
        content |= {
            "recommendation": discussion.recommendation,
            "minutes": discussion.minutes,
            "votes": f"{discussion.votes_for} : {discussion.votes_against}",
        }
    return Draft(
        subject_type=SUBJECT,
        subject_id=proposal.pk,
        subject_label=proposal.title,
        content=content,
        store_id=proposal.shop_id,
        authors=(proposal.proposer_id,),
        url=proposal.get_absolute_url(),
    )


def proposal_submitted(request: ChangeRequest) -> None:
    """The management has it."""
    move(lock_proposal(request.draft_id), ProposalState.AT_MANAGEMENT, request_id=request.pk)


def proposal_returned(request: ChangeRequest, actor: Actor, now: datetime, reason: str) -> None:
    """Refused: that is the answer. Withdrawn or voided: the planning group has it again."""
    proposal = lock_proposal(request.draft_id, ProposalState.AT_MANAGEMENT)
    people: list[int | None] = [proposal.proposer_id]
    if request.state == RequestState.REFUSED:
        # Other content is mended and submitted again, so its clock goes on; here the refusal is the answer that was due.
        approvals.meet_deadlines(subject_type=REQUEST_SUBJECT, subject_ids=[request.pk], actor=actor, now=now)
        move(proposal, ProposalState.REFUSED, decision_note=reason, decided_at=now)
        approvals.record("stores.proposal_refused", proposal, actor=actor, reason=reason, at=now)
        text = _("“%(title)s” was refused by the management; the reason stands there. You may revise it.")
    else:
        move(proposal, ProposalState.DISCUSSED)
        approvals.record("stores.proposal_came_back", proposal, actor=actor, reason=reason, at=now)
        start_clock(proposal, "proposal_sent", now=now)
        text = _("“%(title)s” came back from the management undecided.")
        people.append(request.requester_id)
    tell(people, proposal, text, actor=actor, now=now)


def proposal_approved(request: ChangeRequest, snapshot: Snapshot | None, actor: Actor, now: datetime) -> None:
    """Put a yes into effect: the work orders' clocks start, or the clock to write some."""
    proposal = lock_proposal(request.draft_id)
    words = _reason_of(request)
    move(proposal, ProposalState.APPROVED, decision_note=words, decided_at=now)
    approvals.record("stores.proposal_approved", proposal, actor=actor, reason=words, at=now)
    orders = list(proposal.orders.filter(done_at__isnull=True).order_by("pk"))
    if orders:
        start_order_clocks(proposal, orders, actor=actor, now=now)
    else:
        start_clock(proposal, "proposal_planned", now=now)
    text = _("“%(title)s” was approved by the management and is being carried out.")
    tell([proposal.proposer_id, request.requester_id], proposal, text, actor=actor, now=now)


def _present(ids: Sequence[int]) -> list[Employee]:
    present = list(Employee.objects.filter(pk__in=ids).order_by("pk"))
    if not present or len(present) != len(set(ids)):
        raise InvalidInput(field="present", problem=_("Tick who was there."))
    return present


def _drop_clock(proposal: Proposal, rule: str, *, actor: Actor, reason: str, now: datetime) -> None:
    approvals.withdraw_deadlines(
        subject_type=SUBJECT, subject_ids=[proposal.pk], rules=[rule], actor=actor, reason=reason, now=now
    )


def _reason_of(request: ChangeRequest) -> str:
    """The words that came with the yes."""
    decision = request.decisions.order_by("-pk").first()
    return decision.reason if decision is not None else ""
