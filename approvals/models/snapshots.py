"""What was made public, and what of it is live. Nothing comes in here without an approved request of the same hash."""

from __future__ import annotations

import json
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models.requests import REFUSED_BY_KERNEL, ChangeRequest
from config.kit.guards import append_only, no_truncate

_NEEDS_AN_APPROVAL = f"""
    IF NEW.content_hash <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex') OR NOT EXISTS (
        SELECT 1 FROM approvals_changerequest r
        WHERE r.id = NEW.request_id AND r.state = 'approved' AND r.content_hash = NEW.content_hash AND r.kind = NEW.kind
          AND r.subject_type = NEW.subject_type AND r.subject_id = NEW.subject_id
    ) THEN
        RAISE EXCEPTION 'no approved request has exactly this content of % %', NEW.subject_type, NEW.subject_id
            USING ERRCODE = '{REFUSED_BY_KERNEL}';
    END IF;
    RETURN NEW;
"""
# Forward only: what was replaced or taken down comes back as a new snapshot of a new approval.
_MOVES_FORWARD = f"""
    IF TG_OP = 'UPDATE' AND (NEW.kind, NEW.subject_type, NEW.subject_id) IS DISTINCT FROM (OLD.kind, OLD.subject_type,
    OLD.subject_id) THEN
        RAISE EXCEPTION 'what is live keeps its subject' USING ERRCODE = '{REFUSED_BY_KERNEL}';
    END IF;
    IF NEW.snapshot_id IS NULL THEN
        IF TG_OP = 'UPDATE' THEN NEW.last_number := OLD.last_number; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.snapshot_id IS NOT DISTINCT FROM OLD.snapshot_id THEN
        NEW.last_number := OLD.last_number;
        RETURN NEW;
    END IF;
    SELECT s.number INTO NEW.last_number FROM approvals_snapshot s
    WHERE s.id = NEW.snapshot_id AND s.kind = NEW.kind AND s.subject_type = NEW.subject_type AND s.subject_id = NEW.subject_id
      AND (TG_OP = 'INSERT' OR s.number > OLD.last_number);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a newer snapshot of the same subject can go live' USING ERRCODE = '{REFUSED_BY_KERNEL}';
    END IF;
    RETURN NEW;
"""


class Snapshot(models.Model):
    """An immutable version that shoppers saw or see: the content of exactly one approved request. `number` counts per subject."""

    request = models.OneToOneField(
        ChangeRequest, models.PROTECT, related_name="snapshot", verbose_name=_("change request")
    )
    kind = models.CharField(_("kind"), max_length=64)
    subject_type = models.CharField(_("subject type"), max_length=64)
    subject_id = models.BigIntegerField(_("subject"))
    store_id = models.BigIntegerField(_("shop"), null=True)
    number = models.PositiveIntegerField(_("version"))
    content = models.TextField(_("content"))
    content_hash = models.CharField(_("hash of the content"), max_length=64)
    changed_fields = models.JSONField(_("changed fields"), default=list)
    published_at = models.DateTimeField(_("published"))
    published_by = models.CharField(_("published by"), max_length=120)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "number"], name="one_snapshot_per_number"
            )
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="snapshot_needs_an_approval",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_NEEDS_AN_APPROVAL,
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def fields(self) -> dict[str, Any]:
        """The content as values by field."""
        return json.loads(self.content)


class LiveContent(models.Model):
    """Which snapshot of a subject is live, and the evidence that shoppers see it. A row exists from the first publication on.

    `evidence` says how it was seen ("page", "channel", "person"), `display_url` and `display_id` where.
    """

    kind = models.CharField(_("kind"), max_length=64)
    subject_type = models.CharField(_("subject type"), max_length=64)
    subject_id = models.BigIntegerField(_("subject"))
    store_id = models.BigIntegerField(_("shop"), null=True)
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="+", verbose_name=_("live version"))
    last_number = models.PositiveIntegerField(_("newest version so far"), default=0)
    live_since = models.DateTimeField(_("live since"), null=True)
    evidence = models.CharField(_("evidence"), max_length=16, blank=True)
    display_url = models.URLField(_("address where it is seen"), max_length=500, blank=True)
    display_id = models.CharField(_("platform's number"), max_length=120, blank=True)
    checked_at = models.DateTimeField(_("last seen"), null=True)
    checked_by = models.CharField(_("seen by"), max_length=120, blank=True)
    differences = models.JSONField(_("differences found"), default=list)
    taken_down_at = models.DateTimeField(_("taken down"), null=True)
    taken_down_reason = models.TextField(_("why taken down"), blank=True)

    class Meta:
        verbose_name = _("live content")
        verbose_name_plural = _("live contents")
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_type", "subject_id"], name="one_live_content_per_subject"),
            models.CheckConstraint(
                condition=Q(snapshot__isnull=False) | Q(taken_down_at__isnull=False), name="nothing_live_was_taken_down"
            ),
        ]
        triggers = [
            no_truncate(),
            pgtrigger.Protect(name="live_content_is_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="live_content_moves_forward",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_MOVES_FORWARD,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}"
