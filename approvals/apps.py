"""Django's entry for the `approvals` floor."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _sync_time_rules(sender: AppConfig, **kwargs: Any) -> None:
    from approvals.services import sync_time_rules  # models are not loaded when this module is

    sync_time_rules()


class ApprovalsConfig(AppConfig):
    """See approvals/README.md."""

    name = "approvals"
    verbose_name = _("Approvals")

    def ready(self) -> None:
        """Add declared rules when the last app has migrated, whichever floor declared them; listen to news from the kit."""
        from approvals import receivers  # noqa: F401 (connects its receivers)

        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(_sync_time_rules, sender=last, dispatch_uid="approvals.sync_time_rules")
