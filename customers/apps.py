"""Django's entry for the `customers` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    """See customers/README.md."""

    name = "customers"
    verbose_name = _("Customers")
