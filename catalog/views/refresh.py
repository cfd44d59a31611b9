"""The refresh board, and the page from which a field group is renewed (CAT-15, CAT-16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from approvals.policies.diffs import Segment, SegmentKind
from catalog import services
from catalog.forms.proofreading import NoteForm
from catalog.models import RefreshClock
from catalog.selectors import refresh as selectors
from catalog.selectors.facts import facts_of
from catalog.states import FieldGroup
from catalog.views.listing_rows import LISTING_AND_SHOP, store_filter
from config.kit.web import Chip, Column, ListScreen, Preset, Tone, actor_of, domain_errors, page, require
from stores.models import Employee

SEE, EDIT = "catalog.view_listing", "catalog.edit_listing"
_WEEKS = 8
_CONTEXT = 24  # letters of what stayed the same beside a change, in a list
_TAGS = {SegmentKind.REMOVED: "del", SegmentKind.ADDED: "ins"}


class RefreshFilter(django_filters.FilterSet):
    """By column of the board, shop, field group and owner."""

    show = django_filters.ChoiceFilter(
        label=_("Show"),
        method="in_stage",
        choices=[("overdue", _("overdue")), ("due", _("due in three days")), ("done", _("done in thirty days"))],
    )
    store = store_filter()
    group = django_filters.ChoiceFilter(label=_("Field group"), choices=FieldGroup.choices)
    owner = django_filters.ModelChoiceFilter(
        label=_("Owner"), field_name="listing__owner", queryset=Employee.objects.filter(is_active=True)
    )

    class Meta:
        model = RefreshClock
        fields: tuple[str, ...] = ()

    def in_stage(self, rows: QuerySet[RefreshClock], name: str, value: str) -> QuerySet[RefreshClock]:
        """Overdue, due, or done."""
        return selectors.in_stage(rows, value, timezone.now())


def stage_chip(clock: RefreshClock, now: datetime) -> Chip:
    """Where a clock stands."""
    if clock.due_at < now:
        return Chip(gettext("overdue"), Tone.BAD, "alarm")
    if clock.due_at <= now + selectors.SOON:
        return Chip(gettext("due"), Tone.WARN, "clock")
    return Chip(gettext("fresh"), Tone.GOOD, "check")


def marked(segments: Sequence[Segment], *, context: int = 0) -> SafeString:
    """A difference as HTML: what is gone struck out, what is new underlined. With `context`, long same pieces are cut."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<{0}>{1}</{0}>", _TAGS[kind], text) if kind in _TAGS else _cut(text, context),)
            for kind, text in segments
        ),
    )


def _cut(text: str, context: int) -> str:
    if not context or len(text) <= 2 * context:
        return text
    return f"{text[:context]} … {text[-context:]}"


def _change(clock: RefreshClock) -> SafeString | str:
    if not clock.change_count:
        return ""
    diffs = selectors.group_diffs(clock.said, clock.says, clock.group)  # type: ignore[attr-defined]
    return format_html_join(
        " ", '<span class="text-change">{}</span>', ((marked(one.segments, context=_CONTEXT),) for one in diffs)
    )


REFRESHES = ListScreen(
    key="catalog.refreshes",
    title=_("Content refresh"),
    intro=_(
        "Name and copy, brief and pictures are renewed every half month. Only a published change starts a clock again."
    ),
    permission=SEE,
    rows=selectors.running_clocks,
    columns=(
        *LISTING_AND_SHOP,
        Column("group", _("Field group"), value="get_group_display"),
        Column("stage", _("State"), kind="chip", value=lambda row: stage_chip(row, timezone.now())),
        Column("due_at", _("Due"), kind="clock", order_by="due_at"),
        Column("changed_at", _("Last changed"), kind="datetime", order_by="changed_at"),
        Column("change", _("What changed"), value=_change, export=False),
        Column("owner", _("Owner"), value=lambda row: str(row.listing.owner or "")),
        Column("change_count", _("Changes so far"), kind="number", shown=False),
        Column("late_count", _("Of these late"), kind="number", shown=False),
    ),
    filters=RefreshFilter,
    search=("listing__title",),
    search_hint=_("Title"),
    ordering="due_at",
    row_url=lambda row: row.get_absolute_url(),
    presets=(
        Preset(_("Overdue"), "show=overdue"),
        Preset(_("Due in three days"), "show=due"),
        Preset(_("Done in thirty days"), "show=done&sort=-changed_at"),
    ),
    template="catalog/refresh/board.html",
    extra=lambda request: {"counts": selectors.board_counts(request.user, timezone.now())},
    empty=_("Every listing that is shown has a clock for each field group here."),
)


@require(SEE)
def refresh_task(request: HttpRequest, pk: int) -> HttpResponse:
    """The facts first, then the last versions with their effect, then the draft."""
    clock = _clock(request, pk)
    return _task_page(request, clock, NoteForm())


@require_POST
@require(EDIT)
def refresh_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the draft in which the group is renewed."""
    clock = _clock(request, pk)
    with domain_errors(request) as outcome:
        revision = services.begin_refresh(clock_id=clock.pk, actor=actor_of(request), now=timezone.now())
    return outcome.redirect(clock if outcome.failed else revision)


@require_POST
@require(EDIT)
def refresh_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what somebody saw at a competitor."""
    clock = _clock(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            services.note_competitor(
                product_id=clock.listing.product_id, actor=actor_of(request), now=timezone.now(), **form.cleaned_data
            )
        if not outcome.failed:
            messages.success(request, gettext("Noted."))
            return outcome.redirect(clock)
    return _task_page(request, clock, form)


def _clock(request: HttpRequest, pk: int) -> RefreshClock:
    clock = selectors.clock_for(request.user, pk)
    if clock is None:
        raise Http404
    return clock


def _task_page(request: HttpRequest, clock: RefreshClock, form: NoteForm) -> HttpResponse:
    now = timezone.now()
    product_id = clock.listing.product_id
    groups = facts_of([product_id], since=now - timedelta(weeks=_WEEKS), until=now)[product_id]
    context = {
        "clock": clock,
        "listing": clock.listing,
        "stage": stage_chip(clock, now),
        "groups": [
            {
                "label": group.label,
                "facts": [{"fact": fact, "bars": bars(fact.series)} for fact in group.facts],
            }
            for group in groups
        ],
        "versions": [
            {"version": one, "diffs": [(diff.label, marked(diff.segments)) for diff in one.diffs]}
            for one in selectors.last_versions(clock, now)
        ],
        "effect_days": selectors.EFFECT_OVER.days,
        "notes": selectors.competitor_notes(product_id),
        "weeks": _WEEKS,
        "form": form,
    }
    return page(request, "catalog/refresh/task.html", context, form=form)


def bars(series: Sequence[Decimal]) -> list[Mapping[str, Any]]:
    """Bars of a small chart, 10 wide and at most 40 high, lowest y at the bottom; the largest value fills it."""
    top = max(series, default=Decimal(0))
    return [
        {"x": place * 12, "y": 40 - height, "height": height, "value": value}
        for place, value in enumerate(series)
        for height in [max(1, round(40 * value / top)) if top and value else 0]
    ]
