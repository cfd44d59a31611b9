"""The company's public reads."""

from stores.selectors.accounts import demo_employee, demo_sign_ins
from stores.selectors.channels import channel_secrets
from stores.selectors.views import saved_views

__all__ = ["channel_secrets", "demo_employee", "demo_sign_ins", "saved_views"]
