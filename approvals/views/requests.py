"""Change requests on the screen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from approvals.models import ChangeRequest, RequestStage
from config.kit.web import page, require

EVERYBODY = "approvals.view_own_due_work"


@require(EVERYBODY)
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision page."""
    change = get_object_or_404(ChangeRequest.objects.visible_to(request.user), pk=pk)
    return page(request, "approvals/requests/request.html", {"change": change})


@require(EVERYBODY)
def request_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """A stage's clock leads to its request."""
    stage = get_object_or_404(
        RequestStage.objects.filter(request__in=ChangeRequest.objects.visible_to(request.user)), pk=pk
    )
    return redirect("approvals:request", stage.request_id)
