"""Public: the page of a live listing in our own mall, and the pictures that shops and shoppers fetch."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from catalog.rendering import mall_page
from catalog.selectors.showing import public_picture
from catalog.views.photos.files import copy_response
from config.kit.web import public


@require_safe
@public
def public_listing(request: HttpRequest, shop: str, pk: int) -> HttpResponse:
    """What is live of a listing, and nothing else: drafts, taken-down and strange ones are not found."""
    page = mall_page(shop, pk)
    if page is None:
        raise Http404
    return HttpResponse(page.html, headers={"Cache-Control": "no-cache", "ETag": f'"{page.content_hash}"'})


@require_safe
@public
def public_photo(request: HttpRequest, pk: int, sha256: str) -> FileResponse:
    """A cleaned copy of a picture that is part of what is live. Its address holds its hash, so it never changes."""
    rendition = public_picture(pk, sha256)
    if rendition is None:
        raise Http404
    response = copy_response(rendition, f"{sha256[:16]}.jpg")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["ETag"] = f'"{sha256}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
