"""The company mall: what shoppers see, and previews of it for the staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from approvals.models import ChangeRequest
from config.kit.web import page, public, require
from stores.models import Page, PagePicture, PageRevision, Shop
from stores.rendering import storefront_html
from stores.selectors.pages import PAGE, content_of
from stores.selectors.storefront import preview, public_picture, shown_page

_WIDTHS = (1440, 390)


@public
def storefront_page(request: HttpRequest, shop: str, slug: str = "") -> HttpResponse:
    """A live page of a shop; 404 for everything that is not live at this moment."""
    shown = shown_page(shop, slug, timezone.now())
    if shown is None:
        raise Http404
    return HttpResponse(storefront_html(shown), headers={"Cache-Control": "no-cache"})


@public
def storefront_picture(request: HttpRequest, shop: str, sha256: str) -> FileResponse:
    """A picture of a live page."""
    picture = public_picture(shop, sha256)
    if picture is None:
        raise Http404
    return _picture(picture, "public, max-age=3600")


@require("stores.view_page")
def page_picture(request: HttpRequest, sha256: str) -> FileResponse:
    """A picture of pages, public or not, for the staff of the shop."""
    shops = Shop.objects.visible_to(request.user)
    picture = PagePicture.objects.filter(sha256=sha256, shop__in=shops).order_by("pk").first()
    if picture is None:
        raise Http404
    return _picture(picture, "private, max-age=86400")


@require("stores.view_page")
def page_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft as shoppers would see it, on a wide and on a narrow screen."""
    revision = _revision(request, pk)
    return _preview_page(request, revision.page, reverse("stores:page_preview_frame", args=[pk]), str(revision))


@require("stores.view_page")
def page_preview_frame(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The inside of one of its frames."""
    revision = _revision(request, pk)
    return framed(request, revision.page, content_of(revision), _at(request))


@require("stores.view_page")
def page_preview_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Exactly the content of a change request as shoppers would see it."""
    change, subject = _change(request, pk)
    frame = reverse("stores:page_preview_request_frame", args=[pk])
    return _preview_page(request, subject, frame, str(change), back=change.get_absolute_url())


@require("stores.view_page")
def page_preview_request_frame(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The inside of one of its frames."""
    change, subject = _change(request, pk)
    return framed(request, subject, change.fields, _at(request))


def framed(request: HttpRequest, subject: Page, content: Mapping[str, Any], at: datetime) -> HttpResponseBase:
    """A preview that our own pages may frame; nobody else's."""
    shown = preview(subject.shop, content, at, slug=subject.slug)
    headers = {"X-Frame-Options": "SAMEORIGIN"}
    answer = csp_replace({"frame-ancestors": [SELF]})(lambda _: HttpResponse(storefront_html(shown), headers=headers))
    return answer(request)


def _preview_page(request: HttpRequest, subject: Page, frame: str, title: str, back: str = "") -> HttpResponse:
    at = request.GET.get("at", "")
    context = {
        "subject": subject,
        "title": title,
        "frame": f"{frame}?at={at}" if _parsed(at) else frame,
        "at": at if _parsed(at) else "",
        "widths": _WIDTHS,
        "back": back or subject.get_absolute_url(),
    }
    return page(request, "stores/pages/preview.html", context)


def _revision(request: HttpRequest, pk: int) -> PageRevision:
    rows = PageRevision.objects.filter(page__in=Page.objects.visible_to(request.user))
    return get_object_or_404(rows.select_related("page__shop", "layout__live__snapshot"), pk=pk)


def _change(request: HttpRequest, pk: int) -> tuple[ChangeRequest, Page]:
    change = get_object_or_404(ChangeRequest, pk=pk, kind=PAGE)
    pages = Page.objects.visible_to(request.user).select_related("shop")
    return change, get_object_or_404(pages, pk=change.subject_id)


def _at(request: HttpRequest) -> datetime:
    """The time whose zones are shown: `?at=2026-11-20T10:00`, in the active time zone; else now."""
    return _parsed(request.GET.get("at", "")) or timezone.now()


def _parsed(words: str) -> datetime | None:
    try:
        parsed = parse_datetime(words)
    except ValueError:
        return None
    if parsed is None:
        return None
    return timezone.make_aware(parsed) if timezone.is_naive(parsed) else parsed


def _picture(picture: PagePicture, caching: str) -> FileResponse:
    name = picture.file.name
    if not name or not picture.file.storage.exists(name):
        raise Http404
    kind = "image/webp" if picture.extension == "webp" else "image/jpeg"
    response = FileResponse(picture.file.open("rb"), content_type=kind)
    response["Cache-Control"] = caching
    return response
