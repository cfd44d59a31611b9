"""The kit as a Django app, so that its template tags, checks and start-up hooks are found."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """Closes the registries once every app has registered (config.kit.registry)."""

    name = "config"
    label = "kit"

    def ready(self) -> None:
        """Start-up order does not matter to readers: registries load lazily on first use."""
