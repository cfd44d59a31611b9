"""Enums of the kernel and their transition tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeadlineState(models.TextChoices):
    """A deadline runs until it is met or withdrawn; a breach is an event, not an end."""

    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    MET = "met", _("met")
    WITHDRAWN = "withdrawn", _("withdrawn")


DEADLINE_TRANSITIONS: dict[str, frozenset[str]] = {
    DeadlineState.RUNNING: frozenset({DeadlineState.PAUSED, DeadlineState.MET, DeadlineState.WITHDRAWN}),
    DeadlineState.PAUSED: frozenset({DeadlineState.RUNNING, DeadlineState.MET, DeadlineState.WITHDRAWN}),
    DeadlineState.MET: frozenset(),
    DeadlineState.WITHDRAWN: frozenset(),
}


class StepKind(models.TextChoices):
    """What happened on a deadline's way."""

    STARTED = "started", _("started")
    WARNED = "warned", _("warned")
    BREACHED = "breached", _("breached")
    ESCALATED = "escalated", _("escalated")
    CONSEQUENCE = "consequence", _("consequence")
    PAUSED = "paused", _("paused")
    RESUMED = "resumed", _("resumed")
    REASSIGNED = "reassigned", _("reassigned")
    CAUSE_GIVEN = "cause_given", _("cause given")
    MET = "met", _("met")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Rung(models.TextChoices):
    """Who is told when a deadline is not kept, from the nearest to the highest."""

    OWNER = "owner", _("owner")
    DEPUTY = "deputy", _("deputy")
    HEAD = "head", _("head of department")
    MANAGEMENT = "management", _("management")


class JobState(models.TextChoices):
    """Background work that a person asked for."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


JOB_TRANSITIONS: dict[str, frozenset[str]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING}),
    JobState.RUNNING: frozenset({JobState.DONE, JobState.FAILED, JobState.QUEUED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset({JobState.QUEUED}),
}
