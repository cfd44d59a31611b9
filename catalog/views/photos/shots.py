"""The shot list: pictures that are still missing, best sellers first."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog import services
from catalog.models import Product, Shot
from catalog.selectors.finding import products_matching
from catalog.selectors.shots import shot_list
from catalog.services.shots import BEST_SELLER, MISSING, end_of_day
from catalog.states import PhotoRole, ShotState
from catalog.views.photos._photo import SEE, UPLOAD
from config.kit.actor import Actor
from config.kit.web import BulkAction, Chip, Column, ListScreen, Preset, Tone, require

_TONES = {
    ShotState.PLANNED: Tone.WARN,
    ShotState.TAKEN: Tone.INFO,
    ShotState.EDITED: Tone.INFO,
    ShotState.APPROVED: Tone.GOOD,
}
_REASONS = {BEST_SELLER: _("best seller"), MISSING: _("role is missing")}


def shot_chip(shot: Shot) -> Chip:
    """A shot's state as a coloured word."""
    return Chip(shot.get_state_display(), _TONES[ShotState(shot.state)])


def _take(*, pk: int, actor: Actor, reason: str) -> None:
    services.move_shot(shot_id=pk, state=ShotState.TAKEN, actor=actor, now=timezone.now())


def _edit(*, pk: int, actor: Actor, reason: str) -> None:
    services.move_shot(shot_id=pk, state=ShotState.EDITED, actor=actor, now=timezone.now())


class ShotFilter(django_filters.FilterSet):
    """State and role."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=ShotState.choices)
    role = django_filters.ChoiceFilter(label=_("Shows"), choices=PhotoRole.choices)
    reason = django_filters.ChoiceFilter(label=_("Why"), choices=list(_REASONS.items()))

    class Meta:
        model = Shot
        fields = ["state", "role", "reason"]


def _matching(rows: QuerySet[Shot], words: str) -> QuerySet[Shot]:
    return rows.filter(product__in=products_matching(Product.objects.all(), words))


def shot_address(shot: Shot) -> str:
    """Where the picture is uploaded: the role on the page of its product's pictures."""
    return f"{reverse('catalog:product_photos', args=[shot.product_id])}#role-{shot.role}"


SHOTS = ListScreen(
    key="catalog.shots",
    title=_("Shot list"),
    permission=SEE,
    rows=shot_list,
    columns=(
        Column("rank", _("Sales rank"), kind="number", order_by="rank"),
        Column("product", _("Product"), value="product.name", link=shot_address),
        Column("role", _("Shows"), value="get_role_display", order_by="role"),
        Column("state", _("State"), kind="chip", value=shot_chip, order_by="state"),
        Column("reason", _("Why"), value=lambda shot: str(_REASONS.get(shot.reason, shot.reason))),
        Column(
            "due",
            _("Due"),
            kind="clock",
            value=lambda shot: None if shot.state == ShotState.APPROVED else end_of_day(shot.due_on),
            order_by="due_on",
        ),
        Column("owner", _("Owner"), value=lambda shot: str(shot.owner or ""), shown=False),
        Column("changed_at", _("Changed"), kind="datetime", order_by="changed_at"),
    ),
    filters=ShotFilter,
    search=_matching,
    search_hint=_("Product, SKU"),
    ordering="rank",
    row_url=shot_address,
    presets=(
        Preset(_("To be taken"), "state=planned"),
        Preset(_("Picture taken"), "state=taken"),
        Preset(_("Picture edited"), "state=edited"),
        Preset(_("Approved"), "state=approved"),
    ),
    bulk=(
        BulkAction(
            "take",
            _("Picture taken"),
            run=_take,
            permission=UPLOAD,
            icon="camera",
            needs_reason=False,
            explain=_("Planned shots become taken. An upload does this by itself."),
        ),
        BulkAction(
            "edit",
            _("Picture edited"),
            run=_edit,
            permission=UPLOAD,
            icon="wand",
            needs_reason=False,
            explain=_("Taken shots become edited. They are approved when their picture is signed off."),
        ),
    ),
    intro=_("Made every hour from sales rank and missing roles: best sellers first, due the next day."),
    empty=_("Pictures that are still missing would be here, best sellers first."),
)


@require(SEE)
def shot(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a shot leads: to the slot that it fills."""
    return redirect(shot_address(get_object_or_404(Shot, pk=pk)))
