"""Django's entry for the `catalog` floor."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _sync_blocks(sender: AppConfig, **kwargs: Any) -> None:
    from catalog.services.blocks import sync_blocks  # models are not loaded when this module is

    sync_blocks()


class CatalogConfig(AppConfig):
    """See catalog/README.md."""

    name = "catalog"
    verbose_name = _("Catalog")

    def ready(self) -> None:
        """Add the blocks of descriptions that we ship, where there are none."""
        post_migrate.connect(_sync_blocks, sender=self, dispatch_uid="catalog.sync_blocks")
