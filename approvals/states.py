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


class DraftState(models.TextChoices):
    """A draft of an app on its way: submitted it is in review; refused or voided, it is a draft again."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved, waits for its time")
    PUBLISHED = "published", _("published")
    DISCARDED = "discarded", _("discarded")


DRAFT_TRANSITIONS: dict[str, frozenset[str]] = {
    DraftState.DRAFT: frozenset({DraftState.IN_REVIEW, DraftState.DISCARDED}),
    DraftState.IN_REVIEW: frozenset({DraftState.DRAFT, DraftState.APPROVED}),
    DraftState.APPROVED: frozenset({DraftState.DRAFT, DraftState.PUBLISHED}),
    DraftState.PUBLISHED: frozenset(),
    DraftState.DISCARDED: frozenset(),
}


class RequestState(models.TextChoices):
    """From submission to what shoppers see. A request is about one exact content; other content is another request."""

    IN_REVIEW = "in_review", _("in review")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("approved, not confirmed live")
    LIVE = "live", _("live")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    VOIDED = "voided", _("voided by an edit")


REQUEST_TRANSITIONS: dict[str, frozenset[str]] = {
    RequestState.IN_REVIEW: frozenset(
        {RequestState.APPROVED, RequestState.REFUSED, RequestState.WITHDRAWN, RequestState.VOIDED}
    ),
    RequestState.APPROVED: frozenset({RequestState.PUBLISHED, RequestState.WITHDRAWN, RequestState.VOIDED}),
    RequestState.PUBLISHED: frozenset({RequestState.LIVE}),
    RequestState.LIVE: frozenset(),
    RequestState.REFUSED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
    RequestState.VOIDED: frozenset(),
}
OPEN_REQUESTS = (RequestState.IN_REVIEW, RequestState.APPROVED)


class StageState(models.TextChoices):
    """A stage of a request: they open one after the other."""

    WAITING = "waiting", _("not yet")
    OPEN = "open", _("open")
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")


STAGE_TRANSITIONS: dict[str, frozenset[str]] = {
    StageState.WAITING: frozenset({StageState.OPEN, StageState.DROPPED}),
    StageState.OPEN: frozenset({StageState.DONE, StageState.DROPPED}),
    StageState.DONE: frozenset(),
    StageState.DROPPED: frozenset(),
}


class StageMode(models.TextChoices):
    """How a stage is passed: one person decides, or each department signs its own fields."""

    DECIDE = "decide", _("one person decides")
    SIGN = "sign", _("departments sign their fields")
    REVIEW = "review", _("looked at again after an emergency")


class Outcome(models.TextChoices):
    """What a person decided about exactly this content."""

    APPROVE = "approve", _("approved")
    REFUSE = "refuse", _("refused")
    EMERGENCY = "emergency", _("let through in an emergency")
    REVIEW_GOOD = "review_good", _("after-review: rightly published")
    REVIEW_BAD = "review_bad", _("after-review: should not have been published")


class Importance(models.TextChoices):
    """General information is live within 24 hours, important information within 12."""

    IMPORTANT = "important", _("important")
    GENERAL = "general", _("general")


class Risk(models.TextChoices):
    """What a wrong approval would cost; only low risk is approved in bulk."""

    LOW = "low", _("low")
    NORMAL = "normal", _("normal")
    HIGH = "high", _("high")


class RuleKind(models.TextChoices):
    """What a list of content rules guards against."""

    BANNED = "banned", _("banned phrases")
    ABSOLUTE = "absolute", _("absolute terms")
    CLAIM = "claim", _("claims that need proof")
    SECRET = "secret", _("company secrets")
    PERSONAL = "personal", _("personal data")
    TONE = "tone", _("tone")
    FORMAT = "format", _("house format")


PRIVATE_KINDS = (RuleKind.SECRET, RuleKind.PERSONAL)
"""What these lists find is never repeated in a stored record, nor shown to whoever may not read the list."""


class Severity(models.TextChoices):
    """What a hit or a finding does to a submission."""

    BLOCK = "block", _("stops")
    PROOF = "proof", _("needs proof")
    WARN = "warn", _("needs a reason")
    INFO = "info", _("for information")


class HitMoment(models.TextChoices):
    """When a content rule was hit."""

    SUBMISSION = "submission", _("at submission")
    PUBLICATION = "publication", _("at publication")
