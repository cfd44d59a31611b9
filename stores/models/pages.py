"""Pages of shops, made of typed modules on layouts; promotion zones and the calendar of their slots."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.states import DRAFT_TRANSITIONS, DraftState
from config.kit.guards import no_overlap, state_machine
from stores.models.shops import Shop
from stores.states import BOOKING_TRANSITIONS, BookingState, PageKind


def page_picture_path(picture: PagePicture, filename: str) -> str:
    """Where a picture of pages lies: by its hash, already cleaned."""
    return f"pages/{picture.sha256[:2]}/{picture.sha256}.{picture.extension}"


class Layout(models.Model):
    """A layout template of pages. Its regions are a revision under approval like any content (APPR-2)."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    kinds = ArrayField(
        models.CharField(max_length=10, choices=PageKind.choices), default=list, verbose_name=_("for pages of kind")
    )
    live = models.ForeignKey(
        "approvals.LiveContent", models.PROTECT, null=True, related_name="+", verbose_name=_("live content")
    )
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("layout")
        verbose_name_plural = _("layouts")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The layout with its revisions."""
        return reverse("stores:layout", args=[self.pk])


class LayoutRevision(models.Model):
    """A proposal of a layout.

    `regions` is a list of {"key", "name", "width" (of 12), "kinds" (allowed modules), "max"} in reading order.
    """

    layout = models.ForeignKey(Layout, models.PROTECT, related_name="revisions", verbose_name=_("layout"))
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=DraftState.choices, default=DraftState.DRAFT)
    regions = models.JSONField(_("regions"), default=list, encoder=DjangoJSONEncoder)
    request = models.ForeignKey(
        "approvals.ChangeRequest", models.PROTECT, null=True, related_name="+", verbose_name=_("change request")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("author")
    )
    authors = ArrayField(models.BigIntegerField(), default=list)
    version = models.PositiveIntegerField(_("saved so often"), default=0)
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("revision of a layout")
        verbose_name_plural = _("revisions of layouts")
        constraints = [models.UniqueConstraint(fields=["layout", "number"], name="one_layout_revision_per_number")]
        triggers = [state_machine("state", DRAFT_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.layout} r{self.number}"


class PageQuerySet(models.QuerySet["Page"]):
    """Reads of pages."""

    def visible_to(self, user: Any) -> PageQuerySet:
        """Pages of the shops that the person works for."""
        if user.has_perm("stores.see_all_shops"):
            return self
        return self.filter(shop__in=Shop.objects.visible_to(user))


class Page(models.Model):
    """A page of a shop. A branch's page inherits from `main_page` and must differ from it in `must_differ` (module keys, STORE-10).

    What shoppers see is `live` (the kernel's pointer to a snapshot). A sign is the page of kind *sign*, one per shop.
    """

    shop = models.ForeignKey("stores.Shop", models.PROTECT, related_name="pages", verbose_name=_("shop"))
    kind = models.CharField(_("kind"), max_length=10, choices=PageKind.choices)
    slug = models.SlugField(_("address"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    main_page = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name=_("inherits from")
    )
    must_differ = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("must differ in")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    live = models.ForeignKey(
        "approvals.LiveContent", models.PROTECT, null=True, related_name="+", verbose_name=_("live content")
    )
    ends_at = models.DateTimeField(_("live until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="one_page_per_address"),
            models.UniqueConstraint(fields=["shop"], condition=Q(kind="sign"), name="one_sign_per_shop"),
            models.UniqueConstraint(fields=["shop"], condition=Q(kind="home"), name="one_home_page_per_shop"),
            models.CheckConstraint(condition=~Q(main_page=F("id")), name="page_does_not_inherit_from_itself"),
        ]
        permissions = [
            ("edit_page", _("Writes drafts of pages and submits them")),
            ("edit_layout", _("Writes drafts of layouts and submits them")),
            ("book_zone", _("Books slots of promotion zones")),
            ("take_down_page", _("Takes pages down at once")),
            ("view_calendar", _("Sees the calendar of everything scheduled")),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.shop}"

    def get_absolute_url(self) -> str:
        """The page's board: live, drafts, history."""
        return reverse("stores:page", args=[self.pk])


class PageRevision(models.Model):
    """A proposal of a page: a title and its modules, each {"key", "kind", "region", "data"} in reading order.

    `data` depends on the kind (policies/modules). `ends_at` must be given for promotion pages (STORE-13) and is the
    validity of a sign.
    """

    page = models.ForeignKey(Page, models.PROTECT, related_name="revisions", verbose_name=_("page"))
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=DraftState.choices, default=DraftState.DRAFT)
    layout = models.ForeignKey(Layout, models.PROTECT, related_name="+", verbose_name=_("layout"))
    title = models.CharField(_("title"), max_length=120)
    modules = models.JSONField(_("modules"), default=list, encoder=DjangoJSONEncoder)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    warned = models.JSONField(_("reasons for warned words"), default=dict)
    restored_from = models.ForeignKey(
        "approvals.Snapshot", models.PROTECT, null=True, related_name="+", verbose_name=_("restored from")
    )
    request = models.ForeignKey(
        "approvals.ChangeRequest", models.PROTECT, null=True, related_name="+", verbose_name=_("change request")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("author")
    )
    authors = ArrayField(models.BigIntegerField(), default=list)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("saved so often"), default=0)
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("revision of a page")
        verbose_name_plural = _("revisions of pages")
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="one_page_revision_per_number"),
            models.CheckConstraint(
                condition=~Q(state__in=("in_review", "approved", "published")) | Q(request__isnull=False),
                name="submitted_page_has_a_request",
            ),
        ]
        triggers = [state_machine("state", DRAFT_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.page} r{self.number}"

    def get_absolute_url(self) -> str:
        """The page editor."""
        return reverse("stores:page_revision", args=[self.pk])


class PagePicture(models.Model):
    """A picture for pages and signs, read as hostile and stored cleaned."""

    shop = models.ForeignKey("stores.Shop", models.PROTECT, related_name="+", verbose_name=_("shop"))
    file = models.ImageField(_("file"), upload_to=page_picture_path, max_length=200)
    file_name = models.CharField(_("name of the file"), max_length=160)
    extension = models.CharField(_("format"), max_length=5)
    sha256 = models.CharField(_("hash of the file"), max_length=64)
    width = models.PositiveIntegerField(_("width (px)"))
    height = models.PositiveIntegerField(_("height (px)"))
    alt = models.CharField(_("description for those who cannot see it"), max_length=160, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("picture of pages")
        verbose_name_plural = _("pictures of pages")
        constraints = [models.UniqueConstraint(fields=["shop", "sha256"], name="page_picture_once_per_shop")]

    def __str__(self) -> str:
        return self.file_name


class Zone(models.Model):
    """A promotion zone of a shop: a place on its pages whose content is swapped by the calendar; `fallback` is shown otherwise."""

    shop = models.ForeignKey("stores.Shop", models.PROTECT, related_name="zones", verbose_name=_("shop"))
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    fallback = models.ForeignKey(
        Page, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("shown otherwise")
    )
    shown = models.ForeignKey(Page, models.PROTECT, null=True, related_name="+", verbose_name=_("shown now"))
    swapped_at = models.DateTimeField(_("last swapped"), null=True)

    class Meta:
        verbose_name = _("promotion zone")
        verbose_name_plural = _("promotion zones")
        constraints = [models.UniqueConstraint(fields=["shop", "code"], name="one_zone_per_code")]

    def __str__(self) -> str:
        return f"{self.name} · {self.shop}"

    def get_absolute_url(self) -> str:
        """The zone with its slots."""
        return reverse("stores:zone", args=[self.pk])


class ZoneBooking(models.Model):
    """A page of the library in a zone from `starts_at` (inclusive) to `ends_at` (exclusive)."""

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="bookings", verbose_name=_("promotion zone"))
    page = models.ForeignKey(Page, models.PROTECT, related_name="bookings", verbose_name=_("page"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    state = models.CharField(_("state"), max_length=10, choices=BookingState.choices, default=BookingState.PLANNED)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("booked by")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    shown_at = models.DateTimeField(_("swapped in"), null=True)
    ended_at = models.DateTimeField(_("swapped out"), null=True)
    next_at = models.DateTimeField(_("next swap"), null=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("booked slot")
        verbose_name_plural = _("booked slots")
        indexes = [
            models.Index(fields=["next_at", "id"], name="booking_to_swap", condition=Q(state__in=("planned", "shown"))),
            models.Index(fields=["zone", "starts_at"], name="booking_by_zone"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_it_starts"),
            no_overlap("zone", name="one_page_per_slot_and_time", condition=~Q(state="cancelled")),
        ]
        triggers = [state_machine("state", BOOKING_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.zone}: {self.page}"
