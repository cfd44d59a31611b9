"""Boards: what shoppers see of each shop, and what is missing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from config.kit.web import page, require
from stores.models import Shop
from stores.selectors import pages as selectors


@require("stores.view_page")
def shop_boards(request: HttpRequest) -> HttpResponse:
    """All shops: sign, pages, zones; what is missing stands out, and who owes it until when."""
    shops = list(Shop.objects.visible_to(request.user).filter(is_active=True).order_by("name", "pk"))
    now = timezone.now()
    ids = [shop.pk for shop in shops]
    context = {
        "boards": selectors.boards(shops, now),
        "without_sign": selectors.shops_without_sign(now, ids),
        "older": selectors.pages_on_older_layouts(ids),
        "now": now,
    }
    return page(request, "stores/pages/boards.html", context)


@require("stores.view_page")
def shop_board(request: HttpRequest, pk: int) -> HttpResponse:
    """One shop: sign, pages with their drafts, sub-pages against the main shop's, zones."""
    shop = get_object_or_404(Shop.objects.visible_to(request.user).select_related("main_shop"), pk=pk)
    now = timezone.now()
    board = selectors.boards([shop], now)[0]
    context = {
        "board": board,
        "shop": shop,
        "without_sign": selectors.shops_without_sign(now, [pk]),
        "now": now,
        "mall": reverse("stores:storefront", args=[shop.code]) if board.has_home else "",
    }
    return page(request, "stores/pages/board.html", context)
