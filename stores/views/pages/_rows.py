"""Pages and drafts within the reach of the person who asks; a stranger's is 404."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from stores.models import Page, PageRevision


def page_of(request: HttpRequest, pk: int) -> Page:
    """The page with everything that its screens show of it."""
    rows = Page.objects.visible_to(request.user).select_related(
        "shop__main_shop", "owner", "live__snapshot", "main_page__shop"
    )
    return get_object_or_404(rows, pk=pk)


def revision_of(request: HttpRequest, pk: int) -> PageRevision:
    """The draft with its page and layout and what is live of them."""
    rows = PageRevision.objects.filter(page__in=Page.objects.visible_to(request.user))
    return get_object_or_404(
        rows.select_related("page__shop", "page__live__snapshot", "layout__live__snapshot", "request", "author"), pk=pk
    )
