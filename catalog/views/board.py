"""The planning group's board."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.selectors.board import PAGE_SIZE, WORK_LABELS, Board, Work
from config.kit.web import Chip, Tone, page, require
from stores.models import Shop

PLAN = "catalog.plan_listings"
_TONES = {Work.PACKAGE: Tone.INFO, Work.REFRESH: Tone.NEUTRAL, Work.CORRECTION: Tone.WARN}
_LAST_PAGE = 1000


class BoardForm(forms.Form):
    """What of the board is shown."""

    shop = forms.ModelChoiceField(Shop.objects.none(), label=_("Shop"), required=False, empty_label=_("every shop"))
    mine = forms.ChoiceField(label=_("Owner"), choices=[("", _("everybody")), ("on", _("only mine"))], required=False)
    work = forms.ChoiceField(
        choices=[("", ""), *((str(kind), label) for kind, label in WORK_LABELS.items())], required=False
    )
    page = forms.IntegerField(min_value=1, max_value=_LAST_PAGE, required=False)


@require(PLAN)
def board(request: HttpRequest) -> HttpResponse:
    """Packages, refreshes and corrections of all shops in one list, the least time first."""
    form = BoardForm(request.GET or None)
    form.fields["shop"].queryset = Shop.objects.visible_to(request.user).order_by("name")  # type: ignore[attr-defined]
    chosen = form.cleaned_data if form.is_valid() else {}
    shop, number = chosen.get("shop"), chosen.get("page") or 1
    now = timezone.now()
    shown = Board(request.user, now, shop_id=shop.pk if shop else None, mine=bool(chosen.get("mine")))
    work = Work(chosen["work"]) if chosen.get("work") else None
    counts = shown.counts()
    total = counts[work] if work else sum(counts.values())
    rows = shown.rows(work=work, start=(number - 1) * PAGE_SIZE)
    context = {
        "form": form,
        "work": work,
        "tabs": [(str(kind), label, counts[kind]) for kind, label in WORK_LABELS.items()],
        "all": sum(counts.values()),
        "rows": [(row, Chip(str(WORK_LABELS[row.work]), _TONES[row.work])) for row in rows],
        "late": sum(row.due_at < now for row in rows),
        "now": now,
        "page_number": number,
        "earlier": number - 1 if number > 1 else None,
        "later": number + 1 if total > number * PAGE_SIZE else None,
    }
    return page(request, "catalog/board/board.html", context)
