"""Addresses of the catalogue."""

from django.urls import path

from catalog.views import products

app_name = "catalog"
urlpatterns = [
    path("products/", products.PRODUCTS.as_view(), name="product_list"),
    path("products/<int:pk>/", products.product_detail, name="product_detail"),
    path("products/<int:pk>/state/", products.product_state, name="product_state"),
    path("variants/<int:pk>/", products.variant_page, name="variant_page"),
    path("variants/<int:pk>/price/", products.variant_price, name="variant_price"),
    path("variants/<int:pk>/picture/", products.variant_picture, name="variant_picture"),
]
