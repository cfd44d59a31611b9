"""Django's entry for the `approvals` floor."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    """See approvals/README.md."""

    name = "approvals"
    verbose_name = _("Approvals")
