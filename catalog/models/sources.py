"""Where content comes from: listing plans, what other departments send in, and the packages that are made of it."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.states import Importance
from catalog.models.listings import Listing
from catalog.models.products import Product
from catalog.states import (
    PACKAGE_TRANSITIONS,
    PLAN_TRANSITIONS,
    SOURCE_TRANSITIONS,
    PackageState,
    PlanState,
    SourceKind,
    SourceState,
)
from config.kit.guards import state_machine


def survey_path(plan: ListingPlan, filename: str) -> str:
    """Where the survey behind a plan lies; served to those who may see the plan."""
    return f"plans/{plan.survey_sha256[:2]}/{plan.survey_sha256}"


def source_path(file: SourceFile, filename: str) -> str:
    """Where an attachment lies; served to those who may see its item."""
    return f"sources/{file.sha256[:2]}/{file.sha256}"


class ListingPlan(models.Model):
    """Which products go into which shops when, for whom, and on the strength of which survey (CAT-1)."""

    name = models.CharField(_("name"), max_length=120)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    customer_group = models.ForeignKey(
        "stores.CustomerGroup", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("target group")
    )
    survey_title = models.CharField(_("survey"), max_length=160, blank=True)
    survey_conclusion = models.TextField(_("what the survey says"), blank=True)
    survey_file = models.FileField(_("survey file"), upload_to=survey_path, blank=True, max_length=200)
    survey_file_name = models.CharField(_("name of the file"), max_length=160, blank=True)
    survey_sha256 = models.CharField(_("hash of the file"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    request = models.ForeignKey(
        "approvals.ChangeRequest", models.PROTECT, null=True, related_name="+", verbose_name=_("change request")
    )
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("listing plan")
        verbose_name_plural = _("listing plans")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="plan_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "closed")) | ~Q(survey_title=""),
                name="submitted_plan_rests_on_a_survey",
            ),
        ]
        triggers = [state_machine("state", PLAN_TRANSITIONS)]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The plan with its lines, plan against done."""
        return reverse("catalog:plan", args=[self.pk])


class ListingPlanLine(models.Model):
    """One product in one shop by a date. Done when the listing was first live."""

    plan = models.ForeignKey(ListingPlan, models.CASCADE, related_name="lines", verbose_name=_("plan"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    shop = models.ForeignKey("stores.Shop", models.PROTECT, related_name="+", verbose_name=_("shop"))
    planned_on = models.DateField(_("planned for"))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    listing = models.ForeignKey(
        Listing, models.PROTECT, null=True, blank=True, related_name="plan_lines", verbose_name=_("listing")
    )
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("line of a listing plan")
        verbose_name_plural = _("lines of listing plans")
        indexes = [models.Index(fields=["planned_on", "id"], name="plan_line_open", condition=Q(done_at__isnull=True))]
        constraints = [models.UniqueConstraint(fields=["plan", "product", "shop"], name="one_plan_line_per_listing")]

    def __str__(self) -> str:
        return f"{self.product} · {self.shop}"


class Package(models.Model):
    """A publication package (发布稿件): intakes and notices merged, classified, for these shops (CAT-7).

    `clock_started_at` is the earliest arrival of what it holds; its requests inherit it.
    """

    title = models.CharField(_("title"), max_length=160)
    state = models.CharField(_("state"), max_length=10, choices=PackageState.choices, default=PackageState.GATHERING)
    importance = models.CharField(_("class"), max_length=10, choices=Importance.choices, default=Importance.GENERAL)
    shops = models.ManyToManyField("stores.Shop", related_name="+", blank=True, verbose_name=_("shops"))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    clock_started_at = models.DateTimeField(_("clock runs since"), null=True)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("created"))
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("publication package")
        verbose_name_plural = _("publication packages")
        indexes = [models.Index(fields=["state", "-id"], name="package_by_state")]
        triggers = [state_machine("state", PACKAGE_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """The package with what it holds."""
        return reverse("catalog:package", args=[self.pk])

    @property
    def number(self) -> str:
        """The number that people say: P00012."""
        return f"P{self.pk:05d}"


class SourceItem(models.Model):
    """What another department sent in: a new product or technology (CAT-4), or a change that takes effect at a time (CAT-5).

    `facts` is what a notice says in fields that can be compared with live listings: {"name": "…", "service_text": "…",
    "prices": {"SKU": "12.00"}}. `mismatch` is what the hourly comparison found after the effective date.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=SourceKind.choices)
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"), blank=True)
    facts = models.JSONField(_("facts"), default=dict, encoder=DjangoJSONEncoder)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="sources", verbose_name=_("product")
    )
    importance = models.CharField(_("class"), max_length=10, choices=Importance.choices, default=Importance.GENERAL)
    effective_at = models.DateTimeField(_("in effect from"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=SourceState.choices, default=SourceState.RECEIVED)
    state_reason = models.TextField(_("reason"), blank=True)
    package = models.ForeignKey(
        Package, models.PROTECT, null=True, blank=True, related_name="sources", verbose_name=_("package")
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="sources_sent", verbose_name=_("sent by")
    )
    received_at = models.DateTimeField(_("received"))
    checked_at = models.DateTimeField(_("compared"), null=True)
    mismatch = models.JSONField(_("differs in"), default=list, encoder=DjangoJSONEncoder)
    mismatch_since = models.DateTimeField(_("differs since"), null=True)

    class Meta:
        verbose_name = _("source item")
        verbose_name_plural = _("source items")
        indexes = [
            models.Index(fields=["state", "-id"], name="source_by_state"),
            models.Index(fields=["sent_by", "-id"], name="source_by_sender"),
            models.Index(fields=["effective_at", "id"], name="notice_by_effect", condition=Q(kind="notice")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="notice") | Q(effective_at__isnull=False), name="notice_takes_effect_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(state_reason=""), name="refused_source_has_a_reason"
            ),
        ]
        triggers = [state_machine("state", SOURCE_TRANSITIONS)]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """What was sent in, and what became of it."""
        return reverse("catalog:source", args=[self.pk])


class SourceFile(models.Model):
    """An attachment of what was sent in."""

    item = models.ForeignKey(SourceItem, models.CASCADE, related_name="files", verbose_name=_("source item"))
    file = models.FileField(_("file"), upload_to=source_path, max_length=200)
    file_name = models.CharField(_("name of the file"), max_length=160)
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    byte_size = models.PositiveIntegerField(_("size (bytes)"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.file_name
