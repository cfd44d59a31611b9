"""Deciding: bound to exactly what was shown; the next request opens by itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import services
from approvals.forms import RefuseForm
from approvals.models import ChangeRequest
from approvals.selectors import decision_page
from approvals.selectors.inbox import next_waiting
from approvals.views.request_inbox import DECIDE
from approvals.views.requests.page import difference_asked, field_names, readable, show
from config.kit.web import actor_of, domain_errors, require


@require(DECIDE)
@require_POST
def request_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve exactly what was shown."""
    change = readable(request, pk)
    with domain_errors(request) as outcome:
        change = services.approve(
            request_id=pk,
            content_hash=request.POST.get("content_hash", ""),
            reason=request.POST.get("note", "").strip()[:1000],
            actor=actor_of(request),
            now=timezone.now(),
        )
    if outcome.failed:
        return outcome.redirect(change)
    if change.problem:
        messages.warning(
            request,
            _("%(number)s is approved, but not public: %(problem)s")
            % {"number": change.number, "problem": change.problem},
        )
    return _go_on(request, change, _("%(number)s approved"))


@require(DECIDE)
@require_POST
def request_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it back, with what must be different as a whole or field by field."""
    change = readable(request, pk)
    form = RefuseForm(request.POST, names=field_names(difference_asked(change, request.POST.get("against"))))
    if form.is_valid():
        with domain_errors(request, form) as outcome:
            change = services.refuse(
                request_id=pk,
                content_hash=request.POST.get("content_hash", ""),
                reason=form.cleaned_data["reason"],
                field_reasons=form.field_reasons(),
                actor=actor_of(request),
                now=timezone.now(),
            )
        if not outcome.failed:
            return _go_on(request, change, _("%(number)s refused; its author is told"))
    return show(request, change, refuse=form)


@require(DECIDE)
@require_POST
def request_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a department's word for its fields."""
    change = readable(request, pk)
    with domain_errors(request) as outcome:
        change = services.sign(
            request_id=pk,
            section=request.POST.get("section", ""),
            content_hash=request.POST.get("content_hash", ""),
            actor=actor_of(request),
            now=timezone.now(),
        )
    if outcome.failed:
        return outcome.redirect(change)
    rows = decision_page.stage_rows(change, request.user, timezone.now())
    if any(row.standing for row in rows):
        messages.success(request, _("Signed. Another part of it waits for you."))
        return outcome.redirect(change)
    return _go_on(request, change, _("%(number)s signed"))


def _go_on(request: HttpRequest, change: ChangeRequest, done: str) -> HttpResponse:
    """The next request that waits for this person opens by itself, with a word about the one before."""
    words = done % {"number": change.number}
    following = next_waiting(request.user, timezone.now(), after=change)
    if following is None:
        messages.success(request, _("%(done)s. Nothing else waits for you.") % {"done": words})
        response = redirect("approvals:request_list")
    else:
        messages.success(request, _("%(done)s; next: %(next)s") % {"done": words, "next": str(following)})
        response = redirect(following)
    response.status_code = 303
    return response
