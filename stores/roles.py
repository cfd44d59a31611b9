"""One table of roles and rights. Groups are made from it after every migrate; nothing else gives a right."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from stores.states import Role

_EVERYBODY = ("approvals.view_own_due_work", "stores.file_proposal")
_LISTINGS = ("catalog.view_listing", "stores.view_page", "stores.view_calendar")
_AUTHOR = (*_LISTINGS, "catalog.edit_listing", "stores.edit_page", "catalog.upload_photo")
_EDITOR = (
    *_AUTHOR,
    "catalog.plan_listings",
    "catalog.take_down_listing",
    "catalog.proofread_listing",
    "catalog.confirm_display",
    "stores.book_zone",
    "stores.take_down_page",
)
_SIGNS = ("approvals.decide_request",)
_CONTENT_RULES = (
    "approvals.view_contentrulelist",
    "approvals.change_contentrulelist",
    "approvals.view_contentrule",
    "approvals.add_contentrule",
    "approvals.change_contentrule",
    "approvals.view_formatrule",
    "approvals.add_formatrule",
    "approvals.change_formatrule",
    "approvals.view_rulehit",
)
_CATALOGUE_REFERENCE = tuple(
    f"catalog.{verb}_{model}"
    for model in ("attributedefinition", "descriptionblock", "photorule", "styleexample")
    for verb in ("view", "add", "change", "delete")
)
_READ_SALES = ("orders.view_order", "customers.view_customer", "catalog.view_product", "inventory.view_stocklevel")
_ORDER_DESK = (
    *_READ_SALES,
    "orders.take_order",
    "orders.hold_order",
    "orders.cancel_order",
    "orders.note_order",
    "customers.reveal_personal_data",
    "customers.view_message",
    "customers.retry_message",
)
_INTAKE = ("orders.import_orders", "orders.replay_input", "orders.view_rawinput", "orders.view_importrun")
_BENCH = (
    "catalog.view_product",
    "inventory.view_stocklevel",
    "orders.pick_order",
    "orders.build_wave",
    "orders.hand_over_parcel",
    "orders.print_paper",
)
_STOCK = ("inventory.receive_stock", "inventory.correct_stock", "inventory.view_stockmovement")
_REFERENCE_DATA = (
    "stores.view_shop",
    "stores.change_shop",
    "stores.view_platform",
    "stores.add_platform",
    "stores.change_platform",
    "stores.view_channel",
    "stores.add_channel",
    "stores.change_channel",
    "catalog.add_category",
    "catalog.view_category",
    "catalog.change_category",
    "catalog.add_product",
    "catalog.change_product",
    "catalog.add_variant",
    "catalog.view_variant",
    "catalog.change_variant",
    "catalog.add_sellercode",
    "catalog.view_sellercode",
    "catalog.change_sellercode",
    "inventory.add_location",
    "inventory.view_location",
    "inventory.change_location",
    "orders.view_columnmap",
    "orders.add_columnmap",
    "orders.change_columnmap",
    "orders.view_courier",
    "orders.change_courier",
)
_WATCH = (
    "approvals.view_trailentry",
    "approvals.view_deadline",
    "approvals.view_heartbeat",
    "approvals.view_securityevent",
    "stores.see_all_shops",
)
_OVERSIGHT = ("approvals.view_changerequest", "approvals.view_clock_wall")

PERMISSIONS_OF_ROLE: dict[str, tuple[str, ...]] = {
    Role.OPS: (
        *_EVERYBODY,
        *_ORDER_DESK,
        *_INTAKE,
        *_REFERENCE_DATA,
        *_CATALOGUE_REFERENCE,
        *_EDITOR,
        *_SIGNS,
        "catalog.set_price",
        "approvals.view_changerequest",
        "stores.carry_out_proposal",
        "stores.see_all_shops",
        "inventory.view_stockmovement",
    ),
    Role.PLAN: (
        *_EVERYBODY,
        *_READ_SALES,
        *_EDITOR,
        *_SIGNS,
        *_CONTENT_RULES,
        "catalog.send_source",
        "approvals.view_changerequest",
        "stores.discuss_proposal",
        "stores.see_all_shops",
    ),
    Role.ART: (
        *_EVERYBODY,
        *_AUTHOR,
        *_SIGNS,
        "catalog.view_product",
        "catalog.sign_off_photo",
        "stores.edit_layout",
        "stores.carry_out_proposal",
        "stores.see_all_shops",
    ),
    Role.MKTG: (
        *_EVERYBODY,
        *_READ_SALES,
        *_LISTINGS,
        "catalog.send_source",
        "stores.edit_page",
        "stores.book_zone",
        "stores.see_all_shops",
    ),
    Role.BIZ: (*_EVERYBODY, *_LISTINGS, "catalog.view_product", "catalog.send_source", "stores.see_all_shops"),
    Role.CS: (*_EVERYBODY, *_ORDER_DESK, *_LISTINGS, *_SIGNS, "catalog.send_source"),
    Role.SELL: (*_EVERYBODY, *_ORDER_DESK, *_INTAKE),
    Role.AFTS: (*_EVERYBODY, *_ORDER_DESK),
    Role.WH: (*_EVERYBODY, *_BENCH, *_STOCK, "inventory.book_in_warehouses"),
    Role.OFF: (*_EVERYBODY, *_READ_SALES, *_STOCK, "orders.take_order", "orders.note_order"),
    Role.FIN: (
        *_EVERYBODY,
        *_READ_SALES,
        *_LISTINGS,
        *_SIGNS,
        "catalog.set_price",
        "inventory.view_stockmovement",
        "orders.view_importrun",
        "stores.see_all_shops",
    ),
    Role.MGR: (
        *_EVERYBODY,
        *_ORDER_DESK,
        *_INTAKE,
        *_REFERENCE_DATA,
        *_STOCK,
        *_CATALOGUE_REFERENCE,
        *_EDITOR,
        *_SIGNS,
        *_CONTENT_RULES,
        *_OVERSIGHT,
        "catalog.set_price",
        "catalog.sign_off_photo",
        "catalog.send_source",
        "stores.edit_layout",
        "stores.discuss_proposal",
        "stores.carry_out_proposal",
        "stores.view_customergroup",
        "stores.add_customergroup",
        "stores.change_customergroup",
        "approvals.lower_importance",
        "approvals.publish_in_emergency",
        "approvals.review_emergency",
        "approvals.view_classrule",
        "approvals.add_classrule",
        "approvals.change_classrule",
        "approvals.view_stagerule",
        "approvals.add_stagerule",
        "approvals.change_stagerule",
        "approvals.delete_stagerule",
        "approvals.add_contentrulelist",
        "inventory.book_in_warehouses",
        *_WATCH,
        "customers.see_personal_data",
        "customers.erase_customer",
        "approvals.change_deadline",
        "approvals.view_timerule",
        "approvals.change_timerule",
        "approvals.view_workcalendar",
        "approvals.change_workcalendar",
        "approvals.add_calendarday",
        "approvals.view_calendarday",
        "approvals.change_calendarday",
        "approvals.delete_calendarday",
        "stores.add_shop",
        "stores.view_employee",
        "stores.view_department",
        "stores.change_department",
        "stores.view_position",
        "stores.view_employment",
    ),
    Role.SUP: (
        *_EVERYBODY,
        *_READ_SALES,
        *_LISTINGS,
        *_WATCH,
        *_OVERSIGHT,
        "approvals.view_rulehit",
        "approvals.review_emergency",
        "orders.view_rawinput",
        "orders.view_importrun",
    ),
    Role.ADMIN: (
        "stores.add_shop",
        *_EVERYBODY,
        *_REFERENCE_DATA,
        *_WATCH,
        "customers.view_mailboxitem",
        "stores.view_employee",
        "stores.add_employee",
        "stores.change_employee",
        "stores.view_department",
        "stores.add_department",
        "stores.change_department",
        "stores.view_position",
        "stores.add_position",
        "stores.change_position",
        "stores.view_employment",
        "stores.add_employment",
        "stores.change_employment",
        "stores.view_shopmember",
        "stores.add_shopmember",
        "stores.delete_shopmember",
        "stores.view_shopapikey",
        "stores.add_shopapikey",
        "stores.change_shopapikey",
    ),
}
# Roles whose people open Django's admin: reference data and accounts.
STAFF_ROLES = frozenset({Role.OPS, Role.MGR, Role.ADMIN})


def must_use_second_factor(user: Any) -> bool:
    """Whether one of the user's roles is among settings.MFA_REQUIRED_ROLES."""
    required = set(settings.MFA_REQUIRED_ROLES)
    return bool(required) and user.groups.filter(name__in=required).exists()
