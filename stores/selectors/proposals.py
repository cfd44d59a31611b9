"""Reads of redesign proposals: the list with its clocks, the timeline of everything, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import Deadline, DeadlineStep
from approvals.selectors import trail_of
from approvals.states import DeadlineState, StepKind
from stores.models import Employee, Proposal, ProposalDiscussion, ProposalFile, ProposalOrder
from stores.selectors.timeline import TimelineLine, lines_of
from stores.states import ProposalState, Recommendation

PICTURE_KINDS = frozenset({"png", "jpeg", "webp"})
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
ENDED = (ProposalState.CLOSED, ProposalState.REFUSED, ProposalState.WITHDRAWN)
_SUBJECTS = ("stores.proposal", "stores.proposalorder")
_RAISED = (StepKind.WARNED, StepKind.BREACHED, StepKind.ESCALATED)


def proposal_list(user: Any) -> QuerySet[Proposal]:
    """What the person may see, with `is_mine`, `is_open` and `due_at`: the earliest clock that runs for it."""
    clocks = Deadline.objects.filter(
        subject_type="stores.proposal", subject_id=OuterRef("pk"), state=DeadlineState.RUNNING
    )
    orders = ProposalOrder.objects.filter(
        proposal=OuterRef("pk"), proposal__state=ProposalState.APPROVED, done_at__isnull=True
    )
    return (
        Proposal.objects.visible_to(user)
        .select_related("shop", "page", "proposer")
        .annotate(
            is_mine=_flag(Q(proposer_id=user.pk)),
            is_open=_flag(~Q(state__in=ENDED)),
            due_at=Case(
                When(state=ProposalState.AT_MANAGEMENT, then=F("request__due_at")),
                When(Exists(orders), then=Subquery(orders.order_by("due_at").values("due_at")[:1])),
                default=Subquery(clocks.order_by("due_at").values("due_at")[:1]),
            ),
        )
    )


def picture_type(file: ProposalFile) -> str:
    """The content type of a file that is a picture ("image/png"), "" for other documents.

    The bytes were found to agree with the ending when it was taken.
    """
    return _TYPES.get(PurePath(file.file_name).suffix.lower(), "")


def mock_up_url(value: Any) -> str:
    """The address of a mock-up for its value in a change request (its hash, or the item that holds it); "" for other documents."""
    digest = value.get("file") if isinstance(value, dict) else value
    if not isinstance(digest, str) or len(digest) != 64:
        return ""
    file = ProposalFile.objects.filter(sha256=digest, is_evidence=False).order_by("pk").first()
    return reverse("stores:proposal_file", args=[file.pk]) if file is not None and picture_type(file) else ""


def proposal_timeline(proposal: Proposal) -> list[TimelineLine]:
    """Everything from the filing to the measured effect, newest first: acts, warnings and what was raised. Two queries."""
    entries = list(reversed(trail_of("stores.proposal", proposal.pk)))  # of one moment, the later act first
    lines = lines_of("stores.proposal", proposal.pk, entries)
    own = Q(deadline__subject_type=_SUBJECTS[0], deadline__subject_id=proposal.pk)
    of_orders = Q(
        deadline__subject_type=_SUBJECTS[1], deadline__subject_id__in=proposal.orders.values_list("pk", flat=True)
    )
    steps = (
        DeadlineStep.objects.filter(own | of_orders, kind__in=_RAISED).select_related("deadline__rule").order_by("-pk")
    )
    lines += [
        TimelineLine(step.at, "", f"{step.deadline.rule.title}: {step.get_kind_display()}", step.note, "system")
        for step in steps
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def names_of_present(discussions: Iterable[ProposalDiscussion]) -> dict[int, str]:
    """The names of everybody who was at one of the discussions, by key. One query."""
    ids = {person for discussion in discussions for person in discussion.present}
    return {person.pk: str(person) for person in Employee.objects.filter(pk__in=ids)}


def next_step(proposal: Proposal, *, is_mine: bool, leads: bool, carries_out: bool, decides: bool) -> str:
    """What comes next, said to the one who looks. Reads `discussions` and `orders` of the proposal (prefetch them)."""
    match proposal.state:
        case ProposalState.FILED:
            discussions = sorted(proposal.discussions.all(), key=lambda row: row.pk)
            if discussions and discussions[-1].recommendation == Recommendation.CHANGE and is_mine:
                return _("Change it as the last discussion says; then the planning group discusses it again.")
            if leads:
                return _("Discuss it in the planning group and keep the minutes here.")
            return _("The planning group discusses it. You are told what comes of it.")
        case ProposalState.DISCUSSED:
            if leads:
                return _("Write the work orders it would take, then send it to the management with cost and effect.")
            return _("The planning group sends it to the management.")
        case ProposalState.AT_MANAGEMENT:
            if decides and not is_mine:
                return _("Decide: open the change request.")
            return _("The management decides. The answer and its reason will stand here.")
        case ProposalState.APPROVED:
            waiting = [order for order in proposal.orders.all() if order.done_at is None]
            if not proposal.orders.all():
                return (
                    _("Write the work orders: what, by whom, until when.")
                    if leads
                    else _("The planning group writes the work orders.")
                )
            if carries_out:
                return _("Report each work order as done, compared with the approved design, with evidence.")
            return _("It is being carried out: %(count)d work orders are open.") % {"count": len(waiting)}
        case ProposalState.EXECUTED:
            if carries_out:
                return _("After a month: measure the effect, write it down and close the proposal.")
            return _("Its effect is measured after a month.")
        case ProposalState.REFUSED:
            if is_mine:
                return _("Read the reason. You may revise the proposal; then the planning group can send it again.")
            return _("Its author may revise it.")
        case ProposalState.CLOSED:
            return _("Nothing more: it was carried out and measured.")
    return _("Nothing more: its author withdrew it.")


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
