"""The slot on the customer's page, filled from above."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from config.kit.web import page, require
from customers.models import Customer
from orders.selectors.desk import purchases
from orders.views.desk import chips
from stores.states import ShopKind


@require("orders.view_order")
def customer_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What a customer bought, online and over the counter, newest first."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    bought = purchases(customer, request.user)
    rows = [
        (order, chips.status_chip(order).__html__(), order.shop.kind == ShopKind.PHYSICAL) for order in bought.orders
    ]
    return page(request, "orders/desk/customer_panel.html", {"customer": customer, "bought": bought, "rows": rows})
