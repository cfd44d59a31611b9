"""Builders of redesign proposals in each state, through the services only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from approvals import services as approvals
from approvals.models import ChangeRequest
from config.kit.actor import Actor
from stores import services
from stores.models import Employee, Proposal
from stores.states import Recommendation
from tests.factories.stores import EmployeeFactory


def as_actor(person: Employee) -> Actor:
    """A person as services take them."""
    return Actor.staff(user_id=person.pk, label=str(person))


def filed(by: Employee, *, now: datetime, **changes: Any) -> Proposal:
    """A proposal that was just filed."""
    words = {"title": "Calmer home page", "text": "Fewer banners.", "expected_effect": "People stay longer."}
    return services.file_proposal(**(words | {"actor": as_actor(by), "now": now} | changes))


def discussed(by: Employee, planner: Employee, *, now: datetime, **changes: Any) -> Proposal:
    """A proposal whose adoption the planning group recommends."""
    proposal = filed(by, now=now, **changes)
    discuss(proposal, planner, now=now)
    proposal.refresh_from_db()
    return proposal


def discuss(proposal: Proposal, planner: Employee, *, now: datetime, **changes: Any) -> None:
    """Keep a discussion with the planner present."""
    facts = {
        "held_on": now.date(),
        "present_ids": [planner.pk],
        "minutes": "Good, but not in red.",
        "votes_for": 1,
        "votes_against": 0,
        "recommendation": Recommendation.ADOPT,
    }
    services.discuss_proposal(proposal_id=proposal.pk, actor=as_actor(planner), now=now, **(facts | changes))


def order(proposal: Proposal, owner: Employee, planner: Employee, *, now: datetime, text: str = "Draw it") -> Any:
    """A work order, due in three days."""
    return services.add_proposal_order(
        proposal_id=proposal.pk,
        text=text,
        owner_id=owner.pk,
        due_at=now + timedelta(days=3),
        actor=as_actor(planner),
        now=now,
    )


def sent(proposal: Proposal, planner: Employee, *, now: datetime) -> ChangeRequest:
    """Send it to the management."""
    row = services.send_to_management(
        proposal_id=proposal.pk, cost="¥ 3,000", effect="Stay time up a tenth.", actor=as_actor(planner), now=now
    )
    return ChangeRequest.objects.get(pk=row.request_id)


def decided(
    request: ChangeRequest, manager: Employee, *, now: datetime, refuse: str = "", reason: str = "Do it."
) -> None:
    """The management's yes, or its no with a reason."""
    facts = {"request_id": request.pk, "content_hash": request.content_hash, "actor": as_actor(manager), "now": now}
    if refuse:
        approvals.refuse(reason=refuse, field_reasons={}, **facts)
    else:
        approvals.approve(reason=reason, **facts)


def approved(
    by: Employee, planner: Employee, manager: Employee, *, now: datetime, owner: Employee | None = None
) -> Proposal:
    """An approved proposal, with a planned work order when an owner is given."""
    proposal = discussed(by, planner, now=now)
    if owner is not None:
        order(proposal, owner, planner, now=now)
    decided(sent(proposal, planner, now=now), manager, now=now)
    proposal.refresh_from_db()
    return proposal


def cast_of_proposals() -> tuple[Employee, Employee, Employee, Employee]:
    """A customer-service person, a planner, a manager and a designer."""
    return tuple(EmployeeFactory(roles=[role]) for role in ("CS", "PLAN", "MGR", "ART"))  # type: ignore[return-value]
