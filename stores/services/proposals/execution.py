"""Carrying an approved proposal out: work orders, evidence, and the effect after a month (APPR-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.errors import InvalidInput
from stores.errors import EvidenceMissing, ProposalOrderDone
from stores.models import Employee, Proposal, ProposalFile, ProposalOrder
from stores.policies.lines import written_line, written_text
from stores.services.proposals._rows import ORDER_SUBJECT, lock_proposal, meet_clock, move, start_clock, tell
from stores.services.proposals.files import Upload, keep_files
from stores.states import ProposalState, Role


@transaction.atomic
def add_proposal_order(
    *, proposal_id: int, text: str, owner_id: int, due_at: datetime, actor: Actor, now: datetime
) -> ProposalOrder:
    """Write a work order: planned with a discussed proposal, so that the management sees it, or added to an approved one.

    Its clock starts with the approval. Locks the proposal. Raises ProposalNotAtThisPoint, HiddenCharacters, InvalidInput
    for no words, a time gone by or somebody who has left.
    """
    proposal = lock_proposal(proposal_id, ProposalState.DISCUSSED, ProposalState.APPROVED)
    text = written_line(text, field="text", limit=300, empty=_("Write what is to be done."))
    if due_at <= now:
        raise InvalidInput(field="due_at", problem=_("This time has gone by."))
    if not Employee.objects.filter(pk=owner_id, is_active=True).exists():
        raise InvalidInput(field="owner", problem=_("Choose somebody who works here."))
    order = ProposalOrder.objects.create(proposal=proposal, text=text, owner_id=owner_id, due_at=due_at)
    changes = {"order": [None, order.text], "owner": [None, str(order.owner)], "due_at": [None, due_at.isoformat()]}
    approvals.record("stores.proposal_order_written", proposal, actor=actor, changes=changes, at=now)
    if proposal.state == ProposalState.APPROVED:
        meet_clock(proposal, "proposal_planned", actor=actor, now=now)
        start_order_clocks(proposal, [order], actor=actor, now=now)
    return order


@transaction.atomic
def finish_proposal_order(
    *, order_id: int, note: str, files: Sequence[Upload] = (), actor: Actor, now: datetime
) -> ProposalOrder:
    """Report a work order as done: how it compares with the approved design, with evidence.

    The last one carries the proposal out, which needs evidence; then the clock to measure its effect starts. Locks the
    proposal, then the order. Raises ProposalNotAtThisPoint before the approval, ProposalOrderDone, EvidenceMissing,
    InvalidInput without a note, and what `files.keep_files` raises.
    """
    proposal = lock_proposal(ProposalOrder.objects.values_list("proposal", flat=True).get(pk=order_id))
    order = ProposalOrder.objects.select_for_update().get(pk=order_id)
    if order.done_at is not None:
        raise ProposalOrderDone(order=order.text)
    lock_proposal(proposal.pk, ProposalState.APPROVED)
    note = written_text(note, field="note", empty=_("Write how it compares with the approved design."))
    order.done_at, order.done_note = now, note
    order.save(update_fields=["done_at", "done_note"])
    kept = keep_files(proposal, files, is_evidence=True, actor=actor, now=now)
    _record_evidence(
        "stores.proposal_order_done", proposal, kept, actor=actor, now=now, reason=f"{order.text}\n{order.done_note}"
    )
    approvals.meet_deadlines(subject_type=ORDER_SUBJECT, subject_ids=[order.pk], actor=actor, now=now)
    if not proposal.orders.filter(done_at__isnull=True).exists():
        _carried_out(proposal, actor=actor, now=now)
    return order


@transaction.atomic
def add_proposal_evidence(
    *, proposal_id: int, files: Sequence[Upload], actor: Actor, now: datetime
) -> list[ProposalFile]:
    """Add evidence of execution, or of the effect. Locks the proposal.

    Raises ProposalNotAtThisPoint, EvidenceMissing without a file, and what `files.keep_files` raises.
    """
    proposal = lock_proposal(proposal_id, ProposalState.APPROVED, ProposalState.EXECUTED)
    kept = keep_files(proposal, files, is_evidence=True, actor=actor, now=now)
    if not kept:
        raise EvidenceMissing(field="file")
    _record_evidence("stores.proposal_evidence_added", proposal, kept, actor=actor, now=now)
    return kept


@transaction.atomic
def close_proposal(*, proposal_id: int, effect_note: str, actor: Actor, now: datetime) -> Proposal:
    """Close a proposal that was carried out, with the effect as measured.

    Locks the proposal. Raises ProposalNotAtThisPoint before it is carried out, EvidenceMissing, InvalidInput without a note.
    """
    proposal = lock_proposal(proposal_id, ProposalState.EXECUTED)
    words = _("Write what was measured, against what was expected.")
    effect_note = written_text(effect_note, field="effect_note", empty=words)
    if not proposal.files.filter(is_evidence=True).exists():
        raise EvidenceMissing()
    move(proposal, ProposalState.CLOSED, effect_note=effect_note, closed_at=now)
    approvals.record("stores.proposal_closed", proposal, actor=actor, reason=proposal.effect_note, at=now)
    meet_clock(proposal, "proposal_effect", actor=actor, now=now)
    text = _("“%(title)s” is closed; its effect was measured.")
    tell([proposal.proposer_id], proposal, text, actor=actor, now=now)
    return proposal


def start_order_clocks(proposal: Proposal, orders: Sequence[ProposalOrder], *, actor: Actor, now: datetime) -> None:
    """Let the clocks of work orders run and tell their owners. Call with the proposal locked and approved."""
    approvals.start_deadlines(
        [
            approvals.DeadlineStart(
                rule="proposal_order",
                subject_type=ORDER_SUBJECT,
                subject_id=order.pk,
                subject_label=f"{order.text} · {proposal.title}",
                starts_at=now,
                store_id=proposal.shop_id,
                owner_id=order.owner_id,
                due_at=order.due_at,
            )
            for order in orders
        ],
        now=now,
    )
    text = _("You have a work order of “%(title)s”.")
    tell([order.owner_id for order in orders], proposal, text, actor=actor, now=now)


def _carried_out(proposal: Proposal, *, actor: Actor, now: datetime) -> None:
    if not proposal.files.filter(is_evidence=True).exists():
        raise EvidenceMissing(field="file")
    move(proposal, ProposalState.EXECUTED, executed_at=now)
    approvals.record("stores.proposal_carried_out", proposal, actor=actor, at=now)
    start_clock(proposal, "proposal_effect", owner_role=Role.OPS, now=now)
    text = _("“%(title)s” was carried out; its effect is measured after a month.")
    tell([proposal.proposer_id], proposal, text, actor=actor, now=now)


def _record_evidence(
    action: str, proposal: Proposal, kept: Sequence[ProposalFile], *, actor: Actor, now: datetime, reason: str = ""
) -> None:
    changes = {"evidence": [[], [row.file_name for row in kept]]} if kept else {}
    approvals.record(action, proposal, actor=actor, reason=reason, changes=changes, at=now)
