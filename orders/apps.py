"""Django's entry for the `orders` floor."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _sync_couriers(sender: AppConfig, **kwargs: Any) -> None:
    from orders.services import sync_couriers  # models are not loaded when this module is

    sync_couriers()


class OrdersConfig(AppConfig):
    """See orders/README.md."""

    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        """Add declared couriers after each migrate."""
        post_migrate.connect(_sync_couriers, sender=self, dispatch_uid="orders.sync_couriers")
