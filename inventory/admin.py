"""Locations in the admin. Levels, movements and reservations have screens and are written by services only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from config.kit.backoffice import OperationsAdmin
from inventory.models import Location


@admin.register(Location)
class LocationAdmin(OperationsAdmin):
    """Places that hold stock."""

    allow_add = True
    list_display = ("code", "name", "kind", "shop", "priority", "serves_online", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("code", "name")
    autocomplete_fields = ("shop",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose floor it is decides who sees its stock: that stays."""
        return [*super().get_readonly_fields(request, obj), *(("code", "kind", "shop") if obj else ())]
