"""Addresses of shops, their pages and the proposals to change them."""

from django.urls import URLPattern

app_name = "stores"

urlpatterns: list[URLPattern] = []
