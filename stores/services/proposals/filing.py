"""What the author of a proposal does: file it, revise it, withdraw it (APPR-7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.errors import InvalidInput
from stores.errors import ProposalOfAnother, ReasonMissing
from stores.models import Page, Proposal, ProposalDiscussion
from stores.policies.lines import is_blank, written_line, written_text
from stores.services.proposals._rows import SUBJECT, lock_proposal, move, person_of, start_clock, tell
from stores.services.proposals.files import Upload, keep_files
from stores.states import ProposalState

_TEXTS = ("title", "text", "expected_effect", "cost")
_LINES = {"title": 160, "cost": 200}


@transaction.atomic
def file_proposal(
    *,
    title: str,
    text: str,
    expected_effect: str,
    cost: str = "",
    shop_id: int | None = None,
    page_id: int | None = None,
    files: Sequence[Upload] = (),
    actor: Actor,
    now: datetime,
) -> Proposal:
    """File a proposal with its mock-ups; the planning group's clock to discuss it starts.

    A page brings its shop. Raises InvalidInput for an empty text or a page of another shop, HiddenCharacters, and what
    `files.keep_files` raises for a mock-up.
    """
    proposal = Proposal(proposer_id=person_of(actor), filed_at=now)
    _write(proposal, title=title, text=text, expected_effect=expected_effect, cost=cost)
    proposal.page_id, proposal.shop_id = page_id, _shop_of(page_id, shop_id)
    proposal.save()
    kept = keep_files(proposal, files, is_evidence=False, actor=actor, now=now)
    changes = {"files": [[], [row.file_name for row in kept]]} if kept else {}
    approvals.record("stores.proposal_filed", proposal, actor=actor, changes=changes, at=now)
    start_clock(proposal, "proposal_discussed", now=now)
    return proposal


@transaction.atomic
def revise_proposal(
    *,
    proposal_id: int,
    title: str,
    text: str,
    expected_effect: str,
    cost: str = "",
    files: Sequence[Upload] = (),
    actor: Actor,
    now: datetime,
) -> Proposal:
    """The author changes what they filed; more mock-ups may come, none goes.

    A filed one stays filed. A refused one goes back to the planning group, which may send it to the management again.
    Locks the proposal. Raises ProposalOfAnother, ProposalNotAtThisPoint once it is discussed or decided, InvalidInput.
    """
    proposal = lock_proposal(proposal_id, ProposalState.FILED, ProposalState.REFUSED)
    _check_author(proposal, actor)
    before = {name: getattr(proposal, name) for name in _TEXTS}
    _write(proposal, title=title, text=text, expected_effect=expected_effect, cost=cost)
    proposal.save(update_fields=_TEXTS)
    kept = keep_files(proposal, files, is_evidence=False, actor=actor, now=now)
    changes = approvals.changed(before, {name: getattr(proposal, name) for name in _TEXTS})
    if kept:
        changes["files"] = [[], [row.file_name for row in kept]]
    approvals.record("stores.proposal_revised", proposal, actor=actor, changes=changes, at=now)
    if proposal.state == ProposalState.REFUSED:
        move(proposal, ProposalState.DISCUSSED, decided_at=None)
        start_clock(proposal, "proposal_sent", now=now)
    recorders = ProposalDiscussion.objects.filter(proposal=proposal).values_list("recorded_by_id", flat=True)
    tell(recorders, proposal, _("“%(title)s” was revised by its author."), actor=actor, now=now)
    return proposal


@transaction.atomic
def withdraw_proposal(*, proposal_id: int, reason: str, actor: Actor, now: datetime) -> Proposal:
    """The author takes a proposal back, also from the management's desk; its clocks end.

    Locks the change request first, as deciding does, then the proposal. Raises ReasonMissing, ProposalOfAnother,
    ProposalNotAtThisPoint once it is decided.
    """
    if is_blank(reason):
        raise ReasonMissing(field="reason")
    proposal = Proposal.objects.get(pk=proposal_id)
    _check_author(proposal, actor)
    if proposal.state == ProposalState.AT_MANAGEMENT and proposal.request_id is not None:
        approvals.withdraw_request(request_id=proposal.request_id, reason=reason, actor=actor, now=now)
    proposal = lock_proposal(proposal_id)
    move(proposal, ProposalState.WITHDRAWN)
    approvals.record("stores.proposal_withdrawn", proposal, actor=actor, reason=reason, at=now)
    approvals.withdraw_deadlines(subject_type=SUBJECT, subject_ids=[proposal.pk], actor=actor, reason=reason, now=now)
    return proposal


def _write(proposal: Proposal, **texts: str) -> None:
    for name, value in texts.items():
        limit = _LINES.get(name)
        if limit is None:
            setattr(proposal, name, written_text(value, field=name))
        else:
            setattr(proposal, name, written_line(value, field=name, limit=limit, required=name != "cost"))


def _check_author(proposal: Proposal, actor: Actor) -> None:
    if actor.user_id != proposal.proposer_id:
        raise ProposalOfAnother(author=str(proposal.proposer))


def _shop_of(page_id: int | None, shop_id: int | None) -> int | None:
    if page_id is None:
        return shop_id
    page = Page.objects.get(pk=page_id)
    if shop_id not in (None, page.shop_id):
        raise InvalidInput(field="page", problem=_("This page belongs to another shop."))
    return page.shop_id
