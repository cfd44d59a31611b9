"""The URL map of the tiny site. Apart from its settings: views need the apps to be loaded."""

from django.urls import path

from config import health

urlpatterns = [path("livez", health.livez), path("readyz", health.readyz)]
