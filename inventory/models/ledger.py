"""One ledger for online and physical locations. Movements are the truth, levels are their running sums."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.kit.guards import append_only, state_machine
from inventory.states import RESERVATION_TRANSITIONS, LocationKind, MovementKind, ReservationState
from stores.models import Shop


class LocationQuerySet(models.QuerySet["Location"]):
    """Reads of locations."""

    def visible_to(self, user: Any) -> LocationQuerySet:
        """Warehouses, which serve every shop, and the floors of the shops that the employee works for."""
        if user.has_perm("stores.see_all_shops"):
            return self
        return self.filter(Q(shop__isnull=True) | Q(shop__in=Shop.objects.visible_to(user)))

    def bookable_by(self, user: Any) -> LocationQuerySet:
        """Active locations where the employee may receive and correct: floors of their shops, and warehouses by right."""
        condition = Q(shop__in=Shop.objects.visible_to(user))
        if user.has_perm("inventory.book_in_warehouses"):
            condition |= Q(shop__isnull=True)
        return self.filter(condition, is_active=True)


class Location(models.Model):
    """A place that holds stock. Lower `priority` is asked first; `serves_online` lets online orders take from it."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=LocationKind.choices)
    shop = models.ForeignKey(
        "stores.Shop", models.PROTECT, null=True, blank=True, related_name="locations", verbose_name=_("shop")
    )
    priority = models.PositiveSmallIntegerField(_("priority"), default=10)
    serves_online = models.BooleanField(_("serves online orders"), default=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = LocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")

    def __str__(self) -> str:
        return self.name


class StockLevelQuerySet(models.QuerySet["StockLevel"]):
    """Reads of levels."""

    def visible_to(self, user: Any) -> StockLevelQuerySet:
        """Levels of the locations that the employee may see."""
        if user.has_perm("stores.see_all_shops"):
            return self
        return self.filter(location__in=Location.objects.visible_to(user))

    def with_available(self) -> StockLevelQuerySet:
        """Each level with the pieces that nobody is promised."""
        return self.annotate(available=F("on_hand") - F("reserved"))


class StockLevel(models.Model):
    """How many pieces of a variant lie at a location, and how many of them are promised."""

    variant = models.ForeignKey("catalog.Variant", models.PROTECT, related_name="levels", verbose_name=_("variant"))
    location = models.ForeignKey(
        Location, models.PROTECT, db_index=False, related_name="levels", verbose_name=_("location")
    )
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    bin_code = models.CharField(_("bin"), max_length=24, blank=True, help_text=_("Pick lists are sorted by it."))

    objects = StockLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        permissions = [
            ("receive_stock", _("Can book receipts")),
            ("correct_stock", _("Can correct stock, with a reason")),
            ("book_in_warehouses", _("Can book receipts and corrections in warehouses")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["variant", "location"], name="one_level_per_variant_and_location"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=F("on_hand")), name="stock_reserved_within_on_hand"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}@{self.location_id}: {self.on_hand}-{self.reserved}"


class StockMovementQuerySet(models.QuerySet["StockMovement"]):
    """Reads of the ledger."""

    def visible_to(self, user: Any) -> StockMovementQuerySet:
        """Movements at the locations that the employee may see."""
        if user.has_perm("stores.see_all_shops"):
            return self
        return self.filter(location__in=Location.objects.visible_to(user))


class StockMovement(models.Model):
    """One line of the ledger. `source_type`/`source_id` name the row that caused it (an order line, a receipt)."""

    variant = models.ForeignKey(
        "catalog.Variant", models.PROTECT, db_index=False, related_name="movements", verbose_name=_("variant")
    )
    location = models.ForeignKey(
        Location, models.PROTECT, db_index=False, related_name="movements", verbose_name=_("location")
    )
    store_id = models.BigIntegerField(_("shop"), null=True)
    kind = models.CharField(_("kind"), max_length=12, choices=MovementKind.choices)
    on_hand_delta = models.IntegerField(_("on hand ±"))
    reserved_delta = models.IntegerField(_("reserved ±"))
    source_type = models.CharField(_("source type"), max_length=64)
    source_id = models.BigIntegerField(_("source"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    actor_label = models.CharField(_("actor"), max_length=120)
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("person")
    )
    at = models.DateTimeField(_("at"))

    objects = StockMovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        indexes = [
            models.Index(fields=["variant", "location", "-id"], name="movement_by_level"),
            # Rows arrive in the order of time: a few pages of index serve any period.
            BrinIndex(fields=["at"], name="movement_by_time", autosummarize=True),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~(Q(on_hand_delta=0) & Q(reserved_delta=0)), name="movement_moves_something"
            )
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.kind} {self.on_hand_delta:+}/{self.reserved_delta:+}"


class Reservation(models.Model):
    """Pieces promised to one order line. `line_id` is orders.OrderLine's key: the floor above, known here as a number."""

    level = models.ForeignKey(
        StockLevel, models.PROTECT, db_index=False, related_name="reservations", verbose_name=_("stock level")
    )
    line_id = models.BigIntegerField(_("order line"))
    store_id = models.BigIntegerField(_("shop"))
    quantity = models.PositiveIntegerField(_("quantity"))
    state = models.CharField(_("state"), max_length=8, choices=ReservationState.choices, default=ReservationState.HELD)
    created_at = models.DateTimeField(_("reserved at"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        indexes = [
            models.Index(fields=["level"], name="reservation_held", condition=Q(state="held")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["line_id"], condition=Q(state="held"), name="line_is_reserved_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_is_positive"),
        ]
        triggers = [state_machine("state", RESERVATION_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.quantity} → {self.line_id}"
