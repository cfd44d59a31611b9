"""The decision page itself, as it opens and as it is shown again with what is wrong in one of its forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from django import forms
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from approvals import services
from approvals.forms import (
    AfterReviewForm,
    CommentForm,
    EmergencyForm,
    ReasonForm,
    RefuseForm,
    ResumeForm,
    WaitForm,
)
from approvals.models import ChangeRequest, RequestStage
from approvals.policies.requests import is_own_work
from approvals.registries import approval_kinds
from approvals.seams import shop_names
from approvals.selectors import decision_page
from approvals.selectors.deadlines import subject_kind, subject_url
from approvals.selectors.decision_page import Against, Clock, Difference, StageRow
from approvals.selectors.inbox import next_waiting, readable_by
from approvals.selectors.proofs import proofs_of
from approvals.selectors.requests import REVIEW, class_rule_titles, conflicts_of, second_people
from approvals.states import OPEN_REQUESTS, Importance, RequestState, Severity, StageMode
from approvals.views.inbox import EVERYBODY
from approvals.views.request_inbox import DECIDE, class_chip, class_words, kind_chip, risk_chip, state_chip
from config.kit.web import Chip, Tone, actor_of, page, require

EMERGENCY = "approvals.publish_in_emergency"
LOWER = "approvals.lower_importance"
_SEVERITY = {
    Severity.BLOCK: (Tone.BAD, "hand-stop"),
    Severity.PROOF: (Tone.BAD, "certificate"),
    Severity.WARN: (Tone.WARN, "alert-triangle"),
    Severity.INFO: (Tone.INFO, "info-circle"),
}
_BY_HAND = ("raised", "lowered")


@require(EVERYBODY)
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision page; that it was opened, and with which content, is kept."""
    change = readable(request, pk)
    services.note_look(request_id=pk, content_hash=change.content_hash, actor=actor_of(request), now=timezone.now())
    return show(request, change)


@require(EVERYBODY)
def request_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """A stage's clock leads to its request."""
    seen = readable_by(request.user, timezone.now())
    stage = get_object_or_404(RequestStage.objects.filter(request__in=seen.values("pk")), pk=pk)
    return redirect("approvals:request", stage.request_id)


def readable(request: HttpRequest, pk: int) -> ChangeRequest:
    """The request, fresh; 404 for who may not see it."""
    rows = readable_by(request.user, timezone.now()).select_related("requester")
    return get_object_or_404(rows, pk=pk)


def difference_asked(change: ChangeRequest, against: str | None) -> Difference:
    """The difference to what the reader chose to compare with; to what is live when they chose nothing that there is."""
    return decision_page.difference(change, against if against in Against.ALL else Against.LIVE)


def field_names(diff: Difference) -> list[tuple[str, str]]:
    """Name and label of each changed field: what a refusal can answer."""
    return [(block.name, block.label) for block in diff.changed]


def show(request: HttpRequest, change: ChangeRequest, **bound: forms.Form) -> HttpResponse:
    """The page, with the one form that was sent and is wrong, by its slot."""
    now, user = timezone.now(), request.user
    kind = approval_kinds.get(change.kind)
    diff = difference_asked(change, request.POST.get("against") or request.GET.get("against"))
    refuse = bound.get("refuse") or RefuseForm(names=field_names(diff), initial={"content_hash": change.content_hash})
    stages = decision_page.stage_rows(change, user, now)
    mine = [row for row in stages if row.standing is not None and row.stage.mode != StageMode.REVIEW]
    is_open, is_own = change.state in OPEN_REQUESTS, _is_own(user, change)
    may_decide = user.has_perm(DECIDE) and change.state == RequestState.IN_REVIEW
    clock = decision_page.whole_clock(change, now)
    offered = {slot: bound.get(slot) or make() for slot, make in _offered(change, user, is_own, clock, stages).items()}
    titles = class_rule_titles(change.kind, [code for code in change.importance_reasons if code not in _BY_HAND])
    following = next_waiting(user, now, after=change) if user.has_perm(DECIDE) else None
    context = {
        "change": change,
        "kind": kind,
        "diff": diff,
        "against": diff.against,
        "has_moved": decision_page.has_moved(change),
        "blocks": [(block, _field_of(refuse, block.name)) for block in diff.changed],
        "findings": _findings(change),
        "proofs": proofs_of(change.subject_type, change.subject_id),
        "today": timezone.localdate(now),
        "stages": [(row, _section_words(change, row)) for row in stages],
        "mine": mine,
        "may_approve": may_decide and any(row.stage.mode == StageMode.DECIDE for row in mine),
        "signing": [row for row in mine if row.stage.mode == StageMode.SIGN] if may_decide else [],
        "may_refuse": may_decide and bool(mine),
        "reviewing": next((row for row in stages if row.stage.mode == StageMode.REVIEW and row.is_open), None),
        "is_own": is_own,
        "proposers": _proposers(change),
        "is_open": is_open,
        "acts_for": next((row.acts_for_me for row in mine if row.acts_for_me), ""),
        "refuse": refuse,
        "templates": kind.refusal_reasons,
        "forms": offered,
        "bound": set(bound),
        "notices": _notices(bound, offered),
        "conflicts": [_conflict(change, one) for one in conflicts_of(change)] if is_open else [],
        "versions": decision_page.versions(change),
        "clock": clock,
        "comments": change.comments.select_related("author").order_by("pk"),
        "lines": decision_page.timeline(change),
        "decisions": [
            _decision(change, row) for row in change.decisions.select_related("decider", "acts_for").order_by("pk")
        ],
        "chips": {
            "kind": kind_chip(change),
            "class": class_chip(change, titles),
            "state": state_chip(change),
            "risk": risk_chip(change),
        },
        "class_why": class_words(change, titles),
        "shop": shop_names().get(change.store_id, "") if change.store_id else "",
        "subject_url": subject_url(change.subject_type, change.subject_id),
        "subject_kind": subject_kind(change.subject_type),
        "preview_url": kind.preview_url(change),
        "following": following,
        "now": now,
    }
    failed = any(form.is_bound and form.errors for form in bound.values())
    return page(request, "approvals/requests/request.html", context, status=422 if failed else 200)


def _offered(
    change: ChangeRequest, user: Any, is_own: bool, clock: Clock | None, stages: list[StageRow]
) -> dict[str, Callable[[], forms.Form]]:
    """What this person may do with the request besides deciding: slot → form."""
    is_open, is_important = change.state in OPEN_REQUESTS, change.importance == Importance.IMPORTANT
    has_emergency = approval_kinds.get(change.kind).has_emergency
    offered: dict[str, Callable[[], forms.Form]] = {"comment": CommentForm}
    if is_open and user.has_perm(DECIDE) and not is_own and clock is not None:
        offered["resume" if clock.is_paused else "pause"] = ResumeForm if clock.is_paused else WaitForm
    if is_open and not is_important:
        offered["raise"] = ReasonForm
    if is_open and is_important and not is_own and user.has_perm(LOWER):
        offered["lower"] = ReasonForm
    if is_open and is_own:
        offered["withdraw"] = ReasonForm
    if change.state == RequestState.IN_REVIEW and not is_own and user.has_perm(EMERGENCY) and has_emergency:
        offered["emergency"] = EmergencyForm
    if (
        any(row.stage.mode == StageMode.REVIEW and row.is_open for row in stages)
        and user.has_perm(REVIEW)
        and not is_own
        and user.pk not in second_people(change)
    ):
        offered["review"] = AfterReviewForm
    return offered


def _notices(bound: Mapping[str, forms.Form], offered: Mapping[str, forms.Form]) -> list[Any]:
    """A form of an act that is not possible any more still says why it was refused."""
    return [
        error
        for slot, form in bound.items()
        if slot not in offered and slot != "refuse"
        for errors in form.errors.values()
        for error in errors
    ]


def _is_own(user: Any, change: ChangeRequest) -> bool:
    return is_own_work(cast(int, user.pk), requester_id=change.requester_id, authors=change.authors)


def _proposers(change: ChangeRequest) -> str:
    """Who wrote it, where that is not only who asked for the decision."""
    if not set(change.authors) - {change.requester_id}:
        return ""
    return ", ".join(str(person) for person in get_user_model().objects.filter(pk__in=change.authors).order_by("pk"))


def _findings(change: ChangeRequest) -> list[dict[str, Any]]:
    """What the checks found at submission, the gravest first, in the reader's language."""
    kind = approval_kinds.get(change.kind)
    order = list(_SEVERITY)
    shown = []
    for finding in sorted(change.findings, key=lambda one: order.index(Severity(one["severity"]))):
        severity = Severity(finding["severity"])
        tone, icon = _SEVERITY[severity]
        shown.append(
            {
                "chip": Chip(severity.label, tone, icon),
                "field": str(kind.field_label(finding["field"])) if finding.get("field") else "",
                "text": services.reworded(finding),
                "reason": (finding.get("facts") or {}).get("reason", ""),
            }
        )
    return shown


def _field_of(form: forms.Form, name: str) -> Any:
    key = f"field-{name}"
    return form[key] if key in form.fields else None


def _section_words(change: ChangeRequest, row: StageRow) -> str:
    if row.stage.mode != StageMode.SIGN:
        return ""
    return ", ".join(decision_page.section_fields(change, row.stage.code))


def _conflict(change: ChangeRequest, conflict: Any) -> tuple[ChangeRequest, list[str]]:
    label = approval_kinds.get(change.kind).field_label
    return conflict.request, [str(label(name)) for name in conflict.fields]


def _decision(change: ChangeRequest, row: Any) -> tuple[Any, list[tuple[str, str]]]:
    """A decision with its reasons by field in words."""
    label = approval_kinds.get(change.kind).field_label
    return row, [(str(label(name)), text) for name, text in row.field_reasons.items()]
