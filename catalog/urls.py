"""Addresses of the catalogue."""

from django.urls import path

from catalog.views import products

app_name = "catalog"
urlpatterns = [
    path("products/", products.PRODUCTS.as_view(), name="product_list"),
    path("products/<int:pk>/", products.product_detail, name="product_detail"),
    path("variants/<int:pk>/picture/", products.variant_picture, name="variant_picture"),
]
