"""The panels of orders on the home page: fragments without a layout."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config.kit.web import page, require
from orders.selectors.counts import bench_counts, desk_counts


@require("orders.view_order")
def desk_panel(request: HttpRequest) -> HttpResponse:
    """Orders in work by what they wait for; each number leads to its list."""
    return page(request, "orders/desk/home_panel.html", {"counts": desk_counts(request.user, timezone.now())})


@require("orders.pick_order")
def bench_panel(request: HttpRequest) -> HttpResponse:
    """What waits at the bench; each number leads to where it is done."""
    return page(request, "orders/bench/home_panel.html", {"counts": bench_counts()})
