"""Addresses of the REST door."""

from django.urls import path

from orders.api.views import OrdersBatchView, OrdersView

urlpatterns = [
    path("orders", OrdersView.as_view(), name="api_orders"),
    path("orders/batch", OrdersBatchView.as_view(), name="api_orders_batch"),
]
