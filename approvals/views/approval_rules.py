"""Which stages a kind and class passes, with their shares of the time, and what makes a request important (APPR-5, APPR-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from approvals import services
from approvals.forms import ReasonForm, StageForms, stage_initial, stage_roles
from approvals.models import ClassRule, StageRule
from approvals.registries import approval_kinds
from approvals.seams import role_label
from approvals.selectors.requests import stage_rules
from approvals.selectors.rules import rule_in_force
from approvals.states import Importance, StageMode
from config.kit.web import actor_of, domain_errors, page, require

SEE = "approvals.view_stagerule"
CHANGE = "approvals.change_stagerule"
SWITCH = "approvals.change_classrule"


@dataclass(frozen=True, slots=True)
class ShownStage:
    """A stage with its share of the time in percent and in working time."""

    rule: StageRule
    role: str
    percent: str
    span: timedelta

    @property
    def hours(self) -> str:
        """The share in hours and minutes."""
        return hours_words(self.span)


@dataclass(frozen=True, slots=True)
class ShownWay:
    """The stages of a kind and class, and the time that is left over for publishing."""

    kind: str
    importance: str
    label: str
    stages: list[ShownStage]
    length: timedelta
    is_working_time: bool
    rest: str
    rest_span: timedelta

    @property
    def hours(self) -> str:
        """The whole time in hours and minutes."""
        return hours_words(self.length)

    @property
    def rest_hours(self) -> str:
        """What is left over, in hours and minutes."""
        return hours_words(self.rest_span)


def hours_words(span: timedelta) -> str:
    """A length in hours and minutes, never in days: a day of a working calendar is not 24 hours."""
    hours, minutes = divmod(round(span.total_seconds() / 60), 60)
    parts = [
        ngettext("%(count)d h", "%(count)d h", hours) % {"count": hours} if hours else "",
        ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes} if minutes or not hours else "",
    ]
    return " ".join(filter(None, parts))


@require(SEE)
def stage_rule_list(request: HttpRequest) -> HttpResponse:
    """Every kind with its ways, and the class rules."""
    rules: dict[tuple[str, str], list[StageRule]] = {}
    for rule in StageRule.objects.order_by("kind", "importance", "position"):
        rules.setdefault((rule.kind, rule.importance), []).append(rule)
    kinds = [
        (kind, [_way(key, str(importance), rules.get((key, str(importance)), [])) for importance in Importance])
        for key, kind in sorted(approval_kinds.items(), key=lambda pair: str(pair[1].label))
    ]
    classes = [(rule, _kind_words(rule.kind)) for rule in ClassRule.objects.order_by("kind", "pk")]
    return page(request, "approvals/requests/stage_rules.html", {"kinds": kinds, "classes": classes})


@require(CHANGE)
def stage_rule_change(request: HttpRequest, kind: str, importance: str) -> HttpResponse:
    """Set the stages of a kind and class anew; requests that run keep theirs."""
    if kind not in approval_kinds or importance not in Importance.values:
        raise Http404
    current = stage_rules(kind, importance)
    roles = {"roles": stage_roles()}
    reason = ReasonForm(request.POST or None)
    rows = StageForms(request.POST or None, initial=stage_initial(current), prefix="stage", form_kwargs=roles)
    if request.method == "POST" and rows.is_valid() and reason.is_valid():
        with domain_errors(request, reason) as outcome:
            services.change_stages(
                kind=kind,
                importance=importance,
                stages=_entered(rows, current),
                reason=reason.cleaned_data["reason"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(request, _now("The stages are in force. Requests that run keep theirs."))
            return outcome.redirect("approvals:stage_rules")
    rule = rule_in_force(approval_kinds.get(kind).rules[importance])
    length = rule.length
    context = {
        "kind": approval_kinds.get(kind),
        "importance": Importance(importance),
        "rows": rows,
        "form": reason,
        "hours": hours_words(length),
        "is_working_time": not rule.calendar.is_round_the_clock,
        "words": {
            "hours": ngettext("%(count)d h", "%(count)d h", 2),
            "minutes": ngettext("%(count)d min", "%(count)d min", 2),
        },
        "length_minutes": int(length.total_seconds() // 60),
    }
    status = 422 if request.method == "POST" else 200
    return page(request, "approvals/requests/stage_rule_form.html", context, status=status)


@require(SWITCH)
def class_rule_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a class rule in force or out of it."""
    rule = get_object_or_404(ClassRule, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            services.switch_class_rule(
                rule_id=pk,
                is_active=not rule.is_active,
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            messages.success(request, _now("Kept. What is submitted from now on follows it."))
            return outcome.redirect("approvals:stage_rules")
    context = {"rule": rule, "kind": _kind_words(rule.kind), "form": form}
    return page(request, "approvals/requests/class_rule.html", context, form=form)


def _way(key: str, importance: str, rules: list[StageRule]) -> ShownWay:
    rule_of_time = rule_in_force(approval_kinds.get(key).rules[importance])
    length = rule_of_time.length
    shown = [
        ShownStage(
            rule,
            role_label(rule.role) if rule.role else str(_("each department its own fields")),
            _percent(rule.share),
            length * float(rule.share),
        )
        for rule in rules
    ]
    rest = max(Decimal(1) - sum((rule.share for rule in rules), Decimal(0)), Decimal(0))
    label = str(Importance(importance).label)
    return ShownWay(
        key,
        importance,
        label,
        shown,
        length,
        not rule_of_time.calendar.is_round_the_clock,
        _percent(rest),
        length * float(rest),
    )


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def _kind_words(kind: str) -> str:
    if not kind:
        return _now("every kind")
    return str(approval_kinds.get(kind).label) if kind in approval_kinds else kind


def _entered(rows: Any, current: list[StageRule]) -> list[services.StageInput]:
    """The named lines in their order. A shipped name that stays keeps its source words, so it is still translated."""
    known = {rule.code: rule for rule in current}
    taken = set(known)
    entered = []
    for form in rows:
        data = form.cleaned_data
        if not data.get("name"):
            continue
        code = data.get("code") or next(f"stage-{n}" for n in range(1, 99) if f"stage-{n}" not in taken)
        taken.add(code)
        old = known.get(code)
        name = old.name if old is not None and old.title == data["name"] else data["name"]
        role = "" if data["mode"] == StageMode.SIGN else data["role"]
        entered.append(services.StageInput(code, name, data["mode"], role, data["percent"] / 100))
    return entered
