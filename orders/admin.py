"""Reference data of orders in the admin: how files are read, and whose waybills look like what."""

from __future__ import annotations

from django.contrib import admin

from config.kit.backoffice import OperationsAdmin
from orders.models import ColumnMap, Courier


@admin.register(ColumnMap)
class ColumnMapAdmin(OperationsAdmin):
    """Column maps: a new platform is a new row here (ORD-14). The format stands in orders/README.md."""

    allow_add = True
    list_display = ("code", "name", "is_active")
    search_fields = ("code", "name")


@admin.register(Courier)
class CourierAdmin(OperationsAdmin):
    """Couriers and the patterns by which their waybills are guessed."""

    list_display = ("code", "name", "kuaidi100_code", "easypost_code", "is_active")
    search_fields = ("code", "name")
    readonly_fields = ("code",)
