"""One proposal with everything that became of it, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from approvals.models import ChangeRequest
from config.kit.web import Chip, page, require
from config.kit.web.downloads import download
from stores.models import Proposal, ProposalDiscussion, ProposalFile
from stores.selectors import proposals as selectors
from stores.states import ProposalState
from stores.views.proposals._rows import CARRY_OUT, DISCUSS, FILE
from stores.views.proposals.chips import advice_chip, decision_chip, state_chip


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as the page shows it."""

    file: ProposalFile
    url: str
    is_picture: bool


@dataclass(frozen=True, slots=True)
class ShownDiscussion:
    """A discussion with the names of those who were there."""

    row: ProposalDiscussion
    present: str
    recommendation: Chip


@require(FILE)
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: its words and mock-ups, what was said and decided, its work orders, and what comes next."""
    rows = selectors.proposal_list(request.user).select_related("request")
    row = get_object_or_404(rows.prefetch_related("files__added_by", "discussions", "orders__owner"), pk=pk)
    user, now = request.user, timezone.now()
    is_mine = row.proposer_id == user.pk
    leads, carries_out = user.has_perm(DISCUSS), user.has_perm(CARRY_OUT)
    files = sorted(row.files.all(), key=lambda file: file.pk)
    sees_request = (
        row.request_id is not None and ChangeRequest.objects.visible_to(user).filter(pk=row.request_id).exists()
    )
    decides = row.state == ProposalState.AT_MANAGEMENT and sees_request and user.has_perm("approvals.decide_request")
    state = ProposalState(row.state)
    context = {
        "proposal": row,
        "now": now,
        "state": state_chip(row),
        "next_step": selectors.next_step(
            row, is_mine=is_mine, leads=leads, carries_out=carries_out or _has_order(row, user), decides=decides
        ),
        "mock_ups": [_shown(file) for file in files if not file.is_evidence],
        "evidence": [_shown(file) for file in files if file.is_evidence],
        "discussions": _discussions(row),
        "orders": sorted(row.orders.all(), key=lambda order: order.pk),
        "lines": selectors.proposal_timeline(row),
        "request_url": row.request.get_absolute_url() if sees_request and row.request else "",
        "decides": decides,
        "answer": decision_chip(row),
        "may_revise": is_mine and state in (ProposalState.FILED, ProposalState.REFUSED),
        "may_withdraw": is_mine
        and state in (ProposalState.FILED, ProposalState.DISCUSSED, ProposalState.AT_MANAGEMENT),
        "may_discuss": leads and state in (ProposalState.FILED, ProposalState.DISCUSSED),
        "may_send": leads and state == ProposalState.DISCUSSED,
        "may_order": leads and state in (ProposalState.DISCUSSED, ProposalState.APPROVED),
        "may_prove": carries_out and state in (ProposalState.APPROVED, ProposalState.EXECUTED),
        "may_close": carries_out and state == ProposalState.EXECUTED,
    }
    return page(request, "stores/proposals/proposal.html", context)


@require(FILE)
def proposal_file(request: HttpRequest, pk: int) -> FileResponse:
    """A mock-up or a piece of evidence, for those who may see its proposal: pictures are shown, the rest is downloaded."""
    visible = Proposal.objects.visible_to(request.user)
    file = get_object_or_404(ProposalFile, pk=pk, proposal__in=visible)
    if not file.file.name or not file.file.storage.exists(file.file.name):
        raise Http404
    kind = selectors.picture_type(file)
    if not kind:
        return download(file.file.open("rb"), file.file_name)
    response = FileResponse(file.file.open("rb"), content_type=kind, filename=file.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _shown(file: ProposalFile) -> ShownFile:
    return ShownFile(file, reverse("stores:proposal_file", args=[file.pk]), bool(selectors.picture_type(file)))


def _discussions(proposal: Proposal) -> list[ShownDiscussion]:
    """Newest first."""
    rows = sorted(proposal.discussions.all(), key=lambda row: -row.pk)
    names = selectors.names_of_present(rows)
    shown = []
    for row in rows:
        present = ", ".join(names[person] for person in row.present if person in names)
        shown.append(ShownDiscussion(row, present, advice_chip(row.recommendation)))
    return shown


def _has_order(row: Proposal, user: Any) -> bool:
    return any(order.owner_id == user.pk and order.done_at is None for order in row.orders.all())
