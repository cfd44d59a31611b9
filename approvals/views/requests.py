"""The decision page: the difference first, what stands around it, and every act that is bound to exactly what it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.views.decorators.http import require_POST

from approvals import services
from approvals.errors import NotYours
from approvals.forms import (
    REFUSAL_TEMPLATES,
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
from approvals.selectors.decision_page import Against
from approvals.selectors.inbox import next_waiting, readable_by
from approvals.selectors.requests import class_rule_titles, conflicts_of
from approvals.states import OPEN_REQUESTS, Importance, RequestState, Severity, StageMode, StageState
from approvals.views.inbox import EVERYBODY
from approvals.views.request_inbox import DECIDE, class_chip, class_words, kind_chip, risk_chip, state_chip
from config.kit.web import Chip, Tone, actor_of, domain_errors, page, require

_SEVERITY = {
    Severity.BLOCK: (Tone.BAD, "hand-stop"),
    Severity.PROOF: (Tone.BAD, "certificate"),
    Severity.WARN: (Tone.WARN, "alert-triangle"),
    Severity.INFO: (Tone.INFO, "info-circle"),
}


@require(EVERYBODY)
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision page; that it was opened, and with which content, is kept."""
    change = _readable(request, pk)
    services.note_look(request_id=pk, content_hash=change.content_hash, actor=actor_of(request), now=timezone.now())
    return _show(request, change)


@require(EVERYBODY)
def request_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """A stage's clock leads to its request."""
    readable = readable_by(request.user, timezone.now())
    stage = get_object_or_404(RequestStage.objects.filter(request__in=readable.values("pk")), pk=pk)
    return redirect("approvals:request", stage.request_id)


# --- deciding: the next one opens by itself


@require(DECIDE)
@require_POST
def request_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve exactly what was shown."""
    change = _readable(request, pk)
    with domain_errors(request) as outcome:
        change = services.approve(
            request_id=pk, content_hash=_hash(request), actor=actor_of(request), now=timezone.now()
        )
    if outcome.failed:
        return outcome.redirect(change)
    if change.problem:
        messages.warning(
            request,
            _now("%(number)s is approved, but not public: %(problem)s")
            % {"number": change.number, "problem": change.problem},
        )
    return _go_on(request, change, _now("%(number)s approved"))


@require(DECIDE)
@require_POST
def request_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it back, with what must be different as a whole or field by field."""
    change = _readable(request, pk)
    form = RefuseForm(request.POST, names=_names(change, request.POST.get("against", Against.LIVE)))
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            change = services.refuse(
                request_id=pk,
                content_hash=_hash(request),
                reason=form.cleaned_data["reason"],
                field_reasons=form.field_reasons(),
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            return _go_on(request, change, _now("%(number)s refused; its author is told"))
    return _show(request, change, refuse=form)


@require(DECIDE)
@require_POST
def request_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a department's word for its fields."""
    change = _readable(request, pk)
    with domain_errors(request) as outcome:
        change = services.sign(
            request_id=pk,
            section=request.POST.get("section", ""),
            content_hash=_hash(request),
            actor=actor_of(request),
            now=timezone.now(),
        )
    if outcome.failed:
        return outcome.redirect(change)
    rows = decision_page.stage_rows(change, request.user, timezone.now())
    if any(row.standing for row in rows):
        messages.success(request, _now("Signed. Another part of it waits for you."))
        return outcome.redirect(change)
    return _go_on(request, change, _now("%(number)s signed"))


@require("approvals.publish_in_emergency")
@require_POST
def request_emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it through as the second person; an after-review is due within a day."""
    return _act(
        request,
        pk,
        "emergency",
        EmergencyForm,
        lambda data, **who: services.let_through(content_hash=_hash(request), reason=data["reason"], **who),
        _now("Let through. The after-review by a third person is due within 24 hours."),
    )


@require("approvals.review_emergency")
@require_POST
def request_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the after-review of an emergency."""
    return _act(
        request,
        pk,
        "review",
        AfterReviewForm,
        lambda data, **who: services.review_emergency(good=data["good"], note=data["note"], **who),
        _now("The after-review is closed."),
    )


# --- everything else that may be done with a request


@require(EVERYBODY)
@require_POST
def request_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something about it; those who spoke before and the author are told."""
    return _act(
        request,
        pk,
        "comment",
        CommentForm,
        lambda data, **who: services.comment(text=data["text"], **who),
        _now("Said."),
        anchor="#discussion",
    )


@require(DECIDE)
@require_POST
def request_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop its clocks while another department owes material."""
    return _act(
        request,
        pk,
        "pause",
        WaitForm,
        lambda data, **who: services.pause_request(reason=data["reason"], debtor=data["debtor"], **who),
        _now("The clock stands still and says for whom."),
    )


@require(DECIDE)
@require_POST
def request_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Let its clocks run on."""
    return _act(
        request,
        pk,
        "resume",
        ResumeForm,
        lambda data, **who: services.resume_request(reason=data["reason"], **who),
        _now("The clock runs on; the due time moved by the pause."),
    )


@require(EVERYBODY)
@require_POST
def request_raise(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it important: anybody may."""
    return _act(
        request,
        pk,
        "raise",
        ReasonForm,
        lambda data, **who: services.raise_importance(reason=data["reason"], **who),
        _now("It is important now: the shorter clock counts from the same beginning."),
    )


@require("approvals.lower_importance")
@require_POST
def request_lower(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it general: management, with a reason."""
    return _act(
        request,
        pk,
        "lower",
        ReasonForm,
        lambda data, **who: services.lower_importance(reason=data["reason"], **who),
        _now("It is general now: the longer clock counts from the same beginning."),
    )


@require(EVERYBODY)
@require_POST
def request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back: those who asked for it or wrote in it."""

    def withdraw(data: dict[str, Any], **who: Any) -> Any:
        change = _readable(request, pk)
        if not _is_own(request, change):
            raise NotYours(who=str(change.requester), number=change.number)
        return services.withdraw_request(reason=data["reason"], **who)

    return _act(request, pk, "withdraw", ReasonForm, withdraw, _now("Taken back. The draft can be edited again."))


# --- pieces


def _act(
    request: HttpRequest,
    pk: int,
    slot: str,
    form_class: type[forms.Form],
    verb: Callable[..., Any],
    done: str,
    anchor: str = "",
) -> HttpResponse:
    """One form of the page: its verb is called with the cleaned data, or the page is shown again with what is wrong."""
    change = _readable(request, pk)
    form = form_class(request.POST)
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            verb(form.cleaned_data, request_id=pk, actor=actor_of(request), now=timezone.now())
        if not outcome.failed:
            messages.success(request, done)
            return outcome.redirect(f"{change.get_absolute_url()}{anchor}")
    return _show(request, _readable(request, pk), **{slot: form})


def _readable(request: HttpRequest, pk: int) -> ChangeRequest:
    rows = readable_by(request.user, timezone.now()).select_related("requester")
    return get_object_or_404(rows, pk=pk)


def _hash(request: HttpRequest) -> str:
    return request.POST.get("content_hash", "")


def _is_own(request: HttpRequest, change: ChangeRequest) -> bool:
    return is_own_work(cast(int, request.user.pk), requester_id=change.requester_id, authors=change.authors)


def _go_on(request: HttpRequest, change: ChangeRequest, done: str) -> HttpResponse:
    """The next request that waits for this person opens by itself, with a word about the one before."""
    words = done % {"number": change.number}
    following = next_waiting(request.user, timezone.now(), after=change)
    if following is None:
        messages.success(request, _now("%(done)s. Nothing else waits for you.") % {"done": words})
        response = redirect("approvals:request_list")
    else:
        messages.success(request, _now("%(done)s; next: %(next)s") % {"done": words, "next": str(following)})
        response = redirect(following)
    response.status_code = 303
    return response


def _names(change: ChangeRequest, against: str) -> list[tuple[str, str]]:
    diff = decision_page.difference(change, against if against in Against.ALL else Against.LIVE)
    return [(block.name, block.label) for block in diff.changed]


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


def _show(request: HttpRequest, change: ChangeRequest, **bound: forms.Form) -> HttpResponse:
    """The page, with the one form that was sent and is wrong."""
    now, user = timezone.now(), request.user
    kind = approval_kinds.get(change.kind)
    asked = request.POST.get("against") or request.GET.get("against") or Against.LIVE
    against = asked if asked in Against.ALL else Against.LIVE
    diff = decision_page.difference(change, against)
    names = [(block.name, block.label) for block in diff.changed]
    refuse = bound.get("refuse") or RefuseForm(names=names, initial={"content_hash": change.content_hash})
    stages = decision_page.stage_rows(change, user, now)
    mine = [row for row in stages if row.standing is not None and row.stage.mode != StageMode.REVIEW]
    is_open, is_own = change.state in OPEN_REQUESTS, _is_own(request, change)
    may_decide = user.has_perm(DECIDE) and change.state == RequestState.IN_REVIEW
    clock = decision_page.whole_clock(change, now)
    reviewing = next((row for row in stages if row.stage.mode == StageMode.REVIEW), None)
    may_review = (
        reviewing is not None
        and reviewing.stage.state == StageState.OPEN
        and user.has_perm("approvals.review_emergency")
        and not is_own
        and user.pk not in decision_page.second_people(change)
    )
    is_important = change.importance == Importance.IMPORTANT
    offered: dict[str, Callable[[], forms.Form]] = {"comment": CommentForm}
    if is_open and user.has_perm(DECIDE) and not is_own and clock is not None:
        offered["resume" if clock.is_paused else "pause"] = ResumeForm if clock.is_paused else WaitForm
    if is_open and not is_important:
        offered["raise"] = ReasonForm
    if is_open and is_important and not is_own and user.has_perm("approvals.lower_importance"):
        offered["lower"] = ReasonForm
    if is_open and is_own:
        offered["withdraw"] = ReasonForm
    if change.state == RequestState.IN_REVIEW and not is_own and user.has_perm("approvals.publish_in_emergency"):
        offered["emergency"] = EmergencyForm
    if may_review:
        offered["review"] = AfterReviewForm
    forms_ = {slot: bound.get(slot) or make() for slot, make in offered.items()}
    # A form of an act that is not possible any more still says why it was refused.
    notices = [
        error
        for slot, form in bound.items()
        if slot not in forms_ and slot != "refuse"
        for errors in form.errors.values()
        for error in errors
    ]
    titles = class_rule_titles(change.kind, [code for code in change.importance_reasons if code not in _BY_HAND])
    following = next_waiting(user, now, after=change) if user.has_perm(DECIDE) else None
    context = {
        "change": change,
        "kind": kind,
        "diff": diff,
        "against": against,
        "has_moved": decision_page.has_moved(change),
        "blocks": [(block, _field_of(refuse, block.name)) for block in diff.changed],
        "findings": _findings(change),
        "stages": [(row, _section_words(change, row)) for row in stages],
        "mine": mine,
        "may_approve": may_decide and any(row.stage.mode == StageMode.DECIDE for row in mine),
        "signing": [row for row in mine if row.stage.mode == StageMode.SIGN] if may_decide else [],
        "may_refuse": may_decide and bool(mine),
        "is_own": is_own,
        "is_open": is_open,
        "acts_for": next((row.acts_for_me for row in mine if row.acts_for_me), ""),
        "refuse": refuse,
        "templates": REFUSAL_TEMPLATES,
        "forms": forms_,
        "bound": set(bound),
        "notices": notices,
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


_BY_HAND = ("raised", "lowered")


def _field_of(form: forms.Form, name: str) -> Any:
    key = f"field-{name}"
    return form[key] if key in form.fields else None


def _section_words(change: ChangeRequest, row: decision_page.StageRow) -> str:
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
