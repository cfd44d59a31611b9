"""One inbox for everything that waits for a decision (APPR-15)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import django_filters
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from approvals import services
from approvals.errors import NotForManyAtOnce
from approvals.models import ChangeRequest
from approvals.policies.contents import top_fields
from approvals.registries import ApprovalKind, approval_kinds
from approvals.seams import role_label, shop_names
from approvals.selectors.inbox import inbox, looked_at, stage_names, stage_title
from approvals.selectors.wall import Alarm, alarm_condition, at_stage
from approvals.states import Importance, RequestState, Risk
from approvals.views.inbox import EVERYBODY
from config.kit.actor import Actor
from config.kit.web import BulkAction, Chip, Column, ListScreen, Preset, Tone, page, require

DECIDE = "approvals.decide_request"
PANEL_ROWS = 6
SAMPLE_SHARE = 5
"""One in so many of the requests that are approved together must have been opened, at least one."""

_CLOSED = (RequestState.LIVE, RequestState.REFUSED, RequestState.WITHDRAWN, RequestState.VOIDED)
_TONES = {
    RequestState.IN_REVIEW: Tone.INFO,
    RequestState.APPROVED: Tone.GOOD,
    RequestState.PUBLISHED: Tone.WARN,
    RequestState.LIVE: Tone.GOOD,
    RequestState.REFUSED: Tone.BAD,
    RequestState.WITHDRAWN: Tone.MUTED,
    RequestState.VOIDED: Tone.MUTED,
}
_RISK_TONES = {Risk.LOW: Tone.MUTED, Risk.NORMAL: Tone.NEUTRAL, Risk.HIGH: Tone.BAD}
_SHOWN_FIELDS = 4


def kind_of(change: ChangeRequest) -> ApprovalKind | None:
    """The declaration of a request's kind; None when its app is gone."""
    return approval_kinds.get(change.kind) if change.kind in approval_kinds else None


def kind_chip(change: ChangeRequest) -> Chip:
    """What kind of thing it is, with its picture."""
    kind = kind_of(change)
    return Chip(kind.label, Tone.NEUTRAL, kind.icon) if kind else Chip(change.kind)


def class_words(change: ChangeRequest, names: Sequence[str]) -> str:
    """Why a request has its class: the rules that fired, and what people did to it."""
    words = [_now(name) for name in names]
    told = {"raised": _now("raised by a person"), "lowered": _now("lowered by management")}
    words += [told[code] for code in change.importance_reasons if code in told]
    return ", ".join(words)


def class_chip(change: ChangeRequest, names: Sequence[str]) -> Chip:
    """The class with the rule that fired on hover."""
    why = class_words(change, names) or _now("no rule makes it important")
    if change.importance == Importance.IMPORTANT:
        return Chip(change.get_importance_display(), Tone.WARN, "urgent", why)
    return Chip(change.get_importance_display(), Tone.MUTED, "", why)


def state_chip(change: ChangeRequest) -> Chip:
    """How a request stands."""
    if change.state == RequestState.APPROVED and change.problem:
        return Chip(_now("approved, but stopped"), Tone.BAD, "hand-stop", change.problem)
    return Chip(change.get_state_display(), _TONES[RequestState(change.state)])


def risk_chip(change: ChangeRequest) -> Chip:
    """What a wrong approval would cost."""
    icon = "alert-triangle" if change.risk == Risk.HIGH else ""
    return Chip(change.get_risk_display(), _RISK_TONES[Risk(change.risk)], icon)


def field_words(change: ChangeRequest) -> str:
    """The changed fields in the reader's language, the first few."""
    kind = kind_of(change)
    if kind is None:
        return change.summary
    labels = [str(kind.field_label(name)) for name in sorted(top_fields(change.changed_fields))]
    rest = len(labels) - _SHOWN_FIELDS
    return ", ".join(labels[:_SHOWN_FIELDS]) + (f" +{rest}" if rest > 0 else "")


def _stage_words(row: Any) -> list[Chip]:
    if not row.open_stages:
        return [state_chip(row)]
    return [Chip(stage_title(stage, row.kind), Tone.INFO, "", role_label(stage.role)) for stage in row.open_stages]


def _clock(row: Any) -> Any:
    if row.debtor:
        return Chip(_now("waits for %(who)s") % {"who": row.debtor}, Tone.MUTED, "player-pause")
    if row.state in _CLOSED:
        return min((stage.due_at for stage in row.open_stages if stage.due_at), default=None)
    return row.due_at


def kind_choices() -> list[tuple[str, str]]:
    """Every kind that can be approved."""
    return sorted(((key, str(kind.label)) for key, kind in approval_kinds.items()), key=lambda choice: choice[1])


def shop_choices() -> list[tuple[int, str]]:
    """The shops by their names."""
    return list(shop_names().items())


def stage_choices() -> list[tuple[str, str]]:
    """Stages and sections of every kind by their codes."""
    return sorted(stage_names(()).items(), key=lambda choice: choice[1])


def role_choices() -> list[tuple[str, str]]:
    """The departments that decide somewhere."""
    roles = {section.role for _key, kind in approval_kinds.items() for section in kind.sections}
    roles |= {
        stage.role for _key, kind in approval_kinds.items() for stages in kind.stages.values() for stage in stages
    }
    return sorted(((role, role_label(role)) for role in roles if role), key=lambda choice: choice[1])


class RequestFilter(django_filters.FilterSet):
    """Narrow the inbox. Without a choice of `show` it holds what waits for the reader."""

    show = django_filters.ChoiceFilter(
        label=_("Show"),
        empty_label=_("waiting for me"),
        choices=[
            ("mine", _("mine")),
            ("open", _("all open")),
            ("unconfirmed", _("approved, not live")),
            ("closed", _("closed")),
            ("all", _("everything")),
        ],
        method="of_state",
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=kind_choices)
    importance = django_filters.ChoiceFilter(label=_("Class"), choices=Importance.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=RequestState.choices)
    risk = django_filters.ChoiceFilter(label=_("Risk"), choices=Risk.choices)
    store_id = django_filters.TypedChoiceFilter(label=_("Shop"), choices=shop_choices, coerce=int)
    role = django_filters.ChoiceFilter(label=_("Department"), choices=role_choices, method="of_clock")
    stage = django_filters.ChoiceFilter(label=_("Stage"), choices=stage_choices, method="of_clock")
    alarm = django_filters.ChoiceFilter(label=_("Alarm"), choices=Alarm.choices, method="of_clock")

    class Meta:
        model = ChangeRequest
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: Any) -> Any:
        """Everything but `show` narrows; a state or an alarm that is asked for looks beyond what waits."""
        rows = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        if asked.get("role") or asked.get("stage") or asked.get("alarm"):
            stage, role = asked.get("stage") or "", asked.get("role") or ""
            rows = rows.filter(
                alarm_condition(asked["alarm"], timezone.now(), stage=stage, role=role)
                if asked.get("alarm")
                else at_stage(stage, role)
            )
        if asked.get("show") or asked.get("state") or asked.get("alarm"):
            return rows
        return rows.filter(waits_for_me=True)

    def of_state(self, rows: Any, name: str, value: str) -> Any:
        """The views of the inbox."""
        match value:
            case "mine":
                return rows.filter(is_mine=True)
            # Written with "or": for each part alone there is an index, which a list of states would not use.
            case "open":
                return rows.filter(Q(state=RequestState.IN_REVIEW) | Q(state=RequestState.APPROVED))
            case "unconfirmed":
                return rows.filter(Q(state=RequestState.APPROVED) | Q(state=RequestState.PUBLISHED))
            case "closed":
                return rows.filter(state__in=_CLOSED)
        return rows

    def of_clock(self, rows: Any, name: str, value: str) -> Any:
        """These narrow together, in `filter_queryset`."""
        return rows


def approve_one(*, pk: int, actor: Actor, reason: str, stamp: str) -> str | None:
    """One of several: exactly the content whose hash stood in the list. Raises NotForManyAtOnce and what `approve` raises."""
    change = ChangeRequest.objects.only("risk").get(pk=pk)
    if change.risk != Risk.LOW:
        raise NotForManyAtOnce(problem=_now("Only requests of low risk are approved together."))
    fresh = services.approve(
        request_id=pk, content_hash=stamp, reason=reason, is_bulk=True, actor=actor, now=timezone.now()
    )
    return str(fresh.get_state_display())


def bulk_objection(user: Any, keys: Sequence[str]) -> str:
    """Why these requests may not be approved together: one kind, low risk, and a sample of them opened by this person."""
    rows = list(ChangeRequest.objects.filter(pk__in=keys).values_list("pk", "kind", "risk"))
    if len({kind for _pk, kind, _risk in rows}) > 1:
        return _now("Only requests of one kind are approved together. Narrow the list to a kind first.")
    if any(risk != Risk.LOW for _pk, _kind, risk in rows):
        return _now("Only requests of low risk are approved together. Narrow the list to low risk first.")
    needed = max(1, math.ceil(len(rows) / SAMPLE_SHARE))
    seen = len(looked_at(cast(int, user.pk), [pk for pk, _kind, _risk in rows]))
    if seen < needed:
        return ngettext(
            "Open at least %(needed)d of them first and look at what changes (so far %(seen)d); then approve the rest.",
            "Open at least %(needed)d of them first and look at what changes (so far %(seen)d); then approve the rest.",
            needed,
        ) % {"needed": needed, "seen": seen}
    return ""


def _search(rows: Any, words: str) -> Any:
    """By number (A000123, 123), subject or changed fields."""
    condition = Q(subject_label__icontains=words) | Q(summary__icontains=words)
    number = words.upper().removeprefix("A")
    if number.isascii() and number.isdigit() and len(number) < 18:
        condition |= Q(pk=int(number))
    return rows.filter(condition)


REQUESTS = ListScreen(
    key="approvals.requests",
    title=_("Approvals"),
    intro=_("Everything that needs a decision, important first, then the least time left."),
    permission=EVERYBODY,
    rows=lambda user: inbox(user, timezone.now()),
    columns=(
        Column("number", _("Number"), kind="code", order_by="id"),
        Column("subject", _("What"), value="subject_label"),
        Column("kind", _("Kind"), value=kind_chip, kind="chip"),
        Column("class", _("Class"), value=lambda row: class_chip(row, row.fired), kind="chip", order_by="urgency"),
        Column("due", _("Time left"), value=_clock, kind="clock", order_by="due_at"),
        Column("stage", _("Stage"), value=_stage_words, kind="chip"),
        Column("money", _("Money effect"), value="money_effect", kind="money", order_by="money_effect"),
        Column("risk", _("Risk"), value=risk_chip, kind="chip"),
        Column("proposer", _("Proposed by"), value=lambda row: str(row.requester)),
        Column("fields", _("Changed fields"), value=field_words),
        Column("state", _("State"), value=state_chip, kind="chip", shown=False),
        Column(
            "submitted", _("Submitted"), value="submitted_at", kind="datetime", order_by="submitted_at", shown=False
        ),
    ),
    filters=RequestFilter,
    search=_search,
    search_hint=_("Number or what"),
    ordering="urgency",
    row_url=lambda row: row.get_absolute_url(),
    first_tab=_("Waiting for me"),
    presets=(
        Preset(_("Mine"), "show=mine"),
        Preset(_("All open"), "show=open"),
        Preset(_("Approved, not live"), "show=unconfirmed"),
        Preset(_("Closed"), "show=closed"),
        Preset(_("All"), "show=all"),
    ),
    bulk=(
        BulkAction(
            "approve",
            _("Approve"),
            run=approve_one,
            permission=DECIDE,
            icon="checks",
            explain=_(
                "Each is approved as the list showed it; what was edited since is refused. Only one kind, only low risk, and "
                "one in five must have been opened by you."
            ),
            guard=bulk_objection,
        ),
    ),
    stamp=lambda row: row.content_hash,
    template="approvals/requests/list.html",
    empty=_("Nothing waits for your decision. What others submit for your role would be here, important first."),
)


@require(DECIDE)
def request_panel(request: HttpRequest) -> HttpResponse:
    """What waits for my decision, for a card on the home page."""
    now = timezone.now()
    waiting: Any = inbox(request.user, now)
    rows = list(waiting.filter(waits_for_me=True).order_by("urgency", "pk")[: PANEL_ROWS + 1])
    shown = [(row, kind_chip(row), class_chip(row, row.fired), _clock(row)) for row in rows[:PANEL_ROWS]]
    context = {"rows": shown, "has_more": len(rows) > PANEL_ROWS, "now": now}
    return page(request, "approvals/requests/panel.html", context)
