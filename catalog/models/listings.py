"""A product offered in a shop, and the revisions that propose what shoppers see of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.states import DRAFT_TRANSITIONS, DraftState
from catalog.models.products import Category, Product
from catalog.states import LISTING_TRANSITIONS, ListingState, RevisionOrigin
from config.kit.guards import state_machine
from stores.models import Shop


class ListingQuerySet(models.QuerySet["Listing"]):
    """Reads of listings."""

    def visible_to(self, user: Any) -> ListingQuerySet:
        """Listings of the shops that the person works for."""
        if user.has_perm("stores.see_all_shops"):
            return self
        return self.filter(shop__in=Shop.objects.visible_to(user))


class Listing(models.Model):
    """A product in one shop. What shoppers see is `live` (the kernel's pointer to a snapshot), never a column of this row.

    `completeness` (0..100) and `missing` are of the newest draft, or of the live content; services/listings.py keeps them.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="listings", verbose_name=_("product"))
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="listings", verbose_name=_("shop"))
    state = models.CharField(_("state"), max_length=10, choices=ListingState.choices, default=ListingState.PREPARING)
    live = models.ForeignKey(
        "approvals.LiveContent", models.PROTECT, null=True, related_name="+", verbose_name=_("live content")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    remote_id = models.CharField(_("platform's number"), max_length=120, blank=True)
    completeness = models.PositiveSmallIntegerField(_("complete (%)"), default=0)
    missing = models.JSONField(_("missing"), default=list, encoder=DjangoJSONEncoder)
    title = models.CharField(_("title"), max_length=200, blank=True)
    first_listed_at = models.DateTimeField(_("first listed"), null=True)
    proofread_at = models.DateTimeField(_("last proof-read"), null=True)
    proofread_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("proof-read by")
    )
    created_at = models.DateTimeField(_("created"))

    customer_group = models.ForeignKey(
        "stores.CustomerGroup", models.PROTECT, null=True, related_name="+", verbose_name=_("target group")
    )

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        indexes = [
            models.Index(fields=["shop", "state"], name="listing_by_shop"),
            models.Index(fields=["proofread_at", "id"], name="listing_by_proofread"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["product", "shop"], name="one_listing_per_product_and_shop"),
            models.CheckConstraint(condition=Q(completeness__lte=100), name="completeness_is_a_percentage"),
        ]
        permissions = [
            ("edit_listing", _("Writes drafts of listings and submits them")),
            ("take_down_listing", _("Takes listings down at once")),
            ("proofread_listing", _("Proof-reads listings")),
            ("sign_off_photo", _("Signs pictures off as professional")),
            ("upload_photo", _("Uploads pictures")),
            ("send_source", _("Sends in intakes and change notices")),
            ("plan_listings", _("Makes listing plans and publication packages")),
            ("set_price", _("Sets prices with effective dates")),
            ("confirm_display", _("Confirms that a listing is seen in its shop")),
        ]
        triggers = [state_machine("state", LISTING_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.title or self.product} · {self.shop}"

    def get_absolute_url(self) -> str:
        """The page of the listing: what is live, what is proposed, what happened."""
        return reverse("catalog:listing", args=[self.pk])


class ListingRevision(models.Model):
    """A proposal of what shoppers shall see: only what differs from the product master, the rest is taken from there (CAT-19).

    `overrides` maps a content field (policies/fields.py) to its value in this shop. `warned` maps a content rule's code
    to the reason that the author gave for keeping a warned word. `base_number` is the version that was live when it was begun.
    """

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="revisions", verbose_name=_("listing"))
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=DraftState.choices, default=DraftState.DRAFT)
    origin = models.CharField(_("origin"), max_length=8, choices=RevisionOrigin.choices, default=RevisionOrigin.HAND)
    overrides = models.JSONField(_("differs from the product in"), default=dict, encoder=DjangoJSONEncoder)
    warned = models.JSONField(_("reasons for warned words"), default=dict)
    base_number = models.PositiveIntegerField(_("begun from version"), null=True)
    restored_from = models.ForeignKey(
        "approvals.Snapshot", models.PROTECT, null=True, related_name="+", verbose_name=_("restored from")
    )
    package = models.ForeignKey(
        "catalog.Package", models.PROTECT, null=True, related_name="revisions", verbose_name=_("package")
    )
    request = models.ForeignKey(
        "approvals.ChangeRequest", models.PROTECT, null=True, related_name="+", verbose_name=_("change request")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("author")
    )
    authors = ArrayField(models.BigIntegerField(), default=list)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("being edited by")
    )
    edited_until = models.DateTimeField(_("edited until"), null=True)
    publish_at = models.DateTimeField(_("publish at"), null=True)
    version = models.PositiveIntegerField(_("saved so often"), default=0)
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("revision of a listing")
        verbose_name_plural = _("revisions of listings")
        indexes = [models.Index(fields=["state", "changed_at"], name="revision_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["listing", "number"], name="one_revision_per_number"),
            models.CheckConstraint(
                condition=~Q(state__in=("in_review", "approved", "published")) | Q(request__isnull=False),
                name="submitted_revision_has_a_request",
            ),
        ]
        triggers = [state_machine("state", DRAFT_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.listing} r{self.number}"

    def get_absolute_url(self) -> str:
        """The editor."""
        return reverse("catalog:revision", args=[self.pk])


class StyleExample(models.Model):
    """A line of the style library: titles and copy that moved people (CAT-12)."""

    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    style = models.CharField(_("style"), max_length=60)
    text = models.CharField(_("example"), max_length=300)
    note = models.CharField(_("why it works"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("style example")
        verbose_name_plural = _("style library")

    def __str__(self) -> str:
        return self.text


class TitleRating(models.Model):
    """How lively a reviewer found the title and copy of a revision, 1 to 5."""

    revision = models.ForeignKey(ListingRevision, models.CASCADE, related_name="ratings", verbose_name=_("revision"))
    rating = models.PositiveSmallIntegerField(_("rating"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("rating of a title")
        verbose_name_plural = _("ratings of titles")
        constraints = [
            models.UniqueConstraint(fields=["revision", "by"], name="one_rating_per_person"),
            models.CheckConstraint(condition=Q(rating__range=(1, 5)), name="rating_is_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id}: {self.rating}"
