"""Django's entry for the `stores` floor."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _sync_roles(sender: AppConfig, **kwargs: Any) -> None:
    from stores.services import sync_roles  # models are not loaded when this module is

    sync_roles()


class StoresConfig(AppConfig):
    """See stores/README.md."""

    name = "stores"
    verbose_name = _("Shops and people")

    def ready(self) -> None:
        """Make the role groups when the last app has migrated: only then do the permissions of every app exist."""
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(_sync_roles, sender=last, dispatch_uid="stores.sync_roles")
