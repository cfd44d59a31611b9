"""Django's entry for the `orders` floor."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _sync_declared(sender: AppConfig, **kwargs: Any) -> None:
    from orders.services import sync_couriers  # models are not loaded when this module is
    from orders.services.imports import sync_column_maps

    sync_couriers()
    sync_column_maps()


class OrdersConfig(AppConfig):
    """See orders/README.md."""

    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        """Add declared couriers and column maps after each migrate; listen to news from the stock."""
        from orders import receivers  # noqa: F401 (connects its receivers)

        post_migrate.connect(_sync_declared, sender=self, dispatch_uid="orders.sync_declared")
