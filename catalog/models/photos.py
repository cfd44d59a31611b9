"""Pictures of products: what was uploaded, what the worker found, who signed it off, and what still has to be taken."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models.products import Category, Product
from catalog.states import PHOTO_TRANSITIONS, SHOT_TRANSITIONS, PhotoRole, PhotoState, ShotState
from config.kit.guards import state_machine


def original_path(photo: Photo, filename: str) -> str:
    """Where an upload lies: by its hash, without its own name; only the worker opens it."""
    return f"photos/original/{photo.sha256[:2]}/{photo.sha256}"


def rendition_path(rendition: Rendition, filename: str) -> str:
    """Where a cleaned size of a picture lies."""
    return f"photos/{rendition.photo.sha256[:2]}/{rendition.photo.sha256}/{filename}"


class Photo(models.Model):
    """A picture of a product in one role.

    `facts` are what config.kit.pictures found; `checks` their comparison with the rules of platforms. `perceptual_hash`
    is a 64-bit difference hash as signed integer. `next_at` is when the worker looks at it (again).
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="photos", verbose_name=_("product"))
    role = models.CharField(_("shows"), max_length=8, choices=PhotoRole.choices)
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)
    alt = models.CharField(_("description for those who cannot see it"), max_length=160, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=PhotoState.choices, default=PhotoState.UPLOADED)
    original = models.FileField(_("file"), upload_to=original_path, max_length=200)
    file_name = models.CharField(_("name of the file"), max_length=160)
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    width = models.PositiveIntegerField(_("width (px)"), default=0)
    height = models.PositiveIntegerField(_("height (px)"), default=0)
    perceptual_hash = models.BigIntegerField(_("perceptual hash"), null=True)
    facts = models.JSONField(_("facts"), default=dict, encoder=DjangoJSONEncoder)
    checks = models.JSONField(_("checks"), default=list, encoder=DjangoJSONEncoder)
    problem = models.TextField(_("why refused"), blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"))
    signed_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("signed off by")
    )
    signed_off_at = models.DateTimeField(_("signed off"), null=True)
    next_at = models.DateTimeField(_("next attempt"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["product", "role", "position", "id"]
        indexes = [
            models.Index(fields=["next_at", "id"], name="photo_to_check", condition=Q(state="uploaded")),
            models.Index(fields=["product", "role", "position"], name="photo_by_product"),
            models.Index(fields=["perceptual_hash"], name="photo_by_hash"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "sha256"],
                condition=~Q(state__in=("refused", "retired")),
                name="same_picture_once_per_product",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(signed_off_by__isnull=False), name="approved_picture_is_signed_off"
            ),
            models.CheckConstraint(
                condition=Q(signed_off_by__isnull=True)
                | Q(uploaded_by__isnull=True)
                | ~Q(signed_off_by=F("uploaded_by")),
                name="nobody_signs_off_their_own_picture",
            ),
        ]
        triggers = [state_machine("state", PHOTO_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.file_name}"

    def get_absolute_url(self) -> str:
        """Its place on the page of its product's pictures."""
        return reverse("catalog:photo", args=[self.pk])


class Rendition(models.Model):
    """A cleaned copy of a picture in one size, without anything that the file told beside the picture."""

    photo = models.ForeignKey(Photo, models.CASCADE, related_name="renditions", verbose_name=_("picture"))
    name = models.SlugField(_("size"), max_length=16)
    file = models.FileField(_("file"), upload_to=rendition_path, max_length=200)
    width = models.PositiveIntegerField(_("width (px)"))
    height = models.PositiveIntegerField(_("height (px)"))
    sha256 = models.CharField(_("hash of the file"), max_length=64)

    class Meta:
        verbose_name = _("size of a picture")
        verbose_name_plural = _("sizes of pictures")
        constraints = [models.UniqueConstraint(fields=["photo", "name"], name="one_rendition_per_size")]

    def __str__(self) -> str:
        return f"{self.photo_id} {self.name}"


class PhotoRule(models.Model):
    """How many pictures of a role a category needs, and what a platform demands of them. Empty platform or category: every one.

    The most demanding of the rules that apply wins. `ratio` such as "1:1"; `max_bytes` of the file; `formats` such as
    ["JPEG", "PNG"].
    """

    platform = models.ForeignKey(
        "stores.Platform", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("platform")
    )
    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    role = models.CharField(_("shows"), max_length=8, choices=PhotoRole.choices)
    min_count = models.PositiveSmallIntegerField(_("at least (pictures)"), default=0)
    min_side = models.PositiveIntegerField(_("shorter side at least (px)"), default=0)
    ratio = models.CharField(_("width : height"), max_length=9, blank=True)
    max_bytes = models.PositiveIntegerField(_("weight at most (bytes)"), null=True, blank=True)
    formats = models.JSONField(_("formats"), default=list, blank=True)
    white_background = models.BooleanField(_("white background"), default=False)

    class Meta:
        verbose_name = _("picture rule")
        verbose_name_plural = _("picture rules")
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "category", "role"], nulls_distinct=False, name="one_picture_rule_per_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform or '*'} {self.category or '*'} {self.get_role_display()}"


class Shot(models.Model):
    """A line of the shot list: which picture of which product is to be taken, best sellers first (CAT-8)."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="shots", verbose_name=_("product"))
    role = models.CharField(_("shows"), max_length=8, choices=PhotoRole.choices)
    state = models.CharField(_("state"), max_length=8, choices=ShotState.choices, default=ShotState.PLANNED)
    rank = models.PositiveIntegerField(_("sales rank"), null=True)
    reason = models.CharField(_("why"), max_length=40, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due"))
    photo = models.ForeignKey(
        Photo, models.SET_NULL, null=True, blank=True, related_name="shots", verbose_name=_("picture")
    )
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("shot")
        verbose_name_plural = _("shot list")
        indexes = [models.Index(fields=["rank", "id"], name="shot_by_rank")]
        constraints = [models.UniqueConstraint(fields=["product", "role"], name="one_shot_per_product_and_role")]
        triggers = [state_machine("state", SHOT_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.product} {self.get_role_display()}"
