"""Django's entry for the `orders` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """See orders/README.md."""

    name = "orders"
    verbose_name = _("Orders")
