"""The company's public verbs."""

from stores.services.keys import issue_api_key, revoke_api_key
from stores.services.people import choose_language, invite_employee, remove_second_factor, unlock_sign_in
from stores.services.platforms import change_platform_state
from stores.services.roles import sync_employee_rights, sync_rights_of_the_day, sync_roles
from stores.services.views import delete_view, save_view

__all__ = [
    "change_platform_state",
    "choose_language",
    "delete_view",
    "invite_employee",
    "issue_api_key",
    "remove_second_factor",
    "revoke_api_key",
    "save_view",
    "sync_employee_rights",
    "sync_rights_of_the_day",
    "sync_roles",
    "unlock_sign_in",
]
