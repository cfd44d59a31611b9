"""Everything else that may be done with a request: one form of its page each, and back to the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import services
from approvals.forms import AfterReviewForm, CommentForm, EmergencyForm, ReasonForm, ResumeForm, WaitForm
from approvals.selectors.requests import REVIEW
from approvals.views.inbox import EVERYBODY
from approvals.views.request_inbox import DECIDE
from approvals.views.requests.page import EMERGENCY, LOWER, readable, show
from config.kit.web import actor_of, domain_errors, require


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
        _("Said."),
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
        _("The clock stands still and says for whom."),
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
        _("The clock runs on; the due time moved by the pause."),
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
        _("It is important now: the shorter clock counts from the same beginning."),
    )


@require(LOWER)
@require_POST
def request_lower(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it general: management, with a reason."""
    return _act(
        request,
        pk,
        "lower",
        ReasonForm,
        lambda data, **who: services.lower_importance(reason=data["reason"], **who),
        _("It is general now: the longer clock counts from the same beginning."),
    )


@require(EVERYBODY)
@require_POST
def request_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back: those who asked for it or wrote in it."""
    return _act(
        request,
        pk,
        "withdraw",
        ReasonForm,
        lambda data, **who: services.take_back_request(reason=data["reason"], **who),
        _("Taken back. The draft can be edited again."),
    )


@require(EMERGENCY)
@require_POST
def request_emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it through as the second person; an after-review is due within a day."""
    return _act(
        request,
        pk,
        "emergency",
        EmergencyForm,
        lambda data, **who: services.let_through(
            content_hash=request.POST.get("content_hash", ""), reason=data["reason"], **who
        ),
        _("Let through. The after-review by a third person is due within 24 hours."),
    )


@require(REVIEW)
@require_POST
def request_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the after-review of an emergency."""
    return _act(
        request,
        pk,
        "review",
        AfterReviewForm,
        lambda data, **who: services.review_emergency(good=data["good"], note=data["note"], **who),
        _("The after-review is closed."),
    )


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
    change = readable(request, pk)
    form = form_class(request.POST)
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            verb(form.cleaned_data, request_id=pk, actor=actor_of(request), now=timezone.now())
        if not outcome.failed:
            messages.success(request, done)
            return outcome.redirect(f"{change.get_absolute_url()}{anchor}")
    return show(request, readable(request, pk), **{slot: form})
