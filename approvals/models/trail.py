"""The trail: who did what to which subject, when and why. Rows are added and sealed, never changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.seams import shop_scope
from config.kit.guards import append_only


class TrailEntryQuerySet(models.QuerySet["TrailEntry"]):
    """Reads of the trail."""

    def about(self, subject_type: str, subject_id: int) -> TrailEntryQuerySet:
        """Entries of one subject, e.g. `about("orders.order", 7)`."""
        return self.filter(subject_type=subject_type, subject_id=subject_id)

    def visible_to(self, user: Any) -> TrailEntryQuerySet:
        """Entries of the person's shops; what belongs to no shop concerns the house and is for those who see every shop."""
        shops = shop_scope(user)
        return self if shops is None else self.filter(store_id__in=shops)


class TrailEntry(models.Model):
    """One act. `action` is a code registered in some app's `audit.py`; `changes` maps field → [before, after]."""

    at = models.DateTimeField(_("at"))
    action = models.CharField(_("action"), max_length=64)
    subject_type = models.CharField(_("subject type"), max_length=64)
    subject_id = models.BigIntegerField(_("subject"))
    store_id = models.BigIntegerField(_("shop"), null=True)
    actor_kind = models.CharField(_("actor kind"), max_length=8)
    actor_label = models.CharField(_("actor"), max_length=120)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("person")
    )
    request_id = models.CharField(_("request"), max_length=64)
    reason = models.TextField(_("reason"))
    changes = models.JSONField(_("changes"), default=dict, encoder=DjangoJSONEncoder)

    objects = TrailEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="trail_by_subject"),
            models.Index(
                fields=["actor_user", "-id"], name="trail_by_person", condition=models.Q(actor_user__isnull=False)
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject_type}:{self.subject_id}"

    def get_absolute_url(self) -> str:
        """The page with before, after and seal."""
        return reverse("approvals:trail_entry", args=[self.pk])


class TrailSeal(models.Model):
    """A batch of entries bound to the batch before it.

    `digest` is the SHA-256 over this row's own facts, `previous` (the digest of the seal before) and the entries'
    digests in id order; approvals/policies/trail.py says exactly how. `form` names the version of that way of writing
    rows down.
    """

    form = models.PositiveSmallIntegerField(_("form"), default=1)
    last_entry_id = models.BigIntegerField(_("last entry"), db_index=True, default=0)
    sealed_at = models.DateTimeField(_("sealed at"))
    entry_count = models.PositiveIntegerField(_("entries"))
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("trail seal")
        verbose_name_plural = _("trail seals")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.pk}: {self.entry_count}"


class TrailDigest(models.Model):
    """The fingerprint that a sealed entry had, so that verification can name the row that was touched."""

    entry = models.OneToOneField(
        TrailEntry, models.PROTECT, primary_key=True, db_constraint=False, related_name="digest"
    )
    seal = models.ForeignKey(TrailSeal, models.PROTECT, related_name="digests")
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("trail digest")
        verbose_name_plural = _("trail digests")
        triggers = append_only()

    def __str__(self) -> str:
        return str(self.pk)
