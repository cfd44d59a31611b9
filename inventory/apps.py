"""Django's entry for the `inventory` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InventoryConfig(AppConfig):
    """See inventory/README.md."""

    name = "inventory"
    verbose_name = _("Inventory")
