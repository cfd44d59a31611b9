"""The company's public reads."""

from stores.selectors.accounts import demo_employee, demo_sign_ins
from stores.selectors.channels import channel_keys, channel_secrets
from stores.selectors.people import department_names, escalation_targets, role_label, shop_names, visible_shop_ids
from stores.selectors.views import saved_views

__all__ = [
    "channel_keys",
    "channel_secrets",
    "demo_employee",
    "demo_sign_ins",
    "department_names",
    "escalation_targets",
    "role_label",
    "saved_views",
    "shop_names",
    "visible_shop_ids",
]
