"""Django's entry for the `catalog` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """See catalog/README.md."""

    name = "catalog"
    verbose_name = _("Catalog")
