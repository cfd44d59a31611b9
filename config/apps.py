"""The kit as a Django app, so that its template tags, checks and start-up hooks are found."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """See config/kit/README.md."""

    name = "config"
    label = "kit"

    def ready(self) -> None:
        """Make the Celery app the current one, so that a web process that nudges a sweep asks our broker."""
        from config import celery  # noqa: F401
