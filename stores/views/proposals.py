"""Redesign proposals: the list, one proposal with everything that became of it, and each act on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import django_filters
from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.models import ChangeRequest
from config.kit.web import (
    Chip,
    Column,
    HeaderAction,
    ListScreen,
    Preset,
    Tone,
    actor_of,
    domain_errors,
    page,
    require,
)
from config.kit.web.access import refuse
from config.kit.web.downloads import download
from stores import services
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
from stores.models import Proposal, ProposalDiscussion, ProposalFile, ProposalOrder, Shop
from stores.selectors import proposals as selectors
from stores.states import ProposalState, Recommendation

FILE, DISCUSS, CARRY_OUT = "stores.file_proposal", "stores.discuss_proposal", "stores.carry_out_proposal"
_PANEL_ROWS = 6
_TONES = {
    ProposalState.FILED: Tone.INFO,
    ProposalState.DISCUSSED: Tone.INFO,
    ProposalState.AT_MANAGEMENT: Tone.WARN,
    ProposalState.APPROVED: Tone.GOOD,
    ProposalState.EXECUTED: Tone.GOOD,
    ProposalState.REFUSED: Tone.BAD,
}
_ADVICE_TONES = {Recommendation.ADOPT: Tone.GOOD, Recommendation.CHANGE: Tone.WARN, Recommendation.REJECT: Tone.BAD}


def state_chip(proposal: Proposal) -> Chip:
    """Where a proposal stands."""
    tone = _TONES.get(ProposalState(proposal.state), Tone.MUTED)
    return Chip(proposal.get_state_display(), tone)


def decision_chip(proposal: Proposal) -> Chip | None:
    """What the management said; None as long as it has said nothing."""
    if proposal.decided_at is None:
        return None
    if proposal.state == ProposalState.REFUSED:
        return Chip(ProposalState.REFUSED.label, Tone.BAD, "x")
    return Chip(_("approved"), Tone.GOOD, "check")


class ProposalFilter(django_filters.FilterSet):
    """By state, shop and author."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=ProposalState.choices)
    mine = django_filters.BooleanFilter(field_name="is_mine", label=_("Filed by me"))
    open = django_filters.BooleanFilter(field_name="is_open", label=_("Not ended"))
    shop = django_filters.ModelChoiceFilter(label=_("Shop"), queryset=Shop.objects.order_by("name"))

    class Meta:
        model = Proposal
        fields: tuple[str, ...] = ()


PROPOSALS = ListScreen(
    key="stores.proposals",
    title=_("Redesign proposals"),
    intro=_("Everybody may file one. The planning group discusses it, the management decides, the effect is measured."),
    permission=FILE,
    rows=selectors.proposal_list,
    columns=(
        Column("title", _("Title"), link=lambda row: row.get_absolute_url(), order_by="title"),
        Column("state", _("State"), kind="chip", value=state_chip),
        Column("about", _("Page or shop"), value=lambda row: str(row.page or row.shop or "")),
        Column("proposer", _("Proposed by"), value=lambda row: str(row.proposer)),
        Column("filed_at", _("Filed"), kind="datetime", order_by="filed_at"),
        Column("due_at", _("Next step due"), kind="clock"),
        Column("decided_at", _("Decided"), kind="datetime", order_by="decided_at", shown=False),
        Column("closed_at", _("Closed"), kind="datetime", order_by="closed_at", shown=False),
    ),
    filters=ProposalFilter,
    search=("title", "text"),
    search_hint=_("Title or words of it"),
    row_url=lambda row: row.get_absolute_url(),
    presets=(
        Preset(_("Mine"), "mine=true"),
        Preset(_("Not ended"), "open=true"),
        Preset(_("Waiting for discussion"), "state=filed"),
    ),
    actions=(HeaderAction(_("New proposal"), "stores:proposal_new", FILE, shortcut="n"),),
    empty=_("Ideas for better pages would be here. File the first one."),
)


@require(FILE)
def panel(request: HttpRequest) -> HttpResponse:
    """One's own newest proposals with their answers, for a card on the home page."""
    own = Proposal.objects.filter(proposer=cast(int, request.user.pk)).order_by("-pk")[:_PANEL_ROWS]
    return page(request, "stores/proposals/panel.html", {"rows": [(row, state_chip(row)) for row in own]})


@require(FILE)
def proposal_new(request: HttpRequest) -> HttpResponse:
    """File a proposal."""
    form = ProposalForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with domain_errors(request, form) as outcome:
            proposal = services.file_proposal(
                title=data["title"],
                text=data["text"],
                expected_effect=data["expected_effect"],
                cost=data["cost"],
                shop_id=data["shop"].pk if data["shop"] else None,
                page_id=data["page"].pk if data["page"] else None,
                files=_uploads(form),
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(request, _now("Filed. You are told at every step what becomes of it."))
            return outcome.redirect(proposal)
    context = {
        "title": _now("New redesign proposal"),
        "form": form,
        "submit": _now("File the proposal"),
        "back": reverse("stores:proposal_list"),
        "explain": _now("The planning group discusses it within the time that the rules give. You can follow it here."),
    }
    return page(request, "stores/proposals/form.html", context, form=form)


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
def proposal_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """The author changes what they filed."""
    row = _own(request, pk)
    form = ReviseProposalForm(request.POST or None, request.FILES or None, initial=ReviseProposalForm.initial_of(row))
    return _act(
        request,
        row,
        form,
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
    row, form = _own(request, pk), WithdrawForm(request.POST or None)
    return _act(
        request,
        row,
        form,
        title=_("Withdraw the proposal"),
        explain=_("Nobody has to do anything about it any more. It stays readable and cannot be taken up again."),
        done=_("Withdrawn."),
        call=lambda data, act: services.withdraw_proposal(proposal_id=pk, **data, **act),
        danger=True,
    )


@require(DISCUSS)
def proposal_discuss(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a discussion of the planning group."""
    row = _visible(request, pk)
    form = DiscussionForm(request.POST or None, initial={"held_on": timezone.localdate(timezone.now())})
    return _act(
        request,
        row,
        form,
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
    row = _visible(request, pk)
    form = SendForm(request.POST or None, initial={"cost": row.cost, "effect": row.expected_effect})
    return _act(
        request,
        row,
        form,
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
    row, form = _visible(request, pk), ProposalOrderForm(request.POST or None)
    return _act(
        request,
        row,
        form,
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
    visible = Proposal.objects.visible_to(request.user)
    order = get_object_or_404(ProposalOrder.objects.select_related("proposal", "owner"), pk=pk, proposal__in=visible)
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
    row, form = _visible(request, pk), EvidenceForm(request.POST or None, request.FILES or None)
    return _act(
        request,
        row,
        form,
        title=_("Add evidence"),
        explain=_("A picture of the page as it is now, figures, a document."),
        done=_("The evidence is kept."),
        call=lambda data, act: services.add_proposal_evidence(proposal_id=pk, files=_uploads(form), **act),
    )


@require(CARRY_OUT)
def proposal_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the effect and close."""
    row, form = _visible(request, pk), CloseProposalForm(request.POST or None)
    return _act(
        request,
        row,
        form,
        title=_("Close with the effect"),
        explain=_("Compare with what was expected. After this nothing about the proposal changes any more."),
        done=_("Closed."),
        call=lambda data, act: services.close_proposal(proposal_id=pk, **data, **act),
    )


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


def _shown(file: ProposalFile) -> ShownFile:
    return ShownFile(file, reverse("stores:proposal_file", args=[file.pk]), bool(selectors.picture_type(file)))


def _discussions(proposal: Proposal) -> list[ShownDiscussion]:
    """Newest first."""
    rows = sorted(proposal.discussions.all(), key=lambda row: -row.pk)
    names = selectors.names_of_present(rows)
    shown = []
    for row in rows:
        advice = Recommendation(row.recommendation)
        present = ", ".join(names[person] for person in row.present if person in names)
        shown.append(ShownDiscussion(row, present, Chip(advice.label, _ADVICE_TONES[advice])))
    return shown


def _has_order(row: Proposal, user: Any) -> bool:
    return any(order.owner_id == user.pk and order.done_at is None for order in row.orders.all())


def _uploads(form: forms.Form) -> list[services.Upload]:
    return [services.Upload(file.name or "", cast(Any, file)) for file in sent_files(form)]


def _visible(request: HttpRequest, pk: int) -> Proposal:
    return get_object_or_404(Proposal.objects.visible_to(request.user), pk=pk)


def _own(request: HttpRequest, pk: int) -> Proposal:
    """Somebody else's proposal is no address of mine, even where I may read it."""
    return get_object_or_404(Proposal, pk=pk, proposer=cast(int, request.user.pk))


def _act(
    request: HttpRequest,
    row: Proposal,
    form: forms.Form,
    *,
    title: str | Promise,
    explain: str | Promise,
    done: str | Promise,
    call: Any,
    submit: str | Promise = "",
    danger: bool = False,
    template: str = "stores/proposals/form.html",
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """A page with one form and one service behind it; back to the proposal when it is done."""
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            call(form.cleaned_data, {"actor": actor_of(request), "now": timezone.now()})
        if not outcome.failed:
            messages.success(request, str(done))
            return outcome.redirect(row.get_absolute_url())
    context = {
        "proposal": row,
        "state": state_chip(row),
        "form": form,
        "title": title,
        "submit": submit or title,
        "explain": explain,
        "back": row.get_absolute_url(),
        "danger": danger,
        "now": timezone.now(),
        **(extra or {}),
    }
    return page(request, template, context, form=form)
