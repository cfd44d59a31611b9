"""Django's entry for the `approvals` floor."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _sync_declarations(sender: AppConfig, **kwargs: Any) -> None:
    # Models are not loaded when this module is.
    from approvals.services import sync_content_rules, sync_kinds, sync_time_rules

    sync_time_rules()
    sync_kinds()
    sync_content_rules()


class ApprovalsConfig(AppConfig):
    """See approvals/README.md."""

    name = "approvals"
    verbose_name = _("Approvals")

    def ready(self) -> None:
        """Add declared rules when the last app has migrated; listen to news from the kit; watch every connection."""
        from approvals import receivers  # noqa: F401 (connects its receivers)
        from approvals.services.security import watch_statements

        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(_sync_declarations, sender=last, dispatch_uid="approvals.sync_declarations")
        connection_created.connect(watch_statements, dispatch_uid="approvals.watch_statements")
