"""Attempts to go around the rules, and who stands in for whom."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.kit.guards import append_only, no_overlap


class SecurityEvent(models.Model):
    """An attempt that was refused. Written on a connection of its own, so that the refusal's rollback does not take it along.

    The person is a number without a foreign key: an event must be kept whatever the transaction that it tells of has seen.
    """

    at = models.DateTimeField(_("at"))
    code = models.CharField(_("what"), max_length=64)
    path = models.CharField(_("by which way"), max_length=200)
    subject_type = models.CharField(_("subject type"), max_length=64, blank=True)
    subject_id = models.BigIntegerField(_("subject"), null=True)
    actor_label = models.CharField(_("who"), max_length=120)
    actor_user_id = models.BigIntegerField(_("person"), null=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    detail = models.JSONField(_("detail"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        indexes = [models.Index(fields=["-at", "-id"], name="security_event_newest")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.code} {self.actor_label}"


class Deputyship(models.Model):
    """Who decides for whom while they are away. Ended early by moving `ends_at`."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences", verbose_name=_("away")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="deputyships", verbose_name=_("deputy")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(condition=~Q(person=F("deputy")), name="nobody_is_their_own_deputy"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_it_starts"),
            no_overlap("person", name="one_deputy_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.deputy}"
