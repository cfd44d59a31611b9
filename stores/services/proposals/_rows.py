"""What every act on a proposal begins and ends with: the locked row, its state, the clock, the word to its author."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from approvals import services as approvals
from approvals.policies.wording import Wording
from config.kit.actor import Actor
from config.kit.errors import NotPermitted
from stores.errors import ProposalNotAtThisPoint
from stores.models import Proposal
from stores.states import PROPOSAL_TRANSITIONS, ProposalState, Role

SUBJECT = "stores.proposal"
ORDER_SUBJECT = "stores.proposalorder"


def person_of(actor: Actor) -> int:
    """Who acts. Raises NotPermitted for a program: proposals are between people."""
    if actor.user_id is None:
        raise NotPermitted()
    return actor.user_id


def lock_proposal(proposal_id: int, *states: ProposalState) -> Proposal:
    """Lock one proposal and return it fresh. Raises ProposalNotAtThisPoint when it is in none of `states`."""
    proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    if states and proposal.state not in states:
        raise not_here(proposal)
    return proposal


def move(proposal: Proposal, target: ProposalState, **fields: Any) -> None:
    """The only place that assigns a state, called with a locked row; a trigger holds the same table."""
    if target not in PROPOSAL_TRANSITIONS[proposal.state]:
        raise not_here(proposal)
    proposal.state = target
    for name, value in fields.items():
        setattr(proposal, name, value)
    proposal.save(update_fields=["state", *fields])


def not_here(proposal: Proposal) -> ProposalNotAtThisPoint:
    """The refusal of an act for which the proposal is not far enough, or too far."""
    return ProposalNotAtThisPoint(title=proposal.title, state=proposal.get_state_display())


def start_clock(
    proposal: Proposal, rule: str, *, now: datetime, owner_role: str = Role.PLAN, owner_id: int | None = None
) -> None:
    """Let a duty about a proposal run from now."""
    start = approvals.DeadlineStart(
        rule=rule,
        subject_type=SUBJECT,
        subject_id=proposal.pk,
        subject_label=proposal.title,
        starts_at=now,
        store_id=proposal.shop_id,
        owner_role=owner_role,
        owner_id=owner_id,
    )
    approvals.start_deadlines([start], now=now)


def meet_clock(proposal: Proposal, *rules: str, actor: Actor, now: datetime) -> None:
    """The duty was done."""
    approvals.meet_deadlines(subject_type=SUBJECT, subject_ids=[proposal.pk], rules=rules, actor=actor, now=now)


def tell(people: Iterable[int | None], proposal: Proposal, text: Promise, *, actor: Actor, now: datetime) -> None:
    """A notice to everybody concerned except the one who did it. `text` names the proposal as %(title)s."""
    others = {person for person in people if person is not None and person != actor.user_id}
    if others:
        wording = Wording(text, {"title": proposal.title})
        approvals.notify(others, wording, kind="proposal", now=now, link=proposal.get_absolute_url())
