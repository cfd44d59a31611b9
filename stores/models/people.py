"""Employees, departments and positions."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from stores.states import Role


class Department(models.Model):
    """A department with its head and the head's deputy: rungs of every escalation ladder."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    head = models.ForeignKey(
        "stores.Employee", models.SET_NULL, null=True, blank=True, related_name="heads", verbose_name=_("head")
    )
    deputy = models.ForeignKey(
        "stores.Employee", models.SET_NULL, null=True, blank=True, related_name="deputises", verbose_name=_("deputy")
    )

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return self.name


class Employee(AbstractUser):
    """Someone who works here and signs in. Rights come from the groups of their positions' roles (stores/roles.py)."""

    first_name = None  # type: ignore[assignment]  # one name, as Chinese names are written
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(_("name"), max_length=80)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="employees", verbose_name=_("department")
    )
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    phone = models.CharField(_("phone"), max_length=32, blank=True)

    REQUIRED_FIELDS = ["email", "display_name"]

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        constraints = [models.UniqueConstraint(Lower("username"), name="username_is_unique_whatever_its_case")]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """The name that screens and the trail show."""
        return str(self)

    def get_short_name(self) -> str:
        """The same: Chinese names have no short form."""
        return str(self)


class Position(models.Model):
    """A position with the role that gives its rights."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    department = models.ForeignKey(Department, models.PROTECT, related_name="positions", verbose_name=_("department"))
    role = models.CharField(_("role"), max_length=8, choices=Role.choices)

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")

    def __str__(self) -> str:
        return self.name


class Employment(models.Model):
    """Who holds which position, from when to when."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="employments", verbose_name=_("employee"))
    position = models.ForeignKey(Position, models.PROTECT, related_name="employments", verbose_name=_("position"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="employment_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["employee", "position"], condition=models.Q(ends_on__isnull=True), name="position_held_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee} · {self.position}"
