"""The content report: titles that say the same, and whom the listings are made for (CAT-12, CAT-17)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from catalog.selectors import figures as selectors
from config.kit.web import page, require


@require("catalog.view_listing")
def figures(request: HttpRequest) -> HttpResponse:
    """Two tables over the person's shops."""
    shops = selectors.shop_figures(request.user, timezone.localdate())
    context = {"shops": shops, "groups": selectors.group_figures(request.user, [row.shop for row in shops])}
    return page(request, "catalog/figures.html", context)
