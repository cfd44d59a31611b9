"""Addresses at the root: what customers open from their mails (`/t/…`)."""

from django.urls import path

from orders.views import public

urlpatterns = [path("t/<str:token>/", public.track, name="parcel_track")]
