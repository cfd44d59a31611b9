"""The company's public verbs."""

from stores.services.keys import issue_api_key, revoke_api_key
from stores.services.people import choose_language, invite_employee, remove_second_factor, unlock_sign_in
from stores.services.platforms import change_platform_state
from stores.services.proposals import (
    Upload,
    add_proposal_evidence,
    add_proposal_order,
    close_proposal,
    discuss_proposal,
    file_proposal,
    finish_proposal_order,
    revise_proposal,
    send_to_management,
    withdraw_proposal,
)
from stores.services.roles import sync_employee_rights, sync_rights_of_the_day, sync_roles
from stores.services.views import delete_view, save_view

__all__ = [
    "Upload",
    "add_proposal_evidence",
    "add_proposal_order",
    "change_platform_state",
    "choose_language",
    "close_proposal",
    "delete_view",
    "discuss_proposal",
    "file_proposal",
    "finish_proposal_order",
    "invite_employee",
    "issue_api_key",
    "remove_second_factor",
    "revise_proposal",
    "revoke_api_key",
    "save_view",
    "send_to_management",
    "sync_employee_rights",
    "sync_rights_of_the_day",
    "sync_roles",
    "unlock_sign_in",
    "withdraw_proposal",
]
