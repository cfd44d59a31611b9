"""Reference data of the clock: calendars and special days. Rules have their own page, for a change makes a version."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from approvals.forms import CalendarForm
from approvals.models import CalendarDay, WorkCalendar
from approvals.services import forget_rules
from config.kit.backoffice import OperationsAdmin


@admin.register(WorkCalendar)
class WorkCalendarAdmin(OperationsAdmin):
    """When clocks count. Calendars are named by rules, so none is deleted."""

    form = CalendarForm
    list_display = ("code", "name", "time_zone", "is_round_the_clock", "holiday_country")
    readonly_fields = ("code",)
    search_fields = ("code", "name")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """This process counts with the new periods at once, the others within half a minute."""
        super().save_model(request, obj, form, change)
        forget_rules()


@admin.register(CalendarDay)
class CalendarDayAdmin(OperationsAdmin):
    """Days that differ: announced holidays, make-up days, closing days. They win over the holiday library."""

    allow_add = True
    allow_delete = True
    list_display = ("on", "calendar", "is_working", "name")
    list_filter = ("calendar", "is_working")
    date_hierarchy = "on"
    search_fields = ("name",)
    ordering = ("-on",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """This process counts with the new day at once, the others within half a minute."""
        super().save_model(request, obj, form, change)
        forget_rules()
