"""The clock: rules as data, deadlines as rows, steps as evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.seams import shop_scope
from approvals.states import DEADLINE_TRANSITIONS, DeadlineState, StepKind
from config.kit.guards import append_only, state_machine


class TimeRule(models.Model):
    """One row of the register of time rules, in one version.

    `warn_at` are shares of the length (0.5, 0.8); `ladder` is a list of {"after_minutes": int, "to":
    "owner|deputy|head|management"} counted from the breach; `consequence` names a registered consequence
    (`deadlines.py` of the app that owns the subject).
    """

    code = models.SlugField(_("code"), max_length=64)
    version = models.PositiveIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=120)
    source = models.CharField(_("source"), max_length=120, blank=True)
    starts_when = models.CharField(_("starts when"), max_length=120)
    stops_when = models.CharField(_("stops when"), max_length=120)
    length_minutes = models.PositiveIntegerField(_("length (minutes)"))
    calendar = models.ForeignKey("approvals.WorkCalendar", models.PROTECT, verbose_name=_("calendar"))
    warn_at = models.JSONField(_("warn at (share of the length)"), default=list, blank=True)
    ladder = models.JSONField(_("escalation ladder"), default=list, blank=True)
    consequence = models.CharField(_("consequence"), max_length=64, blank=True)
    is_current = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("time rule")
        verbose_name_plural = _("time rules")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_row_per_rule_version"),
            models.UniqueConstraint(fields=["code"], condition=Q(is_current=True), name="one_rule_version_in_force"),
            models.CheckConstraint(condition=Q(length_minutes__gt=0), name="rule_length_is_positive"),
        ]
        triggers = [pgtrigger.ReadOnly(name="version_is_final", exclude=["is_current"])]

    def __str__(self) -> str:
        return f"{self.title} (v{self.version})"

    def get_absolute_url(self) -> str:
        """The page with all versions of this rule."""
        return reverse("approvals:time_rule", args=[self.pk])

    @property
    def title(self) -> str:
        """The name in the reader's language while it is the shipped one, as written once a manager changed it."""
        return gettext(self.name)


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Reads of the clock."""

    def open(self) -> DeadlineQuerySet:
        """Running or paused."""
        return self.filter(state__in=(DeadlineState.RUNNING, DeadlineState.PAUSED))

    def due_for_a_step(self, now: datetime) -> DeadlineQuerySet:
        """Running rows whose next step's time has come, earliest first."""
        return self.filter(state=DeadlineState.RUNNING, next_at__lte=now).order_by("next_at", "id")

    def visible_to(self, user: Any) -> DeadlineQuerySet:
        """What the person owes or was told of, and what belongs to one of their roles in their shops; watchers see every one."""
        if user.has_perm("approvals.view_deadline"):
            return self
        told = Notice.objects.filter(recipient_id=user.pk, deadline__isnull=False).values("deadline")
        return self.filter(Q(owner=user.pk) | Q(pk__in=told) | _of_roles(user))

    def owed_by(self, user: Any) -> DeadlineQuerySet:
        """Open clocks of the person, and those that wait for anybody of their roles in their shops."""
        return self.open().filter(Q(owner=user.pk) | (Q(owner__isnull=True) & _of_roles(user)))

    def movable_by(self, user: Any) -> DeadlineQuerySet:
        """Clocks that the person may pause, hand on and explain: their own, their roles', or with the right every one."""
        if user.has_perm("approvals.change_deadline"):
            return self
        return self.filter(Q(owner=user.pk) | _of_roles(user))


def _of_roles(user: Any) -> Q:
    roles = Q(owner_role__in=user.groups.values("name"))
    shops = shop_scope(user)
    return roles if shops is None else roles & (Q(store_id__isnull=True) | Q(store_id__in=shops))


class Deadline(models.Model):
    """A duty with a time: what is due, who owes it, and the next moment at which the sweep must look.

    `planned_at` is when the next step should be taken; `next_at` is the same unless a failing step waits for another attempt.
    `paused_seconds` is working time of the rule's calendar, like the length, so net = gross − paused.
    """

    rule = models.ForeignKey(TimeRule, models.PROTECT, related_name="deadlines", verbose_name=_("rule"))
    subject_type = models.CharField(_("subject type"), max_length=64)
    subject_id = models.BigIntegerField(_("subject"))
    subject_label = models.CharField(_("subject"), max_length=160)
    store_id = models.BigIntegerField(_("shop"), null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="deadlines", verbose_name=_("owner")
    )
    owner_role = models.CharField(_("owner's role"), max_length=16, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=DeadlineState.choices, default=DeadlineState.RUNNING)
    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("due"))
    next_at = models.DateTimeField(_("next step"), null=True)
    planned_at = models.DateTimeField(_("next step planned for"), null=True)
    step = models.PositiveSmallIntegerField(_("steps taken"), default=0)
    breached_at = models.DateTimeField(_("breached"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    paused_at = models.DateTimeField(_("paused since"), null=True)
    paused_seconds = models.PositiveBigIntegerField(_("paused (seconds)"), default=0)
    pause_debtor = models.CharField(_("waiting for"), max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        indexes = [
            models.Index(fields=["next_at", "id"], name="deadline_next_step", condition=Q(state="running")),
            models.Index(
                fields=["owner", "due_at"], name="deadline_by_owner", condition=Q(state__in=("running", "paused"))
            ),
            models.Index(
                fields=["owner_role", "due_at"], name="deadline_by_role", condition=Q(state__in=("running", "paused"))
            ),
            models.Index(fields=["subject_type", "subject_id"], name="deadline_by_subject"),
            # What the wall counts: clocks that are open or were ever breached, and how long those that were met took.
            models.Index(
                fields=["subject_type", "due_at"],
                name="deadline_on_wall",
                condition=Q(state__in=("running", "paused")) | Q(breached_at__isnull=False),
            ),
            models.Index(fields=["subject_type", "ended_at"], name="deadline_met", condition=Q(state="met")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject_type", "subject_id"],
                condition=Q(state__in=("running", "paused")),
                name="one_open_deadline_per_rule_and_subject",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="deadline_due_after_start"),
            models.CheckConstraint(
                condition=Q(state="paused", paused_at__isnull=False) | (~Q(state="paused") & Q(paused_at__isnull=True)),
                name="paused_deadline_has_a_start_of_pause",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("running", "paused"), ended_at__isnull=True)
                | Q(state__in=("met", "withdrawn"), ended_at__isnull=False),
                name="ended_deadline_has_an_end",
            ),
        ]
        permissions = [("view_own_due_work", _("Sees their own due work"))]
        triggers = [
            state_machine("state", DEADLINE_TRANSITIONS),
            pgtrigger.Protect(
                name="breach_is_not_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__breached_at__isnull=False, old__breached_at__df=pgtrigger.F("new__breached_at")
                ),
            ),
            pgtrigger.Protect(
                name="breach_is_not_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__breached_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject_label

    def get_absolute_url(self) -> str:
        """The page with its timeline."""
        return reverse("approvals:deadline", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether the duty is still to be done."""
        return self.state in (DeadlineState.RUNNING, DeadlineState.PAUSED)


class DeadlineStep(models.Model):
    """Evidence of one step. `key` is unique per deadline, so no step can be taken twice; rows cannot be edited away."""

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="steps", verbose_name=_("deadline"))
    key = models.CharField(_("key"), max_length=64)
    kind = models.CharField(_("kind"), max_length=12, choices=StepKind.choices)
    at = models.DateTimeField(_("at"))
    planned_for = models.DateTimeField(_("planned for"), null=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("deadline step")
        verbose_name_plural = _("deadline steps")
        constraints = [models.UniqueConstraint(fields=["deadline", "key"], name="each_step_once")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.deadline_id}: {self.key}"


class Notice(models.Model):
    """Something a person must know: shown in the shell, gathered into a digest, never one mail per event."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("recipient")
    )
    deadline = models.ForeignKey(
        Deadline, models.CASCADE, null=True, related_name="notices", verbose_name=_("deadline")
    )
    kind = models.CharField(_("kind"), max_length=32)
    text = models.CharField(_("text"), max_length=300)
    link = models.CharField(_("link"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"))
    read_at = models.DateTimeField(_("read"), null=True)
    digest_at = models.DateTimeField(_("in the digest of"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(
                fields=["recipient", "id"],
                name="notice_waiting_for_digest",
                condition=Q(digest_at__isnull=True, read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        """Marks it as read and leads where it points."""
        return reverse("approvals:notice_open", args=[self.pk])


class Heartbeat(models.Model):
    """When a sweep last ran to its end; an old one shows that the clock has stopped."""

    name = models.SlugField(_("name"), primary_key=True)
    at = models.DateTimeField(_("at"))
    detail = models.JSONField(_("detail"), default=dict)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"
