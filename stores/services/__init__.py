"""The company's public verbs."""

from stores.services.keys import issue_api_key, revoke_api_key
from stores.services.layouts import begin_layout_revision, create_layout, save_layout_revision, submit_layout
from stores.services.page_pictures import add_page_picture
from stores.services.pages import (
    begin_page_revision,
    change_page,
    create_page,
    discard_page_revision,
    end_pages,
    restore_page_snapshot,
    save_page_revision,
    submit_page,
    take_down_page,
)
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
from stores.services.signs import check_signs, confirm_pages
from stores.services.views import delete_view, save_view
from stores.services.zones import (
    book_zone,
    cancel_booking,
    change_zone,
    create_zone,
    move_booking,
    refresh_zones,
    swap_zones,
)

__all__ = [
    "Upload",
    "add_page_picture",
    "add_proposal_evidence",
    "add_proposal_order",
    "begin_layout_revision",
    "begin_page_revision",
    "book_zone",
    "cancel_booking",
    "change_page",
    "change_platform_state",
    "change_zone",
    "check_signs",
    "choose_language",
    "close_proposal",
    "confirm_pages",
    "create_layout",
    "create_page",
    "create_zone",
    "delete_view",
    "discard_page_revision",
    "discuss_proposal",
    "end_pages",
    "file_proposal",
    "finish_proposal_order",
    "invite_employee",
    "issue_api_key",
    "move_booking",
    "refresh_zones",
    "remove_second_factor",
    "restore_page_snapshot",
    "revise_proposal",
    "revoke_api_key",
    "save_layout_revision",
    "save_page_revision",
    "save_view",
    "send_to_management",
    "submit_layout",
    "submit_page",
    "swap_zones",
    "sync_employee_rights",
    "sync_rights_of_the_day",
    "sync_roles",
    "take_down_page",
    "unlock_sign_in",
    "withdraw_proposal",
]
