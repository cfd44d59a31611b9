"""Rules as data: which class a request has, which stages it passes, and what content may not say."""

from __future__ import annotations

import builtins

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.models.requests import ChangeRequest
from approvals.states import HitMoment, Importance, RuleKind, Severity, StageMode
from config.kit.guards import append_only


class ClassRule(models.Model):
    """Makes a request important when `fact` of its kind is `value`: a changed field's name, or "true" for a yes-or-no fact.

    Kind "" holds for every kind. Facts come from the kind (`ApprovalKind.facts`); the fact `changed` holds the changed fields.
    """

    kind = models.CharField(_("kind"), max_length=64, blank=True)
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    fact = models.CharField(_("fact"), max_length=40)
    value = models.CharField(_("value"), max_length=80, default="true")
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("class rule")
        verbose_name_plural = _("class rules")
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="one_class_rule_per_code")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The shipped name in the reader's language, a changed one as it was written."""
        return gettext(self.name)


class StageRule(models.Model):
    """One stage that requests of a kind and class pass (APPR-6). The shares of one kind and class add up to at most 1."""

    kind = models.CharField(_("kind"), max_length=64)
    importance = models.CharField(_("class"), max_length=10, choices=Importance.choices)
    position = models.PositiveSmallIntegerField(_("place in the order"))
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    mode = models.CharField(_("mode"), max_length=8, choices=StageMode.choices, default=StageMode.DECIDE)
    role = models.CharField(_("decided by"), max_length=16, blank=True)
    share = models.DecimalField(_("share of the time"), max_digits=4, decimal_places=3)

    class Meta:
        verbose_name = _("stage rule")
        verbose_name_plural = _("stage rules")
        ordering = ["kind", "importance", "position"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "importance", "position"], name="one_stage_rule_per_position"),
            models.CheckConstraint(condition=Q(share__gt=0) & Q(share__lte=1), name="stage_share_is_a_share"),
            models.CheckConstraint(condition=Q(mode="sign") | ~Q(role=""), name="deciding_stage_has_a_role"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The shipped name in the reader's language, a changed one as it was written."""
        return gettext(self.name)


class ContentRuleList(models.Model):
    """A list of content rules with its owner and version: each change of a rule makes the next version."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=RuleKind.choices)
    owner_role = models.CharField(_("owner"), max_length=16)
    version = models.PositiveIntegerField(_("version"), default=1)
    is_active = models.BooleanField(_("in force"), default=True)
    changed_at = models.DateTimeField(_("changed"), null=True)

    class Meta:
        verbose_name = _("list of content rules")
        verbose_name_plural = _("lists of content rules")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The shipped name in the reader's language, a changed one as it was written."""
        return gettext(self.name)


class ContentRule(models.Model):
    """A phrase, or a pattern, that content must not hold. Phrases are found through full-width letters and inserted blanks."""

    list = models.ForeignKey(ContentRuleList, models.PROTECT, related_name="rules", verbose_name=_("list"))
    code = models.SlugField(_("code"), max_length=64)
    phrase = models.CharField(_("phrase"), max_length=120, blank=True)
    pattern = models.CharField(_("pattern"), max_length=300, blank=True)
    exceptions = ArrayField(
        models.CharField(max_length=120), default=builtins.list, blank=True, verbose_name=_("but not in")
    )
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices)
    note = models.CharField(_("why, and what to write instead"), max_length=300, blank=True)
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("content rule")
        verbose_name_plural = _("content rules")
        constraints = [
            models.UniqueConstraint(fields=["list", "code"], name="one_content_rule_per_code"),
            models.CheckConstraint(
                condition=Q(phrase="", pattern__gt="") | Q(pattern="", phrase__gt=""),
                name="rule_is_a_phrase_or_a_pattern",
            ),
        ]

    def __str__(self) -> str:
        return self.phrase or self.pattern


class FormatRule(models.Model):
    """House format of one field of one kind (STORE-16): length in half-width units (a Chinese character counts two)."""

    kind = models.CharField(_("kind"), max_length=64)
    field = models.CharField(_("field"), max_length=80)
    platform_code = models.CharField(_("platform"), max_length=50, blank=True)
    min_units = models.PositiveIntegerField(_("at least (half-width letters)"), default=0)
    max_units = models.PositiveIntegerField(_("at most (half-width letters)"), null=True, blank=True)
    required_phrases = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name=_("phrases that must stand in it")
    )
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices, default=Severity.BLOCK)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("format rule")
        verbose_name_plural = _("format rules")
        constraints = [
            models.UniqueConstraint(fields=["kind", "field", "platform_code"], name="one_format_rule_per_field")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.field}"


class RuleHit(models.Model):
    """A content rule was hit by somebody's text: kept for the report of hits by author, whatever became of the text."""

    at = models.DateTimeField(_("at"))
    moment = models.CharField(_("moment"), max_length=12, choices=HitMoment.choices)
    list_code = models.CharField(_("list"), max_length=50)
    list_version = models.PositiveIntegerField(_("version of the list"))
    rule_code = models.CharField(_("rule"), max_length=64)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices)
    kind = models.CharField(_("kind"), max_length=64)
    subject_type = models.CharField(_("subject type"), max_length=64)
    subject_id = models.BigIntegerField(_("subject"))
    field = models.CharField(_("field"), max_length=80)
    excerpt = models.CharField(_("excerpt"), max_length=120)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="rule_hits", verbose_name=_("author")
    )
    request = models.ForeignKey(
        ChangeRequest, models.PROTECT, null=True, related_name="rule_hits", verbose_name=_("change request")
    )
    reason = models.TextField(_("reason given"), blank=True)

    class Meta:
        verbose_name = _("hit of a content rule")
        verbose_name_plural = _("hits of content rules")
        indexes = [models.Index(fields=["author", "-at"], name="rule_hit_by_author")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.rule_code}: {self.excerpt}"


def proof_path(proof: Proof, filename: str) -> str:
    """Where a proof lies below MEDIA_ROOT; served by a view that checks the reader, never as a static file."""
    return f"proofs/{proof.sha256[:2]}/{proof.sha256}"


class Proof(models.Model):
    """Evidence for a claim of one subject: a test report, a licence, a price history. `rule_code` "" proves every claim of it."""

    subject_type = models.CharField(_("subject type"), max_length=64)
    subject_id = models.BigIntegerField(_("subject"))
    rule_code = models.CharField(_("claim"), max_length=64, blank=True)
    title = models.CharField(_("what it proves"), max_length=160)
    file = models.FileField(_("file"), upload_to=proof_path, max_length=200)
    file_name = models.CharField(_("name of the file"), max_length=160)
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="proof_by_subject")]

    def __str__(self) -> str:
        return self.title
