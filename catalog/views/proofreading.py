"""Proof-reading: the queue with the age distribution, and a live version field by field (CAT-6)."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import services
from catalog.forms.proofreading import ProofreadForm
from catalog.models import ProofreadTask
from catalog.policies.fields import BY_CODE
from catalog.selectors import proofreading as selectors
from catalog.selectors.wording import WordedField
from catalog.states import ProofreadPick
from catalog.views.listing_rows import LISTING_AND_SHOP, store_filter
from config.kit.web import Chip, Column, ListScreen, Preset, Tone, actor_of, domain_errors, page, require

READ = "catalog.proofread_listing"
_TONES = {
    ProofreadPick.COMPLAINT: Tone.BAD,
    ProofreadPick.SPEC_CHANGED: Tone.WARN,
    ProofreadPick.TOP_SELLER: Tone.INFO,
    ProofreadPick.OLD: Tone.WARN,
    ProofreadPick.RANDOM: Tone.MUTED,
}


def pick_chip(task: ProofreadTask) -> Chip:
    """Why it is in the queue."""
    return Chip(task.get_pick_display(), _TONES[ProofreadPick(task.pick)])


def result_chips(task: ProofreadTask) -> list[Chip]:
    """What came of it."""
    if task.done_at is None:
        return [Chip(gettext("open"), Tone.INFO)]
    if task.done_by_id is None:
        return [Chip(gettext("not needed any more"), Tone.MUTED)]
    if not task.corrected:
        return [Chip(gettext("all right"), Tone.GOOD, "check")]
    return [Chip(str(BY_CODE[code].label), Tone.WARN, "pencil", note) for code, note in task.corrected.items()]


class ProofreadFilter(django_filters.FilterSet):
    """Open or done, by reason and shop."""

    open = django_filters.BooleanFilter(label=_("Not read yet"), field_name="done_at", lookup_expr="isnull")
    pick = django_filters.ChoiceFilter(label=_("Picked as"), choices=ProofreadPick.choices)
    store = store_filter()
    corrected = django_filters.BooleanFilter(label=_("With corrections"), method="only_corrected")

    class Meta:
        model = ProofreadTask
        fields: tuple[str, ...] = ()

    def only_corrected(self, rows: QuerySet[ProofreadTask], name: str, value: bool) -> QuerySet[ProofreadTask]:
        """Those in which something was wrong, or the rest."""
        return rows.exclude(corrected={}) if value else rows.filter(corrected={})


PROOFREADS = ListScreen(
    key="catalog.proofreads",
    title=_("Proof-reading"),
    intro=_("A random sample and what is at risk, every day. Each reading says of every field whether it is right."),
    permission=READ,
    rows=selectors.tasks_for,
    columns=(
        *LISTING_AND_SHOP,
        Column("pick", _("Picked as"), kind="chip", value=pick_chip),
        Column(
            "due_at", _("Due"), kind="clock", value=lambda row: None if row.done_at else row.due_at, order_by="due_at"
        ),
        Column("result", _("Result"), kind="chip", value=result_chips),
        Column("read_at", _("Last read"), kind="datetime", value="listing.proofread_at"),
        Column("read_by", _("Last read by"), value=lambda row: str(row.listing.proofread_by or "")),
        Column("priority", _("Priority"), kind="number", order_by="priority", shown=False),
        Column("done_at", _("Done"), kind="datetime", order_by="done_at", shown=False),
        Column("done_by", _("Done by"), value=lambda row: str(row.done_by or ""), shown=False),
    ),
    filters=ProofreadFilter,
    search=("listing__title",),
    search_hint=_("Title"),
    ordering="priority",
    row_url=lambda row: row.get_absolute_url(),
    presets=(Preset(_("To be read"), "open=true"), Preset(_("With corrections"), "corrected=true")),
    template="catalog/proofreading/list.html",
    extra=lambda request: {"ages": age_bars(request)},
    empty=_("The day's readings are picked every morning."),
)


def age_bars(request: HttpRequest) -> list[dict[str, Any]]:
    """The age distribution as bars of a chart: words, count, and height of at most 60."""
    found = selectors.age_distribution(request.user, timezone.now())
    top = max((bar.count for bar in found), default=0)
    return [
        {
            "label": _age_words(bar),
            "count": bar.count,
            "height": max(2, round(60 * bar.count / top)) if bar.count else 0,
            "tone": "bad" if bar.never or bar.days is None else "warn" if bar.days > 30 else "good",
        }
        for bar in found
    ]


def _age_words(bar: selectors.AgeBar) -> str:
    if bar.never:
        return gettext("never")
    if bar.days is None:
        return gettext("> %(days)d days") % {"days": selectors.AGES[-1]}
    return gettext("≤ %(days)d days") % {"days": bar.days}


@require(READ)
def proofread(request: HttpRequest, pk: int) -> HttpResponse:
    """Read what shoppers see, field by field."""
    task = get_object_or_404(selectors.tasks_for(request.user).select_related("listing__live__snapshot"), pk=pk)
    live = task.listing.live
    snapshot = live.snapshot if live else None
    entries = selectors.live_entries(snapshot.fields) if snapshot else []
    context: dict[str, Any] = {"task": task, "listing": task.listing, "live": live, "snapshot": snapshot}
    context |= {"pick": pick_chip(task), "results": result_chips(task)}
    if task.done_at is not None or snapshot is None:
        notes = [(str(BY_CODE[code].label), note) for code, note in task.corrected.items()]
        right = [str(BY_CODE[code].label) for code in task.confirmed]
        return page(request, "catalog/proofreading/done.html", {**context, "notes": notes, "right": right})
    form = ProofreadForm(
        request.POST or None,
        fields=[(entry.code, entry.label) for entry in entries],
        initial={"version": snapshot.number},
    )
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            revision = services.record_proofread(
                task_id=pk,
                confirmed=form.confirmed(),
                corrected=form.corrected(),
                snapshot_number=form.cleaned_data["version"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            if revision is not None:
                messages.success(request, gettext("Recorded. Correct it in this draft and submit it."))
                return outcome.redirect(revision)
            following = selectors.next_task(request.user, besides=pk)
            if following is None:
                messages.success(request, gettext("Recorded. The queue is empty."))
                return outcome.redirect("catalog:proofread_list")
            messages.success(request, gettext("Recorded. This is the next one."))
            return outcome.redirect(following)
    context |= {"form": form, "questions": [_question(form, entry) for entry in entries]}
    return page(request, "catalog/proofreading/proofread.html", context, form=form)


def _question(form: ProofreadForm, entry: WordedField) -> dict[str, Any]:
    return {"entry": entry, "answer": form[f"is_{entry.code}"], "note": form[f"note_{entry.code}"]}
