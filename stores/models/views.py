"""Saved views of list screens: a person's own, or shared with their department."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A named address of a list screen: `query` is its query string with filters, columns and order."""

    screen = models.CharField(_("screen"), max_length=64)
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(_("query"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("owner")
    )
    department = models.ForeignKey(
        "stores.Department",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="saved_views",
        verbose_name=_("shared with"),
    )

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["owner", "screen", "name"], name="saved_view_name_once_per_person")
        ]

    def __str__(self) -> str:
        return self.name
