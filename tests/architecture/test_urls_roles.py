"""Every address of the house, and which roles it opens for. Whoever changes a role's rights changes this table.

A new address fails `test_table_names_every_address` until it has a row here. The requests are real ones; each is rolled
back, so every role meets the same house.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from config.kit.export import EXPORTS
from config.kit.web import PUBLIC
from stores.models import Employee
from stores.roles import PERMISSIONS_OF_ROLE, STAFF_ROLES
from stores.states import Role
from tests.architecture.house import House, build
from tests.conftest import RoleClient

# django_db too: without a marked test pytest-django makes no database for the fixture below.
pytestmark = [pytest.mark.xdist_group("every address"), pytest.mark.django_db]


def _roles(words: str) -> frozenset[str]:
    return frozenset(words.split())


EVERYBODY = frozenset(map(str, Role))
SALES = _roles("OPS PLAN MKTG CS SELL AFTS OFF FIN MGR SUP")  # read orders, customers, stock
DESK = _roles("OPS CS SELL AFTS MGR")  # hold, cancel, map, reveal, messages
TAKERS = DESK | {"OFF"}  # enter orders, write notes
INTAKE = _roles("OPS SELL MGR")  # import files, mend raw input
IMPORTS = INTAKE | _roles("FIN SUP")
INPUTS = INTAKE | {"SUP"}
BENCH = _roles("WH")
STOCK = SALES | BENCH
BOOKING = _roles("WH OFF MGR")
MOVEMENTS = _roles("OPS WH OFF FIN MGR")
PRODUCTS = STOCK | _roles("ART BIZ")
REFERENCE = _roles("OPS MGR ADMIN")
WATCH = _roles("MGR SUP ADMIN")
MANAGER = _roles("MGR")
SYSTEM = _roles("ADMIN")
READERS = _roles("OPS PLAN ART MKTG BIZ CS FIN MGR SUP")  # listings, pages, the calendar
EDITORS = _roles("OPS PLAN MGR")  # plan, package, take down, proof-read, confirm what is shown
AUTHORS = EDITORS | {"ART"}  # write listings, upload pictures
PAGE_AUTHORS = AUTHORS | {"MKTG"}
PRICES = _roles("OPS FIN MGR")  # set prices, take planned ones back
BOOKERS = EDITORS | {"MKTG"}  # promotion zones
SENDERS = _roles("PLAN MKTG BIZ CS MGR")  # send intakes and notices in
STUDIO = _roles("ART MGR")  # sign pictures off, change layouts
DECIDERS = _roles("OPS PLAN ART CS FIN MGR")  # sign for their department, or decide
OVERSEERS = EDITORS | {"SUP"}  # see every change request, and everything that was sent in
REVIEWERS = _roles("MGR SUP")
RULES = _roles("PLAN MGR")  # content rules; they lead proposals as well
HITS = RULES | {"SUP"}
CARRIERS = _roles("OPS ART MGR")  # carry proposals out
PROPOSALS = OVERSEERS | {"ART"}  # see those of others

EVERY_SHOP = _roles(
    "OPS PLAN ART MKTG BIZ FIN MGR SUP ADMIN"
)  # stores.see_all_shops: the other shop's objects open as well

ONE_SHOP = EVERY_SHOP
OWN_ONLY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """Who may open an address, and what they get.

    `of` names the objects of the House that the address is built of. `beyond`: who may open the other shop's (or
    somebody else's) object too; everybody else gets 404. None: the object belongs to no shop. With `post` (its data)
    the page is asked with POST, else with GET.
    """

    may: frozenset[str]
    of: str = ""
    beyond: frozenset[str] | None = None
    status: int = 200
    post: dict[str, Any] | None = field(default=None, hash=False)


def _act(
    may: frozenset[str], of: str = "", beyond: frozenset[str] | None = None, status: int = 422, **post: Any
) -> Page:
    """A page that takes POST only: it refuses an empty form with 422, or does its work and goes on with 303."""
    return Page(may, of, beyond, status, post)


PAGES: dict[str, Page] = {
    # frame of every page
    "home": Page(EVERYBODY),
    "search": Page(EVERYBODY),
    "profile": Page(EVERYBODY),
    "due_work": Page(EVERYBODY),
    "due_work_count": Page(EVERYBODY),
    # desk
    "orders:desk_panel": Page(SALES),
    "orders:order_list": Page(SALES),
    "orders:order_detail": Page(SALES, "order", ONE_SHOP),
    "orders:order_new": Page(TAKERS),
    "orders:order_new_goods": Page(TAKERS),
    "orders:order_hold": _act(DESK, "order", ONE_SHOP),
    "orders:order_release": _act(DESK, "order", ONE_SHOP),
    "orders:order_cancel": _act(DESK, "order", ONE_SHOP),
    "orders:order_map": _act(DESK, "order", ONE_SHOP, status=303),
    "orders:order_note": _act(TAKERS, "order", ONE_SHOP),
    "orders:order_reveal": _act(DESK, "order", ONE_SHOP),
    "orders:customer_panel": Page(SALES, "customer", ONE_SHOP),
    # files and raw inputs
    "orders:import_list": Page(IMPORTS),
    "orders:import_new": Page(INTAKE),
    "orders:import_detail": Page(IMPORTS, "import", ONE_SHOP),
    "orders:import_begin": _act(INTAKE, "import", ONE_SHOP, status=303),
    "orders:import_rerun": _act(INTAKE, "import", ONE_SHOP, status=303),
    "orders:import_row_list": Page(IMPORTS),
    "orders:import_row": Page(IMPORTS, "row", ONE_SHOP),
    "orders:import_row_correct": _act(INTAKE, "row", ONE_SHOP),
    "orders:import_row_aside": _act(INTAKE, "row", ONE_SHOP),
    "orders:input_list": Page(INPUTS),
    "orders:input_detail": Page(INPUTS, "input", ONE_SHOP),
    "orders:input_reveal": _act(DESK & INPUTS, "input", ONE_SHOP),
    "orders:input_correct": _act(INTAKE, "input", ONE_SHOP),
    "orders:input_replay": _act(INTAKE, "input", ONE_SHOP, status=303),
    "orders:input_aside": _act(INTAKE, "input", ONE_SHOP),
    # bench (the warehouse works for every shop)
    "orders:bench_panel": Page(BENCH),
    "orders:wave_board": Page(BENCH),
    "orders:wave_build": _act(BENCH),
    "orders:wave_detail": Page(BENCH, "wave"),
    "orders:wave_paper": _act(BENCH, "wave", status=200),
    "orders:wave_pick": Page(BENCH, "wave"),
    "orders:wave_pick_scan": _act(BENCH, "wave", status=200),
    "orders:wave_pick_take": _act(BENCH, "wave"),
    "orders:wave_pick_short": _act(BENCH, "wave"),
    "orders:wave_leave": _act(BENCH, "order_in_wave", status=303),
    "orders:pack_start": Page(BENCH),
    "orders:pack_parcel": Page(BENCH, "parcel"),
    "orders:pack_scan": _act(BENCH, "parcel", status=200),
    "orders:pack_notes": _act(BENCH, "parcel", status=200),
    "orders:pack_open_again": _act(BENCH, "packed_parcel"),
    "orders:note_paper": _act(BENCH, "parcel", status=200),
    "orders:handover_board": Page(BENCH),
    "orders:handover_bag": Page(BENCH, "location courier"),
    "orders:handover_scan": _act(BENCH, "location courier", status=200),
    "orders:handover_finish": _act(BENCH, "location courier"),
    "orders:handover_take_out": _act(BENCH, "packed_parcel", status=303),
    "orders:parcel_list": Page(SALES),
    "orders:parcel_detail": Page(SALES, "parcel", ONE_SHOP),
    # customers
    "customers:customer_list": Page(SALES),
    "customers:customer_detail": Page(SALES, "customer", ONE_SHOP),
    "customers:name_reveal": _act(DESK, "customer", ONE_SHOP),
    "customers:identity_reveal": _act(DESK, "customer identity", ONE_SHOP),
    "customers:customer_erase": Page(MANAGER, "customer", ONE_SHOP),
    "customers:message_list": Page(DESK),
    "customers:message_failures": Page(DESK),
    "customers:message_detail": Page(DESK, "message", ONE_SHOP),
    "customers:message_decide": _act(DESK, "message =retry", ONE_SHOP),
    "customers:mailbox": Page(SYSTEM),
    "customers:mailbox_item": Page(SYSTEM, "mailbox_item"),
    # inventory
    "inventory:level_list": Page(STOCK),
    "inventory:level_detail": Page(STOCK, "level", ONE_SHOP),
    "inventory:correct": Page(BOOKING, "level", ONE_SHOP),
    "inventory:set_bin": Page(BOOKING, "level", ONE_SHOP),
    "inventory:movement_list": Page(MOVEMENTS),
    "inventory:variant_panel": Page(STOCK, "variant"),
    "inventory:receive": Page(BOOKING),
    "inventory:receive_scan": _act(BOOKING, status=200),
    # catalog
    "catalog:product_list": Page(PRODUCTS),
    "catalog:product_detail": Page(PRODUCTS, "product"),
    "catalog:product_state": Page(REFERENCE, "product"),
    "catalog:variant_page": Page(PRODUCTS, "variant", status=302),
    "catalog:variant_prices": Page(PRODUCTS, "variant"),
    "catalog:price_list": Page(PRODUCTS),
    "catalog:price_withdraw": Page(PRICES, "price", ONE_SHOP),
    "catalog:variant_picture": Page(PRODUCTS, "variant", status=404),  # it has none
    # pictures
    "catalog:product_photos": Page(PRODUCTS, "product"),
    "catalog:photo_list": Page(PRODUCTS),
    "catalog:photo": Page(PRODUCTS, "photo", status=302),
    "catalog:photo_file": Page(PRODUCTS, "photo =large"),
    "catalog:photo_upload": _act(AUTHORS, "product", role="main"),
    "catalog:photo_move": _act(AUTHORS, "photo", status=303, to="up"),
    "catalog:photo_describe": _act(AUTHORS, "photo", status=303),
    "catalog:photo_refuse": Page(AUTHORS, "photo_sent"),  # one's own; those who sign off refuse everybody's
    "catalog:photo_sign_off": _act(STUDIO, "photo_sent", status=303),
    "catalog:photo_retire": Page(STUDIO, "photo"),
    "catalog:photo_bring_back": _act(STUDIO, "retired", status=303),
    "catalog:shot_list": Page(PRODUCTS),
    "catalog:shot": Page(PRODUCTS, "shot", status=302),
    # listings
    "catalog:listing_list": Page(READERS),
    "catalog:figures": Page(READERS),
    "catalog:listing_new": Page(AUTHORS),
    "catalog:listing": Page(READERS, "listing", ONE_SHOP),
    "catalog:listing_edit": _act(AUTHORS, "listing", ONE_SHOP, status=302),
    "catalog:listing_take_down": Page(EDITORS, "listing", ONE_SHOP),
    "catalog:listing_restore": _act(AUTHORS, "listing version", ONE_SHOP, status=302),
    "catalog:listing_export": Page(READERS),
    "catalog:listing_import": Page(EDITORS),
    "catalog:bulk_job": Page(EDITORS, "dry_run", OWN_ONLY),
    "catalog:bulk_job_apply": _act(EDITORS, "dry_run", OWN_ONLY, status=302),
    "catalog:grid": Page(EDITORS),
    "catalog:grid_preview": _act(EDITORS, status=200),
    "catalog:grid_apply": _act(EDITORS, status=302),
    "catalog:revision": Page(READERS, "revision", ONE_SHOP),
    "catalog:revision_save": _act(AUTHORS, "revision", ONE_SHOP, status=302),
    "catalog:revision_proof": Page(AUTHORS, "revision", ONE_SHOP),
    "catalog:revision_schedule": _act(AUTHORS, "revision", ONE_SHOP, status=302),
    "catalog:revision_submit": _act(AUTHORS, "revision", ONE_SHOP),
    "catalog:revision_discard": _act(AUTHORS, "revision", ONE_SHOP, status=302),
    "catalog:revision_rebase": _act(AUTHORS, "revision", ONE_SHOP, status=302),
    "catalog:revision_rate": _act(AUTHORS, "revision", ONE_SHOP, status=302),
    # what is sent in, packages, plans
    "catalog:source_list": Page(READERS),
    "catalog:source_new": Page(SENDERS),
    "catalog:notice_new": Page(SENDERS),
    "catalog:source": Page(READERS, "source", OVERSEERS),
    "catalog:source_file": Page(READERS, "source_file", OVERSEERS),
    "catalog:source_refuse": Page(EDITORS, "source"),
    "catalog:source_raise": Page(EDITORS, "source"),
    "catalog:source_withdraw": Page(SENDERS, "source", OVERSEERS),
    "catalog:mismatch_list": Page(READERS),
    "catalog:board": Page(EDITORS),
    "catalog:package_list": Page(EDITORS),
    "catalog:package_new": Page(EDITORS),
    "catalog:package": Page(EDITORS, "package"),
    "catalog:package_sources": Page(EDITORS, "package"),
    "catalog:package_source_remove": Page(EDITORS, "package packed_item"),
    "catalog:package_listings": _act(EDITORS, "package"),
    "catalog:package_listing_remove": _act(EDITORS, "package packed_revision", status=303),
    "catalog:package_submit": _act(EDITORS, "package"),
    "catalog:package_close": Page(EDITORS, "package"),
    "catalog:package_undo": Page(EDITORS, "package"),
    "catalog:plan_list": Page(READERS),
    "catalog:plan_line_list": Page(READERS),
    "catalog:plan_new": Page(EDITORS),
    "catalog:plan": Page(READERS, "plan"),
    "catalog:plan_edit": Page(EDITORS, "plan"),
    "catalog:plan_lines": Page(EDITORS, "plan"),
    "catalog:plan_submit": _act(EDITORS, "plan", status=303),
    "catalog:plan_close": Page(EDITORS, "plan"),
    "catalog:plan_survey": Page(READERS, "plan"),
    "catalog:plan_line": Page(READERS, "plan_line", ONE_SHOP, status=302),
    "catalog:plan_line_remove": Page(EDITORS, "plan_line"),
    # out to the shops, and kept right and fresh there
    "catalog:push_list": Page(READERS),
    "catalog:push": Page(READERS, "push", ONE_SHOP),
    "catalog:push_pictures": Page(READERS, "push", ONE_SHOP),
    "catalog:push_confirm": _act(EDITORS, "push", ONE_SHOP),
    "catalog:push_retry": _act(EDITORS, "push", ONE_SHOP, status=303),
    "catalog:push_by_hand": _act(EDITORS, "push", ONE_SHOP, status=303),
    "catalog:push_number": _act(EDITORS, "push", ONE_SHOP, status=303),
    "catalog:refresh_board": Page(READERS),
    "catalog:refresh_task": Page(READERS, "refresh", ONE_SHOP),
    "catalog:refresh_begin": _act(AUTHORS, "refresh", ONE_SHOP, status=303),
    "catalog:refresh_note": _act(AUTHORS, "refresh", ONE_SHOP),
    "catalog:proofread_list": Page(EDITORS),
    "catalog:proofread": Page(EDITORS, "proofread", ONE_SHOP),
    # pages of shops (layouts belong to no shop)
    "stores:shop_boards": Page(READERS),
    "stores:shop_board": Page(READERS, "shop", ONE_SHOP),
    "stores:page_list": Page(READERS),
    "stores:page_new": Page(PAGE_AUTHORS),
    "stores:page": Page(READERS, "page", ONE_SHOP),
    "stores:page_settings": Page(PAGE_AUTHORS, "page", ONE_SHOP),
    "stores:page_take_down": Page(EDITORS, "page", ONE_SHOP),
    "stores:page_begin": _act(PAGE_AUTHORS, "page", ONE_SHOP, status=303),
    "stores:page_restore": _act(PAGE_AUTHORS, "page page_version", ONE_SHOP, status=303),
    "stores:page_pictures": Page(PAGE_AUTHORS, "shop", ONE_SHOP),
    "stores:page_picture": Page(READERS, "page_picture", ONE_SHOP),
    "stores:page_revision": Page(PAGE_AUTHORS, "page_revision", ONE_SHOP),
    "stores:page_revision_preview": _act(PAGE_AUTHORS, "page_revision", ONE_SHOP, status=200),
    "stores:page_revision_proof": Page(PAGE_AUTHORS, "page_revision", ONE_SHOP),
    "stores:page_discard": _act(PAGE_AUTHORS, "page_revision", ONE_SHOP, status=303),
    "stores:page_side_by_side": Page(READERS, "page_revision", ONE_SHOP),
    "stores:product_choices": Page(PAGE_AUTHORS, "page_revision", ONE_SHOP),
    "stores:page_preview": Page(READERS, "page_revision", ONE_SHOP),
    "stores:page_preview_frame": Page(READERS, "page_revision", ONE_SHOP),
    "stores:page_preview_request": Page(READERS, "page_request", ONE_SHOP),
    "stores:page_preview_request_frame": Page(READERS, "page_request", ONE_SHOP),
    "stores:layout_list": Page(READERS),
    "stores:layout_new": Page(STUDIO),
    "stores:layout": Page(READERS, "layout"),
    "stores:layout_begin": _act(STUDIO, "layout", status=303),
    "stores:layout_revision": Page(STUDIO, "layout_revision"),
    "stores:zone_list": Page(READERS),
    "stores:zone_new": Page(BOOKERS),
    "stores:zone": Page(READERS, "zone", ONE_SHOP),
    "stores:zone_settings": Page(BOOKERS, "zone", ONE_SHOP),
    "stores:zone_book": Page(BOOKERS, "zone", ONE_SHOP),
    "stores:booking_move": Page(BOOKERS, "booking", ONE_SHOP),
    "stores:booking_cancel": Page(BOOKERS, "booking", ONE_SHOP),
    "stores:calendar": Page(READERS),
    # proposals: everybody's own; those who decide and carry out see all
    "stores:proposal_list": Page(EVERYBODY),
    "stores:proposal_new": Page(EVERYBODY),
    "stores:proposal_panel": Page(EVERYBODY),
    "stores:proposal": Page(EVERYBODY, "proposal", PROPOSALS),
    "stores:proposal_file": Page(EVERYBODY, "proposal_file", PROPOSALS),
    "stores:proposal_order": Page(EVERYBODY, "proposal_order", PROPOSALS),
    "stores:proposal_revise": Page(EVERYBODY, "proposal", OWN_ONLY),
    "stores:proposal_withdraw": Page(EVERYBODY, "proposal", OWN_ONLY),
    "stores:proposal_discuss": Page(RULES, "proposal"),
    "stores:proposal_send": Page(RULES, "proposal"),
    "stores:proposal_order_new": Page(RULES, "proposal"),
    "stores:proposal_evidence": Page(CARRIERS, "proposal"),
    "stores:proposal_close": Page(CARRIERS, "proposal"),
    # change requests: everybody's own, and what waits for them; overseers see every one
    "approvals:request_list": Page(EVERYBODY),
    "approvals:request_panel": Page(DECIDERS),
    "approvals:request": Page(EVERYBODY, "request", OVERSEERS),
    "approvals:request_stage": Page(EVERYBODY, "stage", OVERSEERS, status=302),
    "approvals:request_proof": Page(EVERYBODY, "request proof", OVERSEERS),
    "approvals:request_approve": _act(DECIDERS, "request", OVERSEERS, status=303),
    "approvals:request_sign": _act(DECIDERS, "request", OVERSEERS, status=303),
    "approvals:request_refuse": _act(DECIDERS, "request", OVERSEERS),
    "approvals:request_pause": _act(DECIDERS, "request", OVERSEERS),
    "approvals:request_resume": _act(DECIDERS, "request", OVERSEERS),  # its clock runs
    "approvals:request_comment": _act(EVERYBODY, "request", OVERSEERS),
    "approvals:request_raise": _act(EVERYBODY, "request", OVERSEERS),
    "approvals:request_withdraw": _act(EVERYBODY, "request", OVERSEERS),
    "approvals:request_lower": _act(MANAGER, "request", OVERSEERS),
    "approvals:request_emergency": _act(MANAGER, "request", OVERSEERS),
    "approvals:request_review": _act(REVIEWERS, "request", OVERSEERS),
    "approvals:clock_wall": Page(REVIEWERS),
    "approvals:stage_rules": Page(MANAGER),
    "approvals:stage_rule_change": Page(MANAGER, "=catalog.listing =general"),
    "approvals:class_rule_switch": Page(MANAGER, "class_rule"),
    "approvals:absences": Page(EVERYBODY),
    "approvals:absence_end": _act(EVERYBODY, "absence", MANAGER, status=303),
    # content rules, and what was tried around the kernel
    "approvals:check_texts": _act(EVERYBODY, status=200),
    "approvals:content_rule_lists": Page(RULES),
    "approvals:content_rule_list": Page(RULES, "content_rules"),
    "approvals:content_rule_list_new": Page(MANAGER),
    "approvals:content_rule_list_switch": Page(RULES, "content_rules"),
    "approvals:content_rule_import": Page(RULES, "content_rules"),
    "approvals:content_rule_export": Page(RULES),
    "approvals:content_rule_new": Page(RULES, "content_rules"),
    "approvals:content_rule_change": Page(RULES, "content_rule"),
    "approvals:content_rule_try": _act(RULES),
    "approvals:format_rule_list": Page(RULES),
    "approvals:format_rule_new": Page(RULES),
    "approvals:format_rule_change": Page(RULES, "format_rule"),
    "approvals:rule_hit_list": Page(HITS),
    "approvals:rule_hit_export": Page(HITS),
    "approvals:security_event_list": Page(WATCH),
    # approvals: one's own clocks, news and work; watchers see every clock, managers move them too
    "approvals:due_work_panel": Page(EVERYBODY),
    "approvals:deadline_list": Page(WATCH),
    "approvals:deadline": Page(EVERYBODY, "deadline", WATCH),
    "approvals:deadline_take": _act(EVERYBODY, "deadline", MANAGER, status=303),
    "approvals:deadline_pause": Page(EVERYBODY, "deadline", MANAGER),
    "approvals:deadline_resume": Page(EVERYBODY, "deadline", MANAGER),
    "approvals:deadline_reassign": Page(EVERYBODY, "deadline", MANAGER),
    "approvals:deadline_cause": Page(EVERYBODY, "deadline", MANAGER),
    "approvals:notice_list": Page(EVERYBODY),
    "approvals:notices_read": _act(EVERYBODY, status=303),
    "approvals:notice_open": Page(EVERYBODY, "notice", OWN_ONLY, status=302),
    "approvals:job_list": Page(EVERYBODY),
    "approvals:job": Page(EVERYBODY, "job", OWN_ONLY),
    "approvals:job_retry": Page(EVERYBODY, "job", OWN_ONLY),
    "approvals:job_file": Page(EVERYBODY, "job", OWN_ONLY, status=303),  # it made no file: back to its page
    "approvals:trail_list": Page(WATCH),
    "approvals:trail_entry": Page(WATCH, "entry", ONE_SHOP),
    "approvals:trail_proof": Page(WATCH),
    "approvals:trail_export": Page(WATCH),
    "approvals:time_rule_list": Page(MANAGER),
    "approvals:time_rule": Page(MANAGER, "rule"),
    "approvals:time_rule_change": Page(MANAGER, "rule"),
    "approvals:system": Page(WATCH),
}

# What opens without a sign-in: url name → (objects, method, status).
OPEN: dict[str, tuple[str, str, int]] = {
    "livez": ("", "get", 200),
    "readyz": ("", "get", 503),  # no sweep has run in a test
    "metrics": ("", "get", 200),  # asked from this machine itself; with a token see the test below
    "set_preference": ("", "post", 400),
    "set_language": ("", "post", 302),
    "demo_sign_in": ("", "post", 404),  # no demo here
    "parcel_track": ("token", "get", 200),
    "stores:storefront": ("shop_code", "get", 200),
    "stores:storefront_page": ("shop_code page_slug", "get", 200),
    "stores:storefront_picture": ("shop_code page_picture", "get", 200),
    "catalog:public_listing": ("shop_code listing", "get", 200),
    "catalog:public_photo": ("listing photo_sha", "get", 200),
    "api_schema": ("", "get", 200),
    "api_docs": ("", "get", 200),
    "api_orders": ("", "post", 401),
    "api_orders_batch": ("", "post", 401),
    "callback_shopify": ("channel_code", "post", 404),  # that door is of another kind
    "callback_woocommerce": ("channel_code", "post", 404),
    "callback_easypost": ("channel_code", "post", 404),
    "callback_kuaidi100": ("channel_code", "post", 401),  # unsigned
}

# Pages of the sign-in library: url name → (arguments, status for a stranger). 302: sent on, mostly to the sign-in page.
SIGN_IN: dict[str, tuple[list[str], int]] = {
    "account_login": ([], 200),
    "account_logout": ([], 302),
    "account_inactive": ([], 200),
    "account_signup": ([], 200),  # says that it is closed
    "account_reauthenticate": ([], 302),
    "account_email": ([], 302),
    "account_email_verification_sent": ([], 200),
    "account_change_password": ([], 302),
    "account_set_password": ([], 302),
    "account_reset_password": ([], 200),
    "account_confirm_login_code": ([], 302),
    "account_confirm_email": (["key"], 200),
    "account_reset_password_from_key_done": ([], 200),
    "account_reset_password_from_key": (["1", "key"], 200),
    "account_reset_password_done": ([], 200),
    "mfa_index": ([], 302),
    "mfa_authenticate": ([], 302),
    "mfa_reauthenticate": ([], 302),
    "mfa_activate_totp": ([], 302),
    "mfa_deactivate_totp": ([], 302),
    "mfa_view_recovery_codes": ([], 302),
    "mfa_generate_recovery_codes": ([], 302),
    "mfa_download_recovery_codes": ([], 302),
}


def _walk(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern.callback
        else:
            yield from _walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)


VIEWS = {name: view for name, view in _walk(get_resolver()) if not name.startswith("admin:")}


@pytest.fixture(scope="module")
def house(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Built once for all roles; every test of this module runs inside its transaction."""
    logging.disable(logging.CRITICAL)  # five thousand requests: their log lines would cost a third of the time
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("house"))
    with files, django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


def _address(name: str, of: str, objects: dict[str, Any]) -> str:
    """`of`: names of objects; a word after = is meant literally."""
    return reverse(name, args=[word[1:] if word.startswith("=") else objects[word] for word in of.split()])


def _ask(client: Client, page: Page, address: str) -> HttpResponse:
    """Ask for it, and put everything back as it was."""
    with transaction.atomic():
        response = client.get(address) if page.post is None else client.post(address, page.post)
        if response.streaming:
            response.getvalue()  # reads it to its end, which closes the file
        transaction.set_rollback(True)
    return response


# --- the table


def test_table_names_every_address() -> None:
    listed = [*PAGES, *OPEN, *SIGN_IN]
    assert (sorted(set(VIEWS) - set(listed)), sorted(set(listed) - set(VIEWS))) == ([], [])
    assert len(listed) == len(set(listed))


def test_table_every_view_says_whom_it_lets_in() -> None:
    """A view without @require or @public would be open to the world without anybody having said so."""
    libraries = ("allauth.", "django.views.i18n", "drf_spectacular.", "orders.api.")
    silent = [
        name
        for name, view in VIEWS.items()
        if not hasattr(view, "required_permission") and not view.__module__.startswith(libraries)
    ]
    assert silent == []
    assert sorted(name for name in PAGES if VIEWS[name].required_permission == PUBLIC) == []


def test_table_agrees_with_the_rights_of_the_roles() -> None:
    """The same table read from the other side: the code that each view asks for, and the roles that have it."""
    differing = {}
    for name, page in PAGES.items():
        key = getattr(VIEWS[name], "export_key", None)
        code = EXPORTS.get(key).permission if key else VIEWS[name].required_permission
        holders = {str(role) for role, codes in PERMISSIONS_OF_ROLE.items() if code is None or code in codes}
        if holders != page.may:
            differing[name] = (code, sorted(holders ^ page.may))
    # Revealing a body needs both rights.
    assert differing == {"orders:input_reveal": ("customers.reveal_personal_data", ["AFTS", "CS"])}


# --- every role on every address


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_role_opens_exactly_its_pages(house: House, role: str) -> None:
    client = RoleClient()
    client.sign_in(house.people[role])
    differing = {}
    for name, page in PAGES.items():
        expected = page.status if role in page.may else 403
        response = _ask(client, page, _address(name, page.of, house.objects_for(role)))
        if response.status_code != expected:
            differing[name] = f"{response.status_code}, expected {expected}"
    assert differing == {}


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_role_finds_nothing_of_another_shop(house: House, role: str) -> None:
    client = RoleClient()
    client.sign_in(house.people[role])
    differing = {}
    for name, page in PAGES.items():
        if page.beyond is None or role not in page.may:
            continue
        expected = page.status if role in page.beyond else 404
        response = _ask(client, page, _address(name, page.of, house.objects_beyond(role)))
        if response.status_code != expected:
            differing[name] = f"{response.status_code}, expected {expected}"
    assert differing == {}


def test_stranger_is_asked_to_sign_in_everywhere(house: House) -> None:
    client, differing = Client(), {}
    for name, page in PAGES.items():
        address = _address(name, page.of, house.objects_for("CS"))
        response = _ask(client, page, address)
        there = response.get("Location", "").partition("?")[0]
        if (response.status_code, there) != (302, reverse("account_login")):
            differing[name] = (response.status_code, there)
    assert differing == {}


# --- what is open


def test_open_addresses_answer_strangers_as_listed(house: House) -> None:
    client, answers = Client(), {}
    for name, (of, method, _status) in OPEN.items():
        response = getattr(client, method)(_address(name, of, house.ours))
        if response.streaming:
            response.getvalue()
        answers[name] = (of, method, response.status_code)
    assert answers == OPEN


def test_signed_link_forged_is_not_found(house: House) -> None:
    forged = f"{house.ours['packed_parcel'] + 1}~{house.ours['token'].partition('~')[2]}"
    assert Client().get(reverse("parcel_track", args=[forged])).status_code == 404


def test_metrics_with_a_token_only_for_its_bearer() -> None:
    with override_settings(METRICS_TOKEN="t0ken"):
        answers = [
            Client().get(reverse("metrics"), headers=headers).status_code
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer t0ken"})
        ]
    assert answers == [403, 403, 200]


def test_api_with_a_wrong_key_is_refused(house: House) -> None:
    answers = {
        name: Client().post(reverse(name), "{}", "application/json", headers={"X-Api-Key": "no.key"}).status_code
        for name in ("api_orders", "api_orders_batch")
    }
    assert answers == {"api_orders": 401, "api_orders_batch": 401}


def test_sign_in_pages_answer_strangers_as_listed(house: House) -> None:
    client = Client()
    answers = {
        name: (args, client.get(reverse(name, args=args)).status_code) for name, (args, _status) in SIGN_IN.items()
    }
    assert answers == SIGN_IN


def test_sign_up_is_closed(house: House) -> None:
    before = Employee.objects.count()
    data = {"username": "newcomer", "password1": "a-long-pass-phrase", "password2": "a-long-pass-phrase"}
    Client().post(reverse("account_signup"), data)
    assert Employee.objects.count() == before


# --- forgery


def test_every_post_of_a_signed_in_person_needs_the_page_it_came_from(house: House) -> None:
    """Cross-site forgery: with a session but without the token of our own page nothing is done."""
    client = RoleClient(enforce_csrf_checks=True)
    client.sign_in(house.people["MGR"])
    answers = {
        name: client.post(_address(name, page.of, house.objects_for("MGR")), page.post or {}).status_code
        for name, page in PAGES.items()
    }
    assert {name: status for name, status in answers.items() if status != 403} == {}


# --- the admin


def test_admin_opens_for_staff_roles_only(house: House) -> None:
    answers = {}
    for role, person in house.people.items():
        client = RoleClient()
        client.sign_in(person)
        answers[role] = client.get(reverse("admin:index")).status_code
    assert answers == {role: 200 if role in STAFF_ROLES else 302 for role in EVERYBODY}


def test_admin_sends_strangers_to_the_house_s_sign_in(house: House) -> None:
    names = [
        name for name, _view in _walk(get_resolver()) if name.startswith("admin:") and name.endswith("_changelist")
    ]
    client = Client()
    there = {name: client.get(reverse(name)).get("Location", "").partition("?")[0] for name in names}
    assert len(names) > 10
    assert {
        name: to for name, to in there.items() if to not in (reverse("admin:login"), reverse("account_login"))
    } == {}
