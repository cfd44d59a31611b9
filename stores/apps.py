"""Django's entry for the `stores` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StoresConfig(AppConfig):
    """See stores/README.md."""

    name = "stores"
    verbose_name = _("Stores")
