"""The list of proposals, and one's own on the home page."""

from __future__ import annotations

from typing import cast

import django_filters
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from config.kit.web import Column, HeaderAction, ListScreen, Preset, page, require
from stores.models import Proposal, Shop
from stores.selectors import proposals as selectors
from stores.states import ProposalState
from stores.views.proposals._rows import FILE
from stores.views.proposals.chips import state_chip

_PANEL_ROWS = 6


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
