"""Addresses that foreign systems call (`/callbacks/…`)."""

from django.urls import path

from orders.views import callbacks_shops, callbacks_tracking

urlpatterns = [
    path("shopify/<slug:code>/", callbacks_shops.shopify, name="callback_shopify"),
    path("woocommerce/<slug:code>/", callbacks_shops.woocommerce, name="callback_woocommerce"),
    path("kuaidi100/<slug:code>/", callbacks_tracking.kuaidi100, name="callback_kuaidi100"),
    path("easypost/<slug:code>/", callbacks_tracking.easypost, name="callback_easypost"),
]
