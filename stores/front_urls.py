"""Addresses at the root, under names without an app: every page's frame links to them. Included by config/urls.py."""

from django.urls import path

from stores.views import front

urlpatterns = [
    path("", front.home, name="home"),
    path("search/", front.search, name="search"),
    path("profile/", front.profile, name="profile"),
    path("demo-sign-in/", front.demo_sign_in, name="demo_sign_in"),
]
