"""After the approval: the way to the shops, the half-month clock, proof-reading, and what competitors do."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models.listings import Listing
from catalog.models.products import Product
from catalog.states import PUSH_TRANSITIONS, FieldGroup, ProofreadPick, PushAction, PushState
from config.kit.guards import state_machine


class ChannelPush(models.Model):
    """A snapshot on its way to a shop's channel; without a channel it is work for a person.

    `proof` is what the other side answered.
    """

    listing = models.ForeignKey(Listing, models.PROTECT, related_name="pushes", verbose_name=_("listing"))
    channel = models.ForeignKey(
        "stores.Channel", models.PROTECT, null=True, related_name="pushes", verbose_name=_("channel")
    )
    snapshot = models.ForeignKey("approvals.Snapshot", models.PROTECT, related_name="pushes", verbose_name=_("version"))
    action = models.CharField(_("action"), max_length=10, choices=PushAction.choices)
    state = models.CharField(_("state"), max_length=10, choices=PushState.choices, default=PushState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"))
    next_at = models.DateTimeField(_("next attempt"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    message = models.TextField(_("what happened"), blank=True)
    proof = models.JSONField(_("proof"), default=dict, encoder=DjangoJSONEncoder)
    differences = models.JSONField(_("live differs in"), default=list, encoder=DjangoJSONEncoder)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("done by")
    )

    class Meta:
        verbose_name = _("push to a shop")
        verbose_name_plural = _("pushes to shops")
        indexes = [
            models.Index(fields=["next_at", "id"], name="push_to_send", condition=Q(state__in=("waiting", "sent"))),
            models.Index(fields=["listing", "-id"], name="push_by_listing"),
            models.Index(fields=["state", "-id"], name="push_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "channel", "snapshot", "action"], nulls_distinct=False, name="one_push_per_version"
            )
        ]
        triggers = [state_machine("state", PUSH_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.listing} {self.get_action_display()}"

    def get_absolute_url(self) -> str:
        """The page: where it stands, what to do by hand, what the shop answered."""
        return reverse("catalog:push", args=[self.pk])


class RefreshClock(models.Model):
    """When a field group of a listing last really changed in public, and when it must change again (CAT-15).

    The kernel's deadline (rule `content_refresh`) has this row as its subject; only a published change of the group resets it.
    """

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="refresh_clocks", verbose_name=_("listing"))
    store_id = models.BigIntegerField(_("shop"))
    group = models.CharField(_("field group"), max_length=8, choices=FieldGroup.choices)
    changed_at = models.DateTimeField(_("last published change"))
    snapshot = models.ForeignKey(
        "approvals.Snapshot", models.PROTECT, null=True, related_name="+", verbose_name=_("in version")
    )
    due_at = models.DateTimeField(_("due"))
    change_count = models.PositiveIntegerField(_("changes so far"), default=0)
    late_count = models.PositiveIntegerField(_("of these late"), default=0)
    is_running = models.BooleanField(_("running"), default=True)

    class Meta:
        verbose_name = _("refresh clock")
        verbose_name_plural = _("refresh clocks")
        indexes = [
            models.Index(fields=["due_at", "id"], name="refresh_by_due", condition=Q(is_running=True)),
            models.Index(fields=["store_id", "due_at"], name="refresh_by_shop", condition=Q(is_running=True)),
            models.Index(fields=["-changed_at", "-id"], name="refresh_done", condition=Q(change_count__gt=0)),
        ]
        constraints = [models.UniqueConstraint(fields=["listing", "group"], name="one_refresh_clock_per_group")]

    def __str__(self) -> str:
        return f"{self.listing} · {self.get_group_display()}"

    def get_absolute_url(self) -> str:
        """The page from which the group is renewed."""
        return reverse("catalog:refresh_task", args=[self.pk])


class ProofreadTask(models.Model):
    """A listing to be proof-read and, when done, what was confirmed and what corrected (CAT-6)."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="proofreads", verbose_name=_("listing"))
    store_id = models.BigIntegerField(_("shop"))
    pick = models.CharField(_("picked as"), max_length=14, choices=ProofreadPick.choices)
    priority = models.PositiveSmallIntegerField(_("priority"), default=100)
    picked_at = models.DateTimeField(_("picked"))
    due_at = models.DateTimeField(_("due"))
    snapshot_number = models.PositiveIntegerField(_("version read"), null=True)
    confirmed = models.JSONField(_("confirmed fields"), default=list)
    corrected = models.JSONField(_("corrected fields"), default=dict)
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("done by")
    )

    class Meta:
        verbose_name = _("proof-reading")
        verbose_name_plural = _("proof-readings")
        indexes = [
            models.Index(fields=["priority", "due_at", "id"], name="proofread_open", condition=Q(done_at__isnull=True))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["listing"], condition=Q(done_at__isnull=True), name="one_open_proofread_per_listing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.listing}"

    def get_absolute_url(self) -> str:
        """The page on which it is read."""
        return reverse("catalog:proofread", args=[self.pk])


class CompetitorNote(models.Model):
    """What somebody saw at a competitor: one of the facts that a refresh starts from (CAT-16)."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="competitor_notes", verbose_name=_("product"))
    text = models.TextField(_("note"))
    url = models.URLField(_("address"), blank=True, max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("note on a competitor")
        verbose_name_plural = _("notes on competitors")

    def __str__(self) -> str:
        return self.text[:60]


class TitleMeasure(models.Model):
    """How alike a shop's titles were on a day (CAT-12): the share of shown titles with a near-identical one beside them."""

    shop = models.ForeignKey("stores.Shop", models.CASCADE, related_name="+", verbose_name=_("shop"))
    on = models.DateField(_("day"))
    titles = models.PositiveIntegerField(_("shown titles"))
    share = models.DecimalField(_("near-identical titles"), max_digits=5, decimal_places=4)

    class Meta:
        verbose_name = _("measure of titles")
        verbose_name_plural = _("measures of titles")
        constraints = [
            models.UniqueConstraint(fields=["shop", "on"], name="one_measure_of_titles_a_day"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="share_of_titles_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.shop} {self.on}"
