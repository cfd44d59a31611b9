"""Django's entry for the `marketing` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MarketingConfig(AppConfig):
    """See marketing/README.md."""

    name = "marketing"
    verbose_name = _("Marketing")
