"""Every act on a proposal: filed, changed, discussed, decided on, carried out, closed. Each is one form and one service."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from config.kit.web import require
from config.kit.web.access import refuse
from stores import services
from stores.errors import ProposalNotAtThisPoint
from stores.forms.proposals import (
    CloseProposalForm,
    DiscussionForm,
    EvidenceForm,
    OrderDoneForm,
    ProposalForm,
    ProposalOrderForm,
    ReviseProposalForm,
    SendForm,
    WithdrawForm,
    sent_files,
)
from stores.models import Proposal, ProposalOrder
from stores.states import ProposalState, Recommendation
from stores.views.acts import form_page
from stores.views.proposals._rows import CARRY_OUT, DISCUSS, FILE, own, visible
from stores.views.proposals.chips import state_chip


@require(FILE)
def proposal_new(request: HttpRequest) -> HttpResponse:
    """File a proposal."""
    form = ProposalForm(request.POST or None, request.FILES or None)
    return form_page(
        request,
        "stores/proposals/form.html",
        form,
        lambda data, act: services.file_proposal(
            title=data["title"],
            text=data["text"],
            expected_effect=data["expected_effect"],
            cost=data["cost"],
            shop_id=data["shop"].pk if data["shop"] else None,
            page_id=data["page"].pk if data["page"] else None,
            files=_uploads(form),
            **act,
        ),
        done=_("Filed. You are told at every step what becomes of it."),
        context={
            "title": _now("New redesign proposal"),
            "submit": _now("File the proposal"),
            "back": reverse("stores:proposal_list"),
            "explain": _now(
                "The planning group discusses it within the time that the rules give. You can follow it here."
            ),
        },
    )


@require(FILE)
def proposal_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """The author changes what they filed."""
    row = own(request, pk)
    form = ReviseProposalForm(request.POST or None, request.FILES or None, initial=ReviseProposalForm.initial_of(row))
    return _act(
        request,
        row,
        form,
        states=(
            ProposalState.FILED,
            ProposalState.REFUSED,
        ),
        title=_("Revise the proposal"),
        explain=_(
            "What was discussed and decided before stays in its timeline. Mock-ups are added to those that are there."
        ),
        done=_("Revised."),
        call=lambda data, act: services.revise_proposal(
            proposal_id=pk,
            title=data["title"],
            text=data["text"],
            expected_effect=data["expected_effect"],
            cost=data["cost"],
            files=_uploads(form),
            **act,
        ),
    )


@require(FILE)
def proposal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The author takes it back."""
    row, form = own(request, pk), WithdrawForm(request.POST or None)
    return _act(
        request,
        row,
        form,
        states=(
            ProposalState.FILED,
            ProposalState.DISCUSSED,
            ProposalState.AT_MANAGEMENT,
        ),
        title=_("Withdraw the proposal"),
        explain=_("Nobody has to do anything about it any more. It stays readable and cannot be taken up again."),
        done=_("Withdrawn."),
        call=lambda data, act: services.withdraw_proposal(proposal_id=pk, **data, **act),
        danger=True,
    )


@require(DISCUSS)
def proposal_discuss(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a discussion of the planning group."""
    row = visible(request, pk)
    form = DiscussionForm(request.POST or None, initial={"held_on": timezone.localdate(timezone.now())})
    return _act(
        request,
        row,
        form,
        states=(
            ProposalState.FILED,
            ProposalState.DISCUSSED,
        ),
        title=_("Keep a discussion"),
        explain=_("Its author is told and reads the minutes. A discussion is kept for good: it is not changed later."),
        done=_("The discussion is kept."),
        call=lambda data, act: services.discuss_proposal(
            proposal_id=pk,
            held_on=data["held_on"],
            present_ids=[person.pk for person in data["present"]],
            minutes=data["minutes"],
            votes_for=data["votes_for"],
            votes_against=data["votes_against"],
            recommendation=Recommendation(data["recommendation"]),
            **act,
        ),
    )


@require(DISCUSS)
def proposal_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it to the management."""
    row = visible(request, pk)
    form = SendForm(request.POST or None, initial={"cost": row.cost, "effect": row.expected_effect})
    return _act(
        request,
        row,
        form,
        states=(ProposalState.DISCUSSED,),
        title=_("Send to the management"),
        explain=_(
            "The management sees the proposal, the last minutes, votes, recommendation and the planned work orders."
        ),
        done=_("Sent. The management decides; everybody concerned is told."),
        call=lambda data, act: services.send_to_management(proposal_id=pk, **data, **act),
    )


@require(DISCUSS)
def proposal_order_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a work order."""
    row, form = visible(request, pk), ProposalOrderForm(request.POST or None)
    return _act(
        request,
        row,
        form,
        states=(
            ProposalState.DISCUSSED,
            ProposalState.APPROVED,
        ),
        title=_("Write a work order"),
        explain=_("Its clock starts with the approval, or now if the proposal is approved."),
        done=_("The work order is written."),
        call=lambda data, act: services.add_proposal_order(
            proposal_id=pk, text=data["text"], owner_id=data["owner"].pk, due_at=data["due_at"], **act
        ),
    )


@require(FILE)
def proposal_order(request: HttpRequest, pk: int) -> HttpResponse:
    """One work order; its owner, or who carries designs out, reports it as done."""
    within_reach = Proposal.objects.visible_to(request.user)
    orders = ProposalOrder.objects.select_related("proposal", "owner").filter(proposal__in=within_reach)
    order = get_object_or_404(orders, pk=pk)
    may_finish = order.owner_id == request.user.pk or request.user.has_perm(CARRY_OUT)
    if request.method == "POST" and not may_finish:
        return refuse(request, CARRY_OUT)
    form = OrderDoneForm(request.POST or None, request.FILES or None)
    is_open = order.done_at is None and order.proposal.state == ProposalState.APPROVED
    return _act(
        request,
        order.proposal,
        form,
        title=_("Work order"),
        explain=_("The last work order carries the proposal out; then there must be evidence."),
        done=_("Reported as done."),
        call=lambda data, act: services.finish_proposal_order(
            order_id=pk, note=data["note"], files=_uploads(form), **act
        ),
        submit=_("Report as done"),
        template="stores/proposals/order.html",
        extra={"order": order, "may_finish": may_finish and is_open},
    )


@require(CARRY_OUT)
def proposal_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Add evidence that the design was carried out, or of its effect."""
    row, form = visible(request, pk), EvidenceForm(request.POST or None, request.FILES or None)
    return _act(
        request,
        row,
        form,
        states=(
            ProposalState.APPROVED,
            ProposalState.EXECUTED,
        ),
        title=_("Add evidence"),
        explain=_("A picture of the page as it is now, figures, a document."),
        done=_("The evidence is kept."),
        call=lambda data, act: services.add_proposal_evidence(proposal_id=pk, files=_uploads(form), **act),
    )


@require(CARRY_OUT)
def proposal_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the effect and close."""
    row, form = visible(request, pk), CloseProposalForm(request.POST or None)
    return _act(
        request,
        row,
        form,
        states=(ProposalState.EXECUTED,),
        title=_("Close with the effect"),
        explain=_("Compare with what was expected. After this nothing about the proposal changes any more."),
        done=_("Closed."),
        call=lambda data, act: services.close_proposal(proposal_id=pk, **data, **act),
    )


def _act(
    request: HttpRequest,
    row: Proposal,
    form: forms.Form,
    *,
    title: str | Promise,
    explain: str | Promise,
    done: str | Promise,
    call: Callable[[dict[str, Any], dict[str, Any]], Any],
    submit: str | Promise = "",
    danger: bool = False,
    states: Collection[str] = ProposalState.values,
    template: str = "stores/proposals/form.html",
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """A page with one form and one service behind it; back to the proposal when it is done.

    Opened while the proposal is in none of `states`, it says so: nobody fills in a form that will be refused.
    """
    context = {
        "proposal": row,
        "state": state_chip(row),
        "title": title,
        "submit": submit or title,
        "explain": explain,
        "back": row.get_absolute_url(),
        "danger": danger,
        "now": timezone.now(),
        "refusal": ""
        if row.state in states
        else ProposalNotAtThisPoint(title=row.title, state=row.get_state_display()),
        **(extra or {}),
    }
    return form_page(request, template, form, call, done=done, to=row.get_absolute_url(), context=context)


def _uploads(form: forms.Form) -> list[services.Upload]:
    return [services.Upload(file.name or "", cast(Any, file)) for file in sent_files(form)]
