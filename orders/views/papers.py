"""Papers as PDF. A print is counted, therefore it is asked for with POST."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from config.kit.web import actor_of, require
from orders import services
from orders.models import Parcel, Wave
from orders.services import Paper


@require("orders.print_paper")
@require_POST
def wave_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """A wave's pick list and shipping notes."""
    get_object_or_404(Wave, pk=pk)
    return _pdf(services.print_wave(wave_id=pk, actor=actor_of(request), now=timezone.now()))


@require("orders.print_paper")
@require_POST
def note_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """One shipping note."""
    get_object_or_404(Parcel, pk=pk)
    return _pdf(services.print_note(parcel_id=pk, actor=actor_of(request), now=timezone.now()))


def _pdf(paper: Paper) -> HttpResponse:
    response = HttpResponse(paper.content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{paper.file_name}"'
    response["Cache-Control"] = "no-store"
    return response
