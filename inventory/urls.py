"""Addresses of stock."""

from django.urls import path

from inventory.views import bench, desk

app_name = "inventory"
urlpatterns = [
    path("levels/", desk.LEVELS.as_view(), name="level_list"),
    path("levels/<int:pk>/", desk.level_detail, name="level_detail"),
    path("levels/<int:pk>/correct/", bench.correct, name="correct"),
    path("levels/<int:pk>/bin/", bench.set_bin, name="set_bin"),
    path("movements/", desk.MOVEMENTS.as_view(), name="movement_list"),
    path("variants/<int:pk>/panel/", desk.variant_panel, name="variant_panel"),
    path("receive/", bench.receive, name="receive"),
    path("receive/scan/", bench.receive_scan, name="receive_scan"),
]
