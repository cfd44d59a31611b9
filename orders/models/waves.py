"""Waves and their pick lists."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.kit.guards import state_machine
from orders.states import WAVE_TRANSITIONS, WaveState


class Wave(models.Model):
    """Orders of one location that are picked in one walk."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    location = models.ForeignKey("inventory.Location", models.PROTECT, related_name="waves", verbose_name=_("location"))
    state = models.CharField(_("state"), max_length=8, choices=WaveState.choices, default=WaveState.PICKING)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("built by")
    )
    created_at = models.DateTimeField(_("built"))
    picked_at = models.DateTimeField(_("picked"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    print_count = models.PositiveSmallIntegerField(_("prints"), default=0)

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        permissions = [("build_wave", _("Can build waves"))]
        triggers = [state_machine("state", WAVE_TRANSITIONS)]

    def __str__(self) -> str:
        return self.number


class PickLine(models.Model):
    """How many pieces of a variant the wave takes from one bin; `walk_order` is the position on the walk."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="pick_lines", verbose_name=_("wave"))
    level = models.ForeignKey(
        "inventory.StockLevel", models.PROTECT, db_index=False, related_name="+", verbose_name=_("stock level")
    )
    walk_order = models.PositiveIntegerField(_("walk order"))
    quantity = models.PositiveIntegerField(_("quantity"))
    picked = models.PositiveIntegerField(_("picked"), default=0)
    short = models.PositiveIntegerField(_("not found"), default=0)

    class Meta:
        verbose_name = _("pick line")
        verbose_name_plural = _("pick lines")
        constraints = [
            models.UniqueConstraint(fields=["wave", "level"], name="wave_takes_a_bin_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("picked") + F("short")), name="picked_and_short_within_quantity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.walk_order}: {self.quantity}"

    @property
    def open_quantity(self) -> int:
        """Pieces that are neither picked nor known to be missing."""
        return self.quantity - self.picked - self.short

    @property
    def is_open(self) -> bool:
        """Whether the picker must still go there."""
        return self.open_quantity > 0
