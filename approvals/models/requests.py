"""Change requests: one exact content, the stages that it has to pass, and what people decided about it."""

from __future__ import annotations

import json
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.seams import shop_scope
from approvals.states import (
    REQUEST_TRANSITIONS,
    STAGE_TRANSITIONS,
    Importance,
    Outcome,
    RequestState,
    Risk,
    StageMode,
    StageState,
)
from config.kit.guards import append_only, no_truncate, state_machine

# What the database says when somebody goes around the kernel. services/security.py knows it and keeps the attempt.
REFUSED_BY_KERNEL = "ZG001"

_HASH_IS_OF_CONTENT = f"""
    IF NEW.content_hash <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'the hash is not that of the content' USING ERRCODE = '{REFUSED_BY_KERNEL}';
    END IF;
    RETURN NEW;
"""
_APPROVED_MEANS_DECIDED = f"""
    IF NOT EXISTS (
        SELECT 1 FROM approvals_decision d
        WHERE d.request_id = NEW.id AND d.content_hash = NEW.content_hash
          AND d.outcome = CASE WHEN NEW.is_emergency THEN 'emergency' ELSE 'approve' END
    ) OR (NOT NEW.is_emergency AND EXISTS (
        SELECT 1 FROM approvals_requeststage s WHERE s.request_id = NEW.id AND s.state IN ('waiting', 'open')
    )) THEN
        RAISE EXCEPTION 'change request % was not approved by anybody', NEW.id USING ERRCODE = '{REFUSED_BY_KERNEL}';
    END IF;
    RETURN NEW;
"""
_PUBLISHED_MEANS_SNAPSHOT = f"""
    IF NEW.makes_snapshot AND NOT EXISTS (SELECT 1 FROM approvals_snapshot s WHERE s.request_id = NEW.id) THEN
        RAISE EXCEPTION 'change request % left no snapshot', NEW.id USING ERRCODE = '{REFUSED_BY_KERNEL}';
    END IF;
    RETURN NEW;
"""
# The copies of requester and authors let a plain constraint refuse; this keeps the copies honest.
_DECISION_IS_ABOUT_THIS = f"""
    IF NOT EXISTS (
        SELECT 1 FROM approvals_changerequest r
        WHERE r.id = NEW.request_id AND r.requester_id = NEW.requester_id AND r.authors = NEW.authors
          AND r.content_hash = NEW.content_hash
    ) THEN
        RAISE EXCEPTION 'the decision is about another content than that of request %', NEW.request_id
            USING ERRCODE = '{REFUSED_BY_KERNEL}';
    END IF;
    RETURN NEW;
"""


# A stage is open only in these: while it is reviewed, and after an emergency until somebody has looked at it again.
WAITS = Q(state="in_review") | Q(is_emergency=True)


def seen_by(user: Any) -> Q:
    """One's own requests, those that wait for one's roles, and with `approvals.view_changerequest` those of one's shops."""
    shops = shop_scope(user)
    # Not Q(), which means nothing beside an "or": whoever sees every shop would see only their own requests.
    in_shops = Q(pk__gt=0) if shops is None else Q(store_id__isnull=True) | Q(store_id__in=shops)
    own = Q(requester_id=user.pk) | Q(authors__contains=[user.pk])
    if user.has_perm("approvals.view_changerequest"):
        return own | in_shops
    of_role = RequestStage.objects.filter(request=OuterRef("pk"), role__in=user.groups.values("name"))
    return own | (in_shops & Q(Exists(of_role)))


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    """Reads of requests."""

    def visible_to(self, user: Any) -> ChangeRequestQuerySet:
        """What the person sees without standing in for anybody (`seen_by`)."""
        return self.filter(seen_by(user))


class ChangeRequest(models.Model):
    """One content that somebody wants to make public or put into effect.

    `content` is the canonical JSON text of exactly what the approver sees (policies/contents.py), `content_hash` its
    SHA-256 in hex: both are final; an edit voids the request and makes another. `subject` is what shoppers know (a
    listing, a page), `draft_id` the row of the kind's own table that proposes the change. `base_hash` is the hash of
    what was live when it was submitted ("" for nothing). `urgency` orders every list: important first, then the least time left
    (policies/contents.urgency).
    """

    kind = models.CharField(_("kind"), max_length=64)
    subject_type = models.CharField(_("subject type"), max_length=64)
    subject_id = models.BigIntegerField(_("subject"))
    subject_label = models.CharField(_("subject"), max_length=200)
    store_id = models.BigIntegerField(_("shop"), null=True)
    draft_id = models.BigIntegerField(_("draft"))
    package_id = models.BigIntegerField(_("package"), null=True)
    summary = models.CharField(_("what changes"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=RequestState.choices, default=RequestState.IN_REVIEW)
    importance = models.CharField(_("class"), max_length=10, choices=Importance.choices, default=Importance.GENERAL)
    importance_reasons = models.JSONField(_("why this class"), default=list, encoder=DjangoJSONEncoder)
    risk = models.CharField(_("risk"), max_length=8, choices=Risk.choices, default=Risk.NORMAL)
    urgency = models.BigIntegerField(_("urgency"))
    money_effect = models.DecimalField(_("money effect"), max_digits=14, decimal_places=2, null=True)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="change_requests", verbose_name=_("requested by")
    )
    authors = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("authors"))
    content = models.TextField(_("content"))
    content_hash = models.CharField(_("hash of the content"), max_length=64)
    base_content = models.TextField(_("live content at submission"), blank=True)
    base_hash = models.CharField(_("hash of the live content at submission"), max_length=64, blank=True)
    changed_fields = ArrayField(models.CharField(max_length=80), default=list, verbose_name=_("changed fields"))
    findings = models.JSONField(_("findings of the checks"), default=list, encoder=DjangoJSONEncoder)
    effects = models.JSONField(_("effects"), default=list, encoder=DjangoJSONEncoder)
    makes_snapshot = models.BooleanField(_("publishes"), default=True)
    is_emergency = models.BooleanField(_("emergency"), default=False)
    submitted_at = models.DateTimeField(_("submitted"))
    clock_started_at = models.DateTimeField(_("clock runs since"))
    due_at = models.DateTimeField(_("due"))
    publish_at = models.DateTimeField(_("publish at"), null=True)
    next_attempt_at = models.DateTimeField(_("next attempt to publish"), null=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    published_at = models.DateTimeField(_("published"), null=True)
    live_at = models.DateTimeField(_("confirmed live"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_reason = models.TextField(_("why closed"), blank=True)
    problem = models.TextField(_("why it could not be published"), blank=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        indexes = [
            models.Index(fields=["urgency", "id"], name="request_inbox", condition=WAITS),
            models.Index(fields=["urgency", "id"], name="request_by_urgency"),
            models.Index(fields=["due_at", "id"], name="request_by_due"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="request_by_subject"),
            models.Index(fields=["kind", "draft_id"], name="request_by_draft"),
            models.Index(fields=["requester", "-id"], name="request_by_requester"),
            GinIndex(fields=["authors"], name="request_by_author"),
            models.Index(fields=["package_id"], name="request_by_package", condition=Q(package_id__isnull=False)),
            models.Index(fields=["next_attempt_at", "id"], name="request_to_publish", condition=Q(state="approved")),
            models.Index(fields=["published_at", "id"], name="request_to_confirm", condition=Q(state="published")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "draft_id"],
                condition=Q(state__in=("in_review", "approved")),
                name="one_open_request_per_draft",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_at__isnull=False), name="approved_request_has_its_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("published", "live")) | Q(published_at__isnull=False),
                name="published_request_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("live", "refused", "withdrawn", "voided")) | Q(closed_at__isnull=False),
                name="closed_request_has_its_time",
            ),
        ]
        permissions = [
            ("decide_request", _("Decides change requests that wait for their role")),
            ("lower_importance", _("May lower the class of a request, with a reason")),
            ("publish_in_emergency", _("Lets something through in an emergency, as the second person")),
            ("review_emergency", _("Looks again at what was published in an emergency")),
            ("view_clock_wall", _("Sees the clock wall")),
        ]
        triggers = [
            state_machine("state", REQUEST_TRANSITIONS),
            no_truncate(),
            pgtrigger.Protect(name="request_is_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="content_is_final",
                fields=[
                    "kind", "subject_type", "subject_id", "draft_id", "requester", "authors", "content", "content_hash",
                    "base_content", "base_hash", "makes_snapshot", "submitted_at", "clock_started_at",
                ],
            ),
            pgtrigger.Trigger(
                name="hash_is_of_the_content",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_HASH_IS_OF_CONTENT,
            ),
            pgtrigger.Trigger(
                name="request_begins_in_review",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="in_review"),
                func=f"RAISE EXCEPTION 'a change request begins in review' USING ERRCODE = '{REFUSED_BY_KERNEL}';",
            ),
            pgtrigger.Trigger(
                name="approved_means_decided",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state="approved", old__state__df=pgtrigger.F("new__state")),
                func=_APPROVED_MEANS_DECIDED,
            ),
            pgtrigger.Trigger(
                name="published_means_snapshot",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state="published", old__state__df=pgtrigger.F("new__state")),
                func=_PUBLISHED_MEANS_SNAPSHOT,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.subject_label}"

    def get_absolute_url(self) -> str:
        """The decision page."""
        return reverse("approvals:request", args=[self.pk])

    @property
    def number(self) -> str:
        """The number that people say: A000123."""
        return f"A{self.pk:06d}"

    @property
    def fields(self) -> dict[str, Any]:
        """The content as values by field."""
        return json.loads(self.content)

    @property
    def base_fields(self) -> dict[str, Any]:
        """What was live at submission, by field; empty when nothing was."""
        return json.loads(self.base_content) if self.base_content else {}


class RequestStage(models.Model):
    """A stage of one request, copied from the rules in force at submission. `share` is its part of the clock, 0..1.

    Departments that sign stand side by side at one position; the next position opens when all of one are done.
    """

    request = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="stages", verbose_name=_("change request"))
    position = models.PositiveSmallIntegerField(_("place in the order"))
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    mode = models.CharField(_("mode"), max_length=8, choices=StageMode.choices, default=StageMode.DECIDE)
    role = models.CharField(_("decided by"), max_length=16, blank=True)
    share = models.DecimalField(_("share of the time"), max_digits=4, decimal_places=3)
    state = models.CharField(_("state"), max_length=8, choices=StageState.choices, default=StageState.WAITING)
    opened_at = models.DateTimeField(_("opened"), null=True)
    due_at = models.DateTimeField(_("due"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("stage of a request")
        verbose_name_plural = _("stages of requests")
        ordering = ["request", "position"]
        indexes = [models.Index(fields=["role", "due_at"], name="stage_open_by_role", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(fields=["request", "position", "code"], name="one_stage_per_position"),
        ]
        triggers = [
            state_machine("state", STAGE_TRANSITIONS),
            pgtrigger.Protect(name="stage_is_not_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name


class Decision(models.Model):
    """What one person decided about exactly this content. `acts_for` is set when a deputy decided in somebody's absence.

    `requester` and `authors` are copies that a trigger compares with the request, so that plain constraints can refuse
    who decides about their own work.
    """

    request = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="decisions", verbose_name=_("request"))
    stage = models.ForeignKey(
        RequestStage, models.PROTECT, null=True, related_name="decisions", verbose_name=_("stage")
    )
    outcome = models.CharField(_("decision"), max_length=12, choices=Outcome.choices)
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions", verbose_name=_("decided by")
    )
    acts_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("as deputy of")
    )
    requester_id = models.BigIntegerField(_("requested by"))
    authors = ArrayField(models.BigIntegerField(), default=list)
    content_hash = models.CharField(_("hash of what was seen"), max_length=64)
    reason = models.TextField(_("reason"), blank=True)
    field_reasons = models.JSONField(_("reason per field"), default=dict)
    is_bulk = models.BooleanField(_("one of several at once"), default=False)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(condition=~Q(decider_id=F("requester_id")), name="nobody_decides_their_own_request"),
            models.CheckConstraint(
                condition=Q(acts_for__isnull=True) | ~Q(acts_for_id=F("requester_id")),
                name="nobody_decides_for_the_requester",
            ),
            models.CheckConstraint(
                condition=~Q(authors__contains=[F("decider_id")]), name="no_author_decides_their_own_work"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=("approve", "emergency", "review_good")) | ~Q(reason="") | ~Q(field_reasons={}),
                name="a_refusal_has_a_reason",
            ),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="decision_is_about_this_content",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_DECISION_IS_ABOUT_THIS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.decider})"


class Signature(models.Model):
    """A department's word for its own fields.

    It holds as long as these fields hash to `section_hash`: editing one of them drops it.
    """

    subject_type = models.CharField(_("subject type"), max_length=64)
    subject_id = models.BigIntegerField(_("subject"))
    section = models.SlugField(_("section"), max_length=40)
    section_hash = models.CharField(_("hash of the section"), max_length=64)
    request = models.ForeignKey(
        ChangeRequest, models.PROTECT, related_name="signatures", verbose_name=_("change request")
    )
    requester_id = models.BigIntegerField(_("requested by"))
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="signatures", verbose_name=_("signed by")
    )
    acts_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("as deputy of")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        indexes = [models.Index(fields=["subject_type", "subject_id", "section"], name="signature_by_subject")]
        constraints = [
            models.CheckConstraint(condition=~Q(signer_id=F("requester_id")), name="nobody_signs_their_own_request"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.section}: {self.signer}"


class Comment(models.Model):
    """A line of the discussion about a request."""

    request = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="comments", verbose_name=_("request"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        triggers = append_only()

    def __str__(self) -> str:
        return self.text[:60]


class RequestView(models.Model):
    """Somebody opened the decision page of exactly this content: the look that bulk approval asks for a sample of (APPR-15)."""

    request = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="views", verbose_name=_("change request"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    content_hash = models.CharField(_("hash of what was seen"), max_length=64)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("look at a request")
        verbose_name_plural = _("looks at requests")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "person", "content_hash"], name="one_look_per_person_and_content"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.request_id}: {self.person_id}"
