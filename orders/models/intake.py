"""What came in, as it came in: kept before anything is done with it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.kit.guards import state_machine
from orders.states import IMPORT_TRANSITIONS, INPUT_TRANSITIONS, ImportState, InputState, OrderMode


class RawInput(models.Model):
    """One call of a door. `key` deduplicates within a source (idempotency key, webhook id, body hash)."""

    source = models.SlugField(_("source"), max_length=24)
    shop = models.ForeignKey(
        "stores.Shop", models.PROTECT, null=True, db_column="store_id", related_name="+", verbose_name=_("shop")
    )
    key = models.CharField(_("key"), max_length=190)
    topic = models.CharField(_("topic"), max_length=64, blank=True)
    body = models.BinaryField(_("body"))
    body_hash = models.CharField(_("body hash"), max_length=64)
    headers = models.JSONField(_("headers"), default=dict)
    corrected = models.BinaryField(_("corrected body"), null=True)
    state = models.CharField(_("state"), max_length=12, choices=InputState.choices, default=InputState.PENDING)
    problem = models.TextField(_("problem"), blank=True)
    problem_field = models.CharField(_("field"), max_length=120, blank=True)
    result = models.JSONField(_("result"), default=dict)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    received_at = models.DateTimeField(_("received"))
    next_at = models.DateTimeField(_("next attempt"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("raw input")
        verbose_name_plural = _("raw inputs")
        indexes = [
            models.Index(fields=["next_at", "id"], name="raw_input_waiting", condition=Q(state="pending")),
            models.Index(fields=["-id"], name="raw_input_quarantined", condition=Q(state="quarantined")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "shop", "key"], name="raw_input_once", nulls_distinct=False)
        ]
        triggers = [state_machine("state", INPUT_TRANSITIONS)]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class ColumnMap(models.Model):
    """How a file's columns become an order's fields: data, so that a new platform needs no code (ORD-14).

    `columns` maps our field → list of accepted header names; `rules` holds the few things that are not a column (date
    formats, how a cancellation is marked, the default currency). See orders/README.md.
    """

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    columns = models.JSONField(_("columns"))
    rules = models.JSONField(_("rules"), default=dict, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("column map")
        verbose_name_plural = _("column maps")

    def __str__(self) -> str:
        return self.name


def import_file_path(run: ImportRun, filename: str) -> str:
    """Where an uploaded order file lies below MEDIA_ROOT, named by its hash."""
    return f"imports/{run.sha256[:2]}/{run.sha256}"


class ImportRun(models.Model):
    """One order file. The bytes are kept; `dry_run` reads and checks without making orders."""

    shop = models.ForeignKey(
        "stores.Shop", models.PROTECT, db_column="store_id", related_name="imports", verbose_name=_("shop")
    )
    column_map = models.ForeignKey(ColumnMap, models.PROTECT, related_name="runs", verbose_name=_("column map"))
    file = models.FileField(_("file"), upload_to=import_file_path, max_length=200)
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size_bytes = models.PositiveBigIntegerField(_("size (bytes)"))
    encoding = models.CharField(_("encoding"), max_length=16, blank=True)
    header = models.JSONField(_("recognised columns"), default=list)
    mode = models.CharField(_("mode"), max_length=8, choices=OrderMode.choices, default=OrderMode.LIVE)
    makes_drafts = models.BooleanField(_("unknown codes become draft products"), default=False)
    is_dry_run = models.BooleanField(_("check only"), default=True)
    state = models.CharField(_("state"), max_length=8, choices=ImportState.choices, default=ImportState.READING)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    order_line_count = models.PositiveIntegerField(_("order lines"), default=0)
    cancellation_line_count = models.PositiveIntegerField(_("cancellation lines"), default=0)
    quarantined_count = models.PositiveIntegerField(_("quarantined rows"), default=0)
    order_count = models.PositiveIntegerField(_("orders"), default=0)
    duplicate_count = models.PositiveIntegerField(_("orders that were here already"), default=0)
    error = models.TextField(_("error"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("requested by")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"))
    next_at = models.DateTimeField(_("next attempt"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(
                fields=["next_at", "id"], name="import_waiting", condition=Q(state__in=("reading", "running"))
            ),
            models.Index(fields=["sha256"], name="import_by_hash"),
        ]
        triggers = [state_machine("state", IMPORT_TRANSITIONS)]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row of a file: pending until it is an order line, a cancellation line, or quarantined with a reason."""

    run = models.ForeignKey(ImportRun, models.CASCADE, db_index=False, related_name="rows", verbose_name=_("import"))
    row_number = models.PositiveIntegerField(_("row"))
    group_key = models.CharField(_("order number"), max_length=120)
    cells = models.JSONField(_("cells"))
    corrected = models.JSONField(_("corrected cells"), null=True)
    state = models.CharField(_("state"), max_length=12, choices=InputState.choices, default=InputState.PENDING)
    problem = models.TextField(_("problem"), blank=True, db_default="")
    problem_field = models.CharField(_("column"), max_length=120, blank=True, db_default="")
    order_line_id = models.BigIntegerField(_("order line"), null=True)
    cancellation_line_id = models.BigIntegerField(_("cancellation line"), null=True)

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        indexes = [
            models.Index(
                fields=["run", "group_key", "row_number"], name="import_row_pending", condition=Q(state="pending")
            ),
            models.Index(fields=["run", "row_number"], name="import_row_quarantined", condition=Q(state="quarantined")),
        ]
        constraints = [models.UniqueConstraint(fields=["run", "row_number"], name="import_row_once")]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.row_number}"
