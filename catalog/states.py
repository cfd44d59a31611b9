"""Enums of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductState(models.TextChoices):
    """A product is entered as a draft, sold while active, kept when archived."""

    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    ARCHIVED = "archived", _("archived")


PRODUCT_TRANSITIONS: dict[str, frozenset[str]] = {
    ProductState.DRAFT: frozenset({ProductState.ACTIVE, ProductState.ARCHIVED}),
    ProductState.ACTIVE: frozenset({ProductState.ARCHIVED}),
    ProductState.ARCHIVED: frozenset({ProductState.ACTIVE}),
}
