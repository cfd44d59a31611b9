"""The files of pictures: cleaned copies, never what was uploaded."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from catalog.models import Rendition
from catalog.views.photos._photo import SEE
from config.kit.web import require


@require(SEE)
def photo_file(request: HttpRequest, pk: int, size: str) -> HttpResponseBase:
    """A cleaned copy of a picture. What was uploaded is never served."""
    rendition = get_object_or_404(Rendition, photo=pk, name=size)
    response = copy_response(rendition, f"photo-{pk}-{rendition.name}.jpg")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def copy_response(rendition: Rendition, file_name: str) -> FileResponse:
    """The bytes of a copy. They are ours: copies are written as JPEG, whatever came in. Raises Http404 when they are gone."""
    try:
        file = rendition.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, content_type="image/jpeg", filename=file_name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
