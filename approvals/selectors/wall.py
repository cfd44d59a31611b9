"""The clock wall: what was late, what is about to be, where, and what nobody looks after. In a few aggregates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.models import ChangeRequest, Deadline, DeadlineStep, RequestStage
from approvals.seams import shop_scope
from approvals.selectors.requests import absent_people
from approvals.states import DeadlineState, RequestState, StageMode, StageState, StepKind

REQUEST = "approvals.changerequest"
STAGE = "approvals.requeststage"
WEEK, MONTH = timedelta(days=7), timedelta(days=30)
NEAR_SHARE = Decimal("0.2")
"""What is left of its time when a clock counts as a near breach: past 80 %."""
_SHOWN = 8
_FEW_PEOPLE = 6  # a role with more holders always has one who wrote nothing in a request


class Alarm(TextChoices):
    """What a bar or a red row of the wall holds; the list of requests narrows to it."""

    TODAY = "today", _("breached today")
    WEEK = "week", _("breached in 7 days")
    NEAR = "near", _("past 80 % of the time")
    LATE = "late", _("late and still open")
    NO_CAUSE = "no_cause", _("breached without a cause")
    EMERGENCY = "emergency", _("emergency without after-review")
    NOBODY = "nobody", _("nobody is there to decide")
    STOPPED = "stopped", _("approved, but stopped")
    UNCONFIRMED = "unconfirmed", _("published, not seen live")


@dataclass(frozen=True, slots=True)
class Bar:
    """One group of clocks by what it says: how many run, are near their breach, are late, were breached in seven days.

    `key` narrows the list of requests to this group (query names and values).
    """

    key: dict[str, str]
    open: int
    near: int
    late: int
    today: int
    week: int
    no_cause: int = 0


@dataclass(frozen=True, slots=True)
class Times:
    """How long requests of a kind and class took in the last thirty days, half of them less: with and without pauses."""

    kind: str
    importance: str
    count: int
    gross: timedelta
    net: timedelta


@dataclass(frozen=True, slots=True)
class RedRows:
    """Requests of one alarm: the first few, and whether there are more."""

    alarm: Alarm
    rows: list[ChangeRequest]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything that the wall shows."""

    today: int
    week: int
    near: int
    late: int
    no_cause: int
    kinds: list[Bar]
    stages: list[Bar]
    departments: list[Bar]
    times: list[Times]
    red: list[RedRows]


class _Median(Aggregate):
    """The middle of the values: half of them are below."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


_GROSS = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
_PAUSED = Func(
    F("paused_seconds"),
    function="make_interval",
    template="%(function)s(secs => %(expressions)s)",
    output_field=DurationField(),
)
_NET = ExpressionWrapper(_GROSS - _PAUSED, output_field=DurationField())
_ALLOWED = ExpressionWrapper(
    ExpressionWrapper(F("due_at") - F("started_at"), output_field=DurationField()) - _PAUSED,
    output_field=DurationField(),
)
_REMAINDER = ExpressionWrapper(_ALLOWED * Value(float(NEAR_SHARE)), output_field=DurationField())


def clock_wall(user: Any, *, now: datetime) -> Wall:
    """Figures over all requests of the shops that a person sees, in a constant number of queries."""
    scope = _scope(user)
    kinds = _by_kind(scope, now)
    stages = _by_stage(scope, now)
    return Wall(
        today=sum(bar.today for bar in kinds),
        week=sum(bar.week for bar in kinds),
        near=sum(bar.near for bar in kinds),
        late=sum(bar.late for bar in kinds),
        no_cause=sum(bar.no_cause for bar in kinds),
        kinds=kinds,
        stages=stages,
        departments=_by_department(scope, now),
        times=_times(scope, now),
        red=_red_rows(scope, now),
    )


def alarm_condition(alarm: str, now: datetime, *, stage: str = "", role: str = "") -> Q:
    """The requests of an alarm; of the clocks of one stage or one department when these are named."""
    if alarm == Alarm.EMERGENCY:
        waiting = RequestStage.objects.filter(request=OuterRef("pk"), mode=StageMode.REVIEW).exclude(
            state=StageState.DONE
        )
        return Q(is_emergency=True) & Q(Exists(waiting))
    if alarm == Alarm.NOBODY:
        return Q(pk__in=stages_without_people(now).values("request"))
    if alarm == Alarm.STOPPED:
        return Q(state=RequestState.APPROVED) & ~Q(problem="")
    if alarm == Alarm.UNCONFIRMED:
        return Q(state=RequestState.PUBLISHED)
    clocks = Deadline.objects.filter(_clock_condition(alarm, now))
    if not stage and not role:
        return Q(pk__in=clocks.filter(subject_type=REQUEST).values("subject_id"))
    stages = RequestStage.objects.filter(pk__in=clocks.filter(subject_type=STAGE).values("subject_id"))
    return Q(pk__in=_of(stages, stage, role).values("request"))


def at_stage(stage: str, role: str) -> Q:
    """Requests that wait at a stage, or for a department."""
    return Q(pk__in=_of(RequestStage.objects.filter(state=StageState.OPEN), stage, role).values("request"))


def stages_without_people(now: datetime) -> QuerySet[RequestStage]:
    """Open stages for whose role nobody is here who neither asked for nor wrote the change. Four queries and the one returned.

    Who stands in for whom counts; which shop somebody works for does not: without people of the shop, all of the role decide.
    """
    opened = RequestStage.objects.filter(state=StageState.OPEN)
    roles = set(opened.order_by().values_list("role", flat=True).distinct())
    person = get_user_model()
    holders = defaultdict(set)
    for pk, role in person.objects.filter(is_active=True, groups__name__in=roles).values_list("pk", "groups__name"):
        holders[role].add(pk)
    away = absent_people({pk for people in holders.values() for pk in people}, now)
    there = set(person.objects.filter(pk__in=away.values(), is_active=True).values_list("pk", flat=True))
    condition = Q(role__in=[role for role in roles if role not in holders])
    for role, people in holders.items():
        deputies = {away[pk] for pk in people if pk in away}
        here = {pk for pk in people if pk not in away} | (deputies & there)
        if len(here) <= _FEW_PEOPLE:
            alone = Q(role=role)
            for pk in sorted(here):
                alone &= Q(request__requester=pk) | Q(request__authors__contains=[pk])
            condition |= alone
    return opened.filter(condition)


def _of(stages: QuerySet[RequestStage], stage: str, role: str) -> QuerySet[RequestStage]:
    if stage:
        stages = stages.filter(code=stage)
    return stages.filter(role=role) if role else stages


def _clock_condition(alarm: str, now: datetime) -> Q:
    running = Q(state=DeadlineState.RUNNING)
    match alarm:
        case Alarm.TODAY:
            midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
            return Q(breached_at__gte=midnight)
        case Alarm.WEEK:
            return Q(breached_at__gte=now - WEEK)
        case Alarm.NEAR:
            return running & Q(due_at__gt=now) & Q(due_at__lte=Value(now) + _REMAINDER)
        case Alarm.LATE:
            return running & Q(due_at__lte=now)
        case Alarm.NO_CAUSE:
            given = DeadlineStep.objects.filter(kind=StepKind.CAUSE_GIVEN, deadline=OuterRef("pk"))
            return Q(breached_at__isnull=False) & Q(~Exists(given))
    raise ValueError(f"{alarm!r} is no alarm of a clock")


def _scope(user: Any) -> Q:
    shops = shop_scope(user)
    return Q() if shops is None else Q(store_id__isnull=True) | Q(store_id__in=shops)


def _clocks(scope: Q, subject_type: str, now: datetime) -> QuerySet[Deadline]:
    """Clocks that run, and those that were breached lately; longer ago only while nobody has said why."""
    alive = Q(state__in=(DeadlineState.RUNNING, DeadlineState.PAUSED))
    return Deadline.objects.filter(scope, alive | Q(breached_at__isnull=False), subject_type=subject_type).order_by()


def _figures(now: datetime) -> dict[str, Count]:
    alive = Q(state__in=(DeadlineState.RUNNING, DeadlineState.PAUSED))
    conditions = {
        "open": alive,
        "near": _clock_condition(Alarm.NEAR, now),
        "late": _clock_condition(Alarm.LATE, now),
        "today": _clock_condition(Alarm.TODAY, now),
        "week": _clock_condition(Alarm.WEEK, now),
    }
    return {name: Count("request_id", filter=condition, distinct=True) for name, condition in conditions.items()}


def _by_kind(scope: Q, now: datetime) -> list[Bar]:
    of = ChangeRequest.objects.filter(pk=OuterRef("subject_id"))
    given = DeadlineStep.objects.filter(kind=StepKind.CAUSE_GIVEN, deadline=OuterRef("pk"))
    rows = (
        _clocks(scope, REQUEST, now)
        .annotate(
            request_id=F("subject_id"),
            kind=Subquery(of.values("kind")),
            importance=Subquery(of.values("importance")),
            is_explained=Exists(given),
        )
        .values("kind", "importance")
        .annotate(
            **{f"n_{name}": figure for name, figure in _figures(now).items()},
            n_no_cause=Count("request_id", filter=Q(breached_at__isnull=False, is_explained=False), distinct=True),
        )
    )
    return _bars(rows, lambda row: {"kind": row["kind"] or "", "importance": row["importance"] or ""})


def _by_stage(scope: Q, now: datetime) -> list[Bar]:
    of = RequestStage.objects.filter(pk=OuterRef("subject_id")).order_by()
    rows = (
        _clocks(scope, STAGE, now)
        .annotate(request_id=Subquery(of.values("request")), code=Subquery(of.values("code")))
        .values("code")
        .annotate(**{f"n_{name}": figure for name, figure in _figures(now).items()})
    )
    return _bars(rows, lambda row: {"stage": row["code"] or ""})


def _by_department(scope: Q, now: datetime) -> list[Bar]:
    of = RequestStage.objects.filter(pk=OuterRef("subject_id")).order_by()
    rows = (
        _clocks(scope, STAGE, now)
        .annotate(request_id=Subquery(of.values("request")), department=Subquery(of.values("role")))
        .values("department")
        .annotate(**{f"n_{name}": figure for name, figure in _figures(now).items()})
    )
    return _bars(rows, lambda row: {"role": row["department"] or ""})


def _bars(rows: Any, key: Callable[[dict[str, Any]], dict[str, str]]) -> list[Bar]:
    names = ("open", "near", "late", "today", "week")
    bars = [
        Bar(key(row), no_cause=row.get("n_no_cause", 0), **{name: row[f"n_{name}"] for name in names}) for row in rows
    ]
    alive = [bar for bar in bars if bar.open or bar.week or bar.no_cause]
    return sorted(alive, key=lambda bar: (-bar.late, -bar.week, -bar.near, -bar.open, str(bar.key)))


def _times(scope: Q, now: datetime) -> list[Times]:
    of = ChangeRequest.objects.filter(pk=OuterRef("subject_id"))
    rows = (
        Deadline.objects.filter(scope, subject_type=REQUEST, state=DeadlineState.MET, ended_at__gte=now - MONTH)
        .order_by()
        .annotate(kind=Subquery(of.values("kind")), importance=Subquery(of.values("importance")))
        .values("kind", "importance")
        .annotate(count=Count("pk"), gross=_Median(_GROSS), net=_Median(_NET))
        .order_by("kind", "-importance")
    )
    return [Times(row["kind"] or "", row["importance"] or "", row["count"], row["gross"], row["net"]) for row in rows]


def _red_rows(scope: Q, now: datetime) -> list[RedRows]:
    found = []
    for alarm in (Alarm.EMERGENCY, Alarm.NOBODY, Alarm.STOPPED, Alarm.UNCONFIRMED):
        rows = ChangeRequest.objects.filter(scope, alarm_condition(alarm, now)).select_related("requester")
        shown = list(
            rows.defer("content", "base_content", "findings", "effects").order_by("due_at", "pk")[: _SHOWN + 1]
        )
        found.append(RedRows(alarm, shown[:_SHOWN], len(shown) > _SHOWN))
    return found
