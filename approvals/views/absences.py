"""Absences and deputies: set by everybody for themselves, from a phone, or by a manager for somebody else (APPR-12)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.views.decorators.http import require_POST

from approvals import services
from approvals.forms import AbsenceForm
from approvals.selectors.absences import absences_of, handover
from config.kit.web import actor_of, domain_errors, page, require

EVERYBODY = "approvals.view_own_due_work"
FOR_OTHERS = "approvals.change_deadline"


@require(EVERYBODY)
def absences(request: HttpRequest) -> HttpResponse:
    """Who is away, and a form in two steps: look at what moves, then set the deputy."""
    user: Any = request.user
    now, for_others = timezone.now(), user.has_perm(FOR_OTHERS)
    form = AbsenceForm(
        request.POST or None, user=user, for_others=for_others, initial={"person": user.pk, "starts_at": now}
    )
    moves = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        person = data.get("person") or user
        if "confirmed" not in request.POST:
            moves = handover(person, data["deputy"], now=now)
        else:
            with domain_errors(request, form) as outcome:
                services.set_deputy(
                    person_id=person.pk,
                    deputy_id=data["deputy"].pk,
                    starts_at=data["starts_at"],
                    ends_at=data["ends_at"],
                    reason=data["reason"],
                    actor=actor_of(request),
                    now=now,
                )
            if not outcome.failed:
                done = _now("%(deputy)s decides for %(person)s in that time.")
                messages.success(request, done % {"deputy": data["deputy"], "person": person})
                return outcome.redirect("approvals:absences")
    rows = list(absences_of(user, every=for_others, now=now))
    context = {
        "form": form,
        "moves": moves,
        "rows": [(row, row.starts_at <= now, for_others or row.person_id == user.pk) for row in rows],
        "now": now,
    }
    return page(request, "approvals/inbox/absences.html", context, form=form)


@require(EVERYBODY)
@require_POST
def absence_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Back earlier: the person themselves, or a manager, ends an absence now."""
    user: Any = request.user
    rows = absences_of(user, every=True, now=timezone.now())
    row = get_object_or_404(rows if user.has_perm(FOR_OTHERS) else rows.filter(person=user.pk), pk=pk)
    with domain_errors(request) as outcome:
        services.end_absence(deputyship_id=row.pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        messages.success(request, _now("The absence has ended."))
    return outcome.redirect("approvals:absences")
