"""What waits for me: due work over all modules, one deadline with its timeline, notices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import django_filters
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from approvals import services
from approvals.forms import CauseForm, PauseForm, ReassignForm, ResumeForm
from approvals.models import Deadline, Notice, TimeRule
from approvals.seams import role_label
from approvals.selectors.deadlines import (
    breaches_without_cause,
    clock_times,
    deadline_timeline,
    due_work,
    due_work_count,
    subject_kind,
    subject_url,
)
from approvals.states import DeadlineState
from config.kit.web import Chip, Column, ListScreen, Preset, Tone, actor_of, domain_errors, page, require
from config.kit.web.clock import duration

EVERYBODY = "approvals.view_own_due_work"
PANEL_ROWS = 8


def rule_choices() -> list[tuple[str, str]]:
    """Rules in force by their names."""
    rules = TimeRule.objects.filter(is_current=True).order_by("code")
    return sorted(((rule.code, rule.title) for rule in rules), key=lambda choice: choice[1])


def state_chips(deadline: Deadline) -> list[Chip]:
    """The facts of a clock next to each other: what it does, whether it was breached."""
    chips = []
    if deadline.state == DeadlineState.PAUSED:
        waiting = _now("waits for %(who)s") % {"who": deadline.pause_debtor}
        chips.append(Chip(waiting, Tone.MUTED, "player-pause"))
    elif not deadline.is_open:
        chips.append(
            Chip(deadline.get_state_display(), Tone.GOOD if deadline.state == DeadlineState.MET else Tone.MUTED)
        )
    if deadline.breached_at is not None:
        chips.append(Chip(_now("breached"), Tone.BAD, "alert-triangle"))
    return chips


def time_left_or_kept(deadline: Deadline) -> Any:
    """The due time of an open clock; of one that ended, a quiet word on whether it ended in time."""
    if deadline.is_open or deadline.ended_at is None:
        return deadline.due_at
    late = deadline.ended_at - deadline.due_at
    if late <= timedelta(0):
        return Chip(_now("on time"), Tone.MUTED)
    return Chip(_now("%(span)s late") % {"span": duration(late)}, Tone.MUTED)


def owner_words(deadline: Deadline) -> str:
    """The person, or the role when anybody of it may take it."""
    return str(deadline.owner) if deadline.owner_id else role_label(deadline.owner_role)


class DueWorkFilter(django_filters.FilterSet):
    """Narrow the inbox."""

    rule = django_filters.ChoiceFilter(field_name="rule__code", label=_("Rule"), choices=rule_choices)
    whose = django_filters.ChoiceFilter(
        label=_("Whose"), choices=[("person", _("taken by me")), ("role", _("nobody has taken it"))], method="of_whom"
    )
    state = django_filters.ChoiceFilter(
        label=_("Clock"), choices=[("running", _("running")), ("paused", _("waits for somebody"))]
    )
    breached = django_filters.BooleanFilter(
        field_name="breached_at", lookup_expr="isnull", exclude=True, label=_("Breached")
    )

    class Meta:
        model = Deadline
        fields: tuple[str, ...] = ()

    def of_whom(self, rows: Any, name: str, value: str) -> Any:
        """Taken rows have a person."""
        return rows.filter(owner__isnull=value == "role")


class DeadlineFilter(django_filters.FilterSet):
    """Narrow the list of all deadlines."""

    rule = django_filters.ChoiceFilter(field_name="rule__code", label=_("Rule"), choices=rule_choices)
    state = django_filters.ChoiceFilter(
        label=_("Clock"), choices=[("open", _("open")), *DeadlineState.choices], method="of_state"
    )
    breached = django_filters.BooleanFilter(
        field_name="breached_at", lookup_expr="isnull", exclude=True, label=_("Breached")
    )
    cause = django_filters.ChoiceFilter(label=_("Cause"), choices=[("missing", _("missing"))], method="without_cause")
    due = django_filters.DateFromToRangeFilter(field_name="due_at", label=_("Due"))
    owner_role = django_filters.CharFilter(label=_("Role"))

    class Meta:
        model = Deadline
        fields: tuple[str, ...] = ()

    def of_state(self, rows: Any, name: str, value: str) -> Any:
        """One state, or both that are not ended."""
        return rows.open() if value == "open" else rows.filter(state=value)

    def without_cause(self, rows: Any, name: str, value: str) -> Any:
        """Breaches that nobody has explained."""
        return rows.filter(breaches_without_cause())


class NoticeFilter(django_filters.FilterSet):
    """New ones only, or old ones only."""

    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label=_("New"))

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ()


_COLUMNS = (
    Column(
        "subject",
        _("What"),
        value="subject_label",
        link=lambda row: subject_url(row.subject_type, row.subject_id) or row.get_absolute_url(),
    ),
    Column("kind", _("Kind"), value=lambda row: subject_kind(row.subject_type)),
    Column("rule", _("Duty"), value=lambda row: row.rule.title, link=lambda row: row.get_absolute_url()),
    Column("due", _("Time left"), value=time_left_or_kept, kind="clock", order_by="due_at"),
    Column("facts", _("Facts"), value=state_chips, kind="chip"),
    Column("owner", _("Owner"), value=owner_words),
    Column("started", _("Started"), value="started_at", kind="datetime", order_by="started_at", shown=False),
    Column("breached", _("Breached"), value="breached_at", kind="datetime", order_by="breached_at", shown=False),
    Column("ended", _("Ended"), value="ended_at", kind="datetime", order_by="ended_at", shown=False),
)

DUE_WORK = ListScreen(
    key="approvals.due_work",
    title=_("My due work"),
    intro=_("Everything that waits for you or your roles, over all modules, the least time first."),
    permission=EVERYBODY,
    rows=due_work,
    columns=_COLUMNS,
    filters=DueWorkFilter,
    search=("subject_label",),
    search_hint=_("Order, parcel, case…"),
    ordering="due_at",
    row_url=lambda row: row.get_absolute_url(),
    presets=(Preset(_("Nobody has taken it"), "whose=role"), Preset(_("Breached"), "breached=true")),
    empty=_("Work with a due time that is yours would be here."),
)

DEADLINES = ListScreen(
    key="approvals.deadlines",
    title=_("Deadlines"),
    intro=_("Every clock of the house, ended ones too."),
    permission="approvals.view_deadline",
    rows=lambda user: Deadline.objects.visible_to(user).select_related("rule", "owner"),
    columns=_COLUMNS,
    filters=DeadlineFilter,
    search=("subject_label",),
    ordering="due_at",
    row_url=lambda row: row.get_absolute_url(),
    presets=(
        Preset(_("Open breaches"), "state=open&breached=true"),
        Preset(_("Breached without a cause"), "cause=missing"),
    ),
    empty=_("Clocks of orders, cases and all other work would be here."),
)

NOTICES = ListScreen(
    key="approvals.notices",
    title=_("Notices"),
    intro=_("What you were told. Unread ones come once a day by mail."),
    permission=EVERYBODY,
    rows=lambda user: Notice.objects.filter(recipient_id=user.pk),
    columns=(
        Column("text", _("Notice"), link=lambda row: row.get_absolute_url()),
        Column(
            "read",
            _("Read"),
            value=lambda row: Chip(_now("read"), Tone.MUTED) if row.read_at else Chip(_now("new"), Tone.INFO),
            kind="chip",
        ),
        Column("at", _("At"), value="created_at", kind="datetime", order_by="created_at"),
    ),
    filters=NoticeFilter,
    presets=(Preset(_("New"), "unread=true"),),
    template="approvals/inbox/notices.html",
    row_url=lambda row: row.get_absolute_url(),
    empty=_("Warnings, breaches and finished files would be here."),
)


@require(EVERYBODY)
def due_count(request: HttpRequest) -> HttpResponse:
    """The figure in the frame of every page."""
    return page(request, "approvals/inbox/due_count.html", {"count": due_work_count(request.user, now=timezone.now())})


@require(EVERYBODY)
def due_panel(request: HttpRequest) -> HttpResponse:
    """The most urgent work, for a card on the home page."""
    rows = list(due_work(request.user).order_by("due_at", "pk")[:PANEL_ROWS])
    shown = [
        (row, subject_url(row.subject_type, row.subject_id) or row.get_absolute_url(), state_chips(row)) for row in rows
    ]
    return page(request, "approvals/inbox/due_panel.html", {"rows": shown, "now": timezone.now()})


@require(EVERYBODY)
def deadline(request: HttpRequest, pk: int) -> HttpResponse:
    """One clock: its times, its way so far, and what may be done with it."""
    row = _visible(request, pk)
    return page(request, "approvals/inbox/deadline.html", _deadline_context(request, row))


@require(EVERYBODY)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take work that belongs to one of my roles."""
    row = _movable(request, pk)
    with domain_errors(request) as outcome:
        services.reassign_deadline(
            deadline_id=row.pk,
            owner_id=request.user.pk,
            reason=_now("taken"),
            actor=actor_of(request),
            now=timezone.now(),
        )
    if not outcome.failed:
        messages.success(request, _now("This is yours now. Its due time stays the same."))
    return outcome.redirect("approvals:deadline", pk)


@require(EVERYBODY)
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop the clock while somebody else owes the answer."""
    return _change(
        request,
        pk,
        PauseForm,
        services.pause_deadline,
        title=_now("Pause the clock"),
        explain=_now("The due time moves by the length of the pause. A breach that has happened stays."),
        done=_now("The clock stands still and says for whom."),
    )


@require(EVERYBODY)
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the clock run on."""
    return _change(
        request,
        pk,
        ResumeForm,
        services.resume_deadline,
        title=_now("Let the clock run on"),
        explain=_now("Due time and next step move by the working time of the pause."),
        done=_now("The clock runs on; due time and next step moved by the pause."),
    )


@require(EVERYBODY)
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the work on; it may be out of sight then, so the way leads back to one's own work."""

    def hand_on(*, owner: Any, role: str, **facts: Any) -> None:
        services.reassign_deadline(owner_id=owner.pk if owner else None, owner_role=role, **facts)

    return _change(
        request,
        pk,
        ReassignForm,
        hand_on,
        title=_now("Hand on"),
        explain=_now("The time that is left stays the same; the new owner is warned and told as the rule says."),
        done=_now("Handed on. The due time stays the same."),
        leads_to=("due_work",),
    )


@require(EVERYBODY)
def cause(request: HttpRequest, pk: int) -> HttpResponse:
    """Explain a breach."""
    return _change(
        request,
        pk,
        CauseForm,
        services.give_cause,
        title=_now("Give the cause"),
        explain=_now("The breach stays in every figure; the cause explains it."),
        done=_now("The cause stands beside the breach; the breach stays in every figure."),
    )


@require(EVERYBODY)
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    notice = get_object_or_404(Notice, pk=pk, recipient_id=request.user.pk)
    services.mark_read(user_id=cast(int, request.user.pk), notice_ids=[pk], now=timezone.now())
    return redirect(notice.link if url_has_allowed_host_and_scheme(notice.link, None) else "approvals:notice_list")


@require(EVERYBODY)
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    with domain_errors(request) as outcome:
        count = services.mark_read(user_id=cast(int, request.user.pk), notice_ids=None, now=timezone.now())
        messages.success(request, _now("%(count)d notices marked as read.") % {"count": count})
    return outcome.redirect("approvals:notice_list")


def _visible(request: HttpRequest, pk: int) -> Deadline:
    rows = Deadline.objects.visible_to(request.user).select_related("rule__calendar", "owner")
    return get_object_or_404(rows, pk=pk)


def _movable(request: HttpRequest, pk: int) -> Deadline:
    rows = Deadline.objects.movable_by(request.user).select_related("rule__calendar", "owner")
    return get_object_or_404(rows, pk=pk)


def _deadline_context(request: HttpRequest, row: Deadline) -> dict[str, Any]:
    now = timezone.now()
    return {
        "deadline": row,
        "now": now,
        "chips": state_chips(row),
        "owner": owner_words(row),
        "times": clock_times(row, now=now),
        "lines": deadline_timeline(row),
        "subject_url": subject_url(row.subject_type, row.subject_id),
        "subject_kind": subject_kind(row.subject_type),
        "may_move": Deadline.objects.movable_by(request.user).filter(pk=row.pk).exists(),
        "is_mine": row.owner_id == request.user.pk,
    }


def _change(
    request: HttpRequest,
    pk: int,
    form_class: type[forms.Form],
    verb: Callable[..., Any],
    *,
    title: str,
    explain: str,
    done: str,
    leads_to: tuple[Any, ...] = (),
) -> HttpResponse:
    """One form about a clock: its verb is called with the cleaned data; then the clock is shown, or what `leads_to` names."""
    row, form = _movable(request, pk), form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            verb(deadline_id=pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, done)
            return outcome.redirect(*(leads_to or ("approvals:deadline", pk)))
    context = {"deadline": row, "form": form, "title": title, "explain": explain, "now": timezone.now()}
    return page(request, "approvals/inbox/deadline_form.html", context, form=form)
