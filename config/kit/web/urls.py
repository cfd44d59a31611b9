"""Addresses of the kit itself. Included at the root by config/urls.py."""

from django.urls import path

from config.kit.web.preferences import set_preference

urlpatterns = [path("preferences/", set_preference, name="set_preference")]
