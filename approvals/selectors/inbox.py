"""The one list of change requests: who sees what, whose turn it is, what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.utils.translation import gettext

from approvals.models import ChangeRequest, ClassRule, Deadline, Deputyship, RequestStage, RequestView, StageRule
from approvals.models.requests import seen_by
from approvals.registries import approval_kinds
from approvals.selectors.requests import section_of, turn_of, within_reach
from approvals.selectors.wall import REQUEST
from approvals.states import DeadlineState, StageMode, StageState

_HEAVY = ("content", "base_content", "findings", "effects")


def readable_by(user: Any, at: datetime) -> QuerySet[ChangeRequest]:
    """What a person may open: what they see anyway, and what waits for them as somebody's deputy."""
    seen = seen_by(user)
    if Deputyship.objects.filter(deputy_id=user.pk, starts_at__lte=at, ends_at__gt=at).exists():
        seen |= within_reach(user, at)
    return ChangeRequest.objects.filter(seen)


def inbox(user: Any, at: datetime) -> QuerySet[ChangeRequest]:
    """Rows of the inbox with what their columns show, in one query and one for the stages.

    Annotations: `fired` (names of the class rules), `debtor` (for whom its clock is paused), and `open_stages` as a list.
    To narrow by, without a price for who does not: `waits_for_me`, `is_mine`.
    """
    paused = Deadline.objects.filter(
        subject_type=REQUEST, subject_id=OuterRef("pk"), state=DeadlineState.PAUSED
    ).values("pause_debtor")[:1]
    mine = Q(requester_id=user.pk) | Q(authors__contains=[user.pk])
    return (
        readable_by(user, at)
        .alias(
            waits_for_me=ExpressionWrapper(turn_of(user, at), output_field=BooleanField()),
            is_mine=ExpressionWrapper(mine, output_field=BooleanField()),
        )
        .annotate(fired=ArraySubquery(_fired().values("name")), debtor=Subquery(paused))
        .select_related("requester")
        .prefetch_related(
            Prefetch("stages", queryset=titled_stages().filter(state=StageState.OPEN), to_attr="open_stages")
        )
        .defer(*_HEAVY)
    )


def titled_stages() -> QuerySet[RequestStage]:
    """Stages with the name that their rule was shipped with, so that `stage_title` words it in the reader's language."""
    rule = StageRule.objects.filter(
        kind=OuterRef("request__kind"), importance=OuterRef("request__importance"), code=OuterRef("code")
    )
    return RequestStage.objects.annotate(shipped=Subquery(rule.values("name")[:1])).order_by("position", "pk")


def stage_title(stage: RequestStage, kind: str) -> str:
    """A stage in the reader's language, as far as its rule or its section is still there."""
    if stage.mode == StageMode.SIGN and kind in approval_kinds and (section := section_of(kind, stage.code)):
        return str(section.label)
    shipped = getattr(stage, "shipped", None)
    return gettext(shipped or stage.name)


def stage_names(codes: Iterable[str]) -> dict[str, str]:
    """Code → name for sections and stages of any kind: the wall and its filter group by code. One query."""
    names = {section.code: str(section.label) for _key, kind in approval_kinds.items() for section in kind.sections}
    for code, name in StageRule.objects.values_list("code", "name").order_by("-kind"):
        names.setdefault(code, gettext(name))
    names.setdefault("after-review", gettext("after-review"))
    return {code: names.get(code, code) for code in codes} if codes else names


def next_waiting(user: Any, at: datetime, *, after: ChangeRequest | None = None) -> ChangeRequest | None:
    """The request that comes after one in the order of the inbox; from its top again at the end."""
    rows = ChangeRequest.objects.filter(turn_of(user, at)).defer(*_HEAVY).order_by("urgency", "pk")
    if after is not None:
        rows = rows.exclude(pk=after.pk)
        later = rows.filter(Q(urgency__gt=after.urgency) | Q(urgency=after.urgency, pk__gt=after.pk)).first()
        if later is not None:
            return later
    return rows.first()


def looked_at(user_id: int, request_ids: Iterable[int]) -> set[int]:
    """Of these requests, those whose decision page the person opened with exactly the content that is to be decided."""
    rows = RequestView.objects.filter(
        person_id=user_id, request__in=list(request_ids), content_hash=F("request__content_hash")
    )
    return set(rows.values_list("request_id", flat=True))


def _fired() -> QuerySet[ClassRule]:
    rules = ClassRule.objects.filter(Q(kind="") | Q(kind=OuterRef("kind")))
    there = Func(OuterRef("importance_reasons"), F("code"), function="jsonb_exists", output_field=BooleanField())
    return rules.annotate(is_there=there).filter(is_there=Value(True)).order_by("code")
