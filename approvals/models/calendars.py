"""Work calendars: periods a day, public holidays and make-up working days (调休)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class WorkCalendar(models.Model):
    """When a clock counts.

    `periods` maps ISO weekday ("1".."7") to a list of ["HH:MM", "HH:MM"] in `time_zone`; a round-the-clock calendar has
    `is_round_the_clock` and ignores periods and days. On a make-up day the periods of `makeup_weekday` apply.
    """

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    is_round_the_clock = models.BooleanField(_("round the clock"), default=False)
    periods = models.JSONField(_("periods"), default=dict, blank=True)
    makeup_weekday = models.PositiveSmallIntegerField(_("make-up days work like weekday"), default=1)
    holiday_country = models.CharField(_("public holidays of"), max_length=2, blank=True, default="CN")

    class Meta:
        verbose_name = _("work calendar")
        verbose_name_plural = _("work calendars")
        constraints = [
            models.CheckConstraint(condition=models.Q(makeup_weekday__range=(1, 7)), name="makeup_weekday_is_iso"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language while it is the shipped one, as written once somebody changed it."""
        return gettext(self.name)


class CalendarDay(models.Model):
    """A day that differs from its weekday: announced holiday, make-up day, stock-taking day. Overrides the holiday library."""

    calendar = models.ForeignKey(WorkCalendar, models.CASCADE, related_name="days", verbose_name=_("calendar"))
    on = models.DateField(_("date"))
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        constraints = [models.UniqueConstraint(fields=["calendar", "on"], name="one_special_day_per_date")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
