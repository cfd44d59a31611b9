"""The admin is for reference data: nothing in it adds, deletes or edits what only services may change."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, models
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.models import CalendarDay, WorkCalendar
from catalog.models import AttributeDefinition, DescriptionBlock, PhotoRule, StyleExample
from config.kit.backoffice import OperationsAdmin
from orders.models import ColumnMap, Courier
from stores.models import Employee, Employment, ShopApiKey, ShopMember
from tests.conftest import RoleClient
from tests.factories.catalog import CategoryFactory, SellerCodeFactory, VariantFactory
from tests.factories.customers import MessageFactory
from tests.factories.inventory import LocationFactory
from tests.factories.listings import CustomerGroupFactory
from tests.factories.stores import (
    ChannelFactory,
    DepartmentFactory,
    EmployeeFactory,
    PlatformFactory,
    PositionFactory,
    ShopFactory,
)

MAY_BE_ADDED = {
    "approvals.calendarday", "catalog.attributedefinition", "catalog.category", "catalog.descriptionblock",
    "catalog.photorule", "catalog.product", "catalog.sellercode", "catalog.styleexample", "catalog.variant",
    "inventory.location", "orders.columnmap", "stores.channel", "stores.customergroup", "stores.department",
    "stores.employee",
    "stores.employment", "stores.platform", "stores.position", "stores.shop", "stores.shopapikey", "stores.shopmember",
}  # fmt: skip
MAY_BE_DELETED = {"approvals.calendarday", "catalog.photorule", "catalog.styleexample", "stores.shopmember"}
MAY_NOT_BE_CHANGED = {"customers.message", "stores.shopapikey", "stores.shopmember"}
# Fields that sound like status, stock or money and are none, or are typed once when the row is made.
TYPED_ONCE = {"catalog.variant": {"price"}}

_GUARDED = re.compile(r"(.*_)?(state|status|stock|on_hand|reserved|quantity|amount|price|total|balance|cost)(_.*)?")


def _code(model: type[models.Model]) -> str:
    return model._meta.label_lower


PAGES = {_code(model): page for model, page in admin.site._registry.items()}


@pytest.fixture
def request_of_superuser(db: None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = EmployeeFactory(is_superuser=True, is_staff=True)
    return request


def test_admin_pages_all_stand_on_the_house_base() -> None:
    assert [code for code, page in PAGES.items() if not isinstance(page, OperationsAdmin)] == []


def test_admin_adds_changes_and_deletes_only_what_is_listed(request_of_superuser: HttpRequest) -> None:
    def having(allowed: Callable[[Any], bool]) -> set[str]:
        return {code for code, page in PAGES.items() if allowed(page)}

    assert having(lambda page: page.has_add_permission(request_of_superuser)) == MAY_BE_ADDED
    assert having(lambda page: page.has_delete_permission(request_of_superuser)) == MAY_BE_DELETED
    assert having(lambda page: not page.has_change_permission(request_of_superuser)) == MAY_NOT_BE_CHANGED


def test_admin_has_no_bulk_deletion(request_of_superuser: HttpRequest) -> None:
    assert [code for code, page in PAGES.items() if "delete_selected" in page.get_actions(request_of_superuser)] == []


@pytest.mark.parametrize("code", sorted(PAGES))
def test_admin_form_leaves_status_stock_and_money_alone(code: str, request_of_superuser: HttpRequest) -> None:
    page = PAGES[code]
    rows = {"change": page.model(pk=0), "add": None}
    guarded = {}
    for kind, row in rows.items():
        form = page.get_form(request_of_superuser, row, change=row is not None)
        guarded[kind] = {name for name in form.base_fields if _GUARDED.fullmatch(name)}
    assert guarded == {"change": set(), "add": TYPED_ONCE.get(code, set())}


@pytest.mark.parametrize("code", sorted(PAGES))
def test_admin_inline_leaves_status_stock_and_money_alone(code: str, request_of_superuser: HttpRequest) -> None:
    page = PAGES[code]
    row = page.model(pk=0)
    guarded = {}
    for inline in page.get_inline_instances(request_of_superuser, row):
        fields = set(inline.get_formset(request_of_superuser, row).form.base_fields)
        if not inline.has_change_permission(request_of_superuser, row):  # new rows only
            fields -= TYPED_ONCE.get(_code(inline.model), set())
        if found := {name for name in fields if _GUARDED.fullmatch(name)}:
            guarded[_code(inline.model)] = found
    assert guarded == {}


def test_admin_lists_read_relations_with_the_rows() -> None:
    assert [code for code, page in PAGES.items() if page.list_select_related is False] == []


# --- every list and every page of reference data opens, at the price of one


def _employment(number: int) -> Employment:
    position = PositionFactory(code=f"e{number}", department=DepartmentFactory(code=f"d{number}"))
    return Employment.objects.create(employee=EmployeeFactory(), position=position, starts_on=date(2020, 1, 1))


def _key(number: int) -> None:
    key, _secret = ShopApiKey.objects.create_key(name=f"key {number}", shop=ShopFactory())
    assert key.pk


# code → (who opens it, what makes one row more, with relations of its own).
ROWS: dict[str, tuple[str, Callable[[int], Any]]] = {
    "approvals.workcalendar": ("MGR", lambda n: WorkCalendar.objects.create(code=f"c{n}", name=f"Calendar {n}")),
    "approvals.calendarday": (
        "MGR",
        lambda n: CalendarDay.objects.create(
            calendar=WorkCalendar.objects.create(code=f"c{n}", name=f"C {n}"), on=date(2026, 1, n + 1), is_working=False
        ),
    ),
    "catalog.attributedefinition": (
        "OPS",
        lambda n: AttributeDefinition.objects.create(category=CategoryFactory(code=f"c{n}"), code=f"a{n}", name="Lid"),
    ),
    "catalog.descriptionblock": (
        "OPS",
        lambda n: DescriptionBlock.objects.create(code=f"block{n}", name=f"Block {n}", position=90 + n),
    ),
    "catalog.photorule": (
        "OPS",
        lambda n: PhotoRule.objects.create(
            platform=PlatformFactory(code=f"p{n}"), category=CategoryFactory(code=f"c{n}"), role="main"
        ),
    ),
    "catalog.styleexample": (
        "OPS",
        lambda n: StyleExample.objects.create(category=CategoryFactory(code=f"c{n}"), style="lively", text="Warm"),
    ),
    "catalog.category": ("OPS", lambda n: CategoryFactory(code=f"cat{n}", parent=CategoryFactory(code=f"top{n}"))),
    "catalog.product": ("OPS", lambda n: VariantFactory(product__category=CategoryFactory(code=f"cat{n}"))),
    "catalog.variant": ("OPS", lambda n: VariantFactory()),
    "catalog.sellercode": ("OPS", lambda n: SellerCodeFactory()),
    "customers.message": ("", lambda n: MessageFactory()),
    "inventory.location": ("OPS", lambda n: LocationFactory(code=f"w{n}")),
    "orders.columnmap": ("OPS", lambda n: ColumnMap.objects.create(code=f"map{n}", name=f"Map {n}", columns={})),
    "orders.courier": ("OPS", lambda n: Courier.objects.create(code=f"courier{n}", name=f"Courier {n}")),
    "stores.channel": ("OPS", lambda n: ChannelFactory()),
    "stores.customergroup": ("MGR", lambda n: CustomerGroupFactory(code=f"group{n}")),
    "stores.department": ("ADMIN", lambda n: DepartmentFactory(code=f"d{n}")),
    "stores.employee": ("ADMIN", lambda n: EmployeeFactory(department=DepartmentFactory(code=f"d{n}"))),
    "stores.employment": ("ADMIN", _employment),
    "stores.platform": ("OPS", lambda n: PlatformFactory(code=f"p{n}")),
    "stores.position": ("ADMIN", lambda n: PositionFactory(code=f"p{n}", department=DepartmentFactory(code=f"d{n}"))),
    "stores.shop": (
        "OPS",
        lambda n: ShopFactory(platform=PlatformFactory(code=f"p{n}"), main_shop=ShopFactory(code=f"main{n}")),
    ),
    "stores.shopapikey": ("ADMIN", _key),
    "stores.shopmember": ("ADMIN", lambda n: ShopMember.objects.create(employee=EmployeeFactory(), shop=ShopFactory())),
}


def test_rows_are_made_for_every_page() -> None:
    assert sorted(ROWS) == sorted(PAGES)


@pytest.fixture
def reader(db: None) -> Callable[[str], RoleClient]:
    """Someone of the role; where no role opens the page, someone with every right."""

    def make(role: str) -> RoleClient:
        client = RoleClient()
        person: Employee = EmployeeFactory(roles=[role]) if role else EmployeeFactory(is_staff=True, is_superuser=True)
        client.sign_in(person)
        return client

    return make


@pytest.mark.parametrize("code", sorted(ROWS))
def test_admin_list_costs_the_same_for_one_row_and_for_three(code: str, reader: Callable[[str], RoleClient]) -> None:
    role, make = ROWS[code]
    client, address = reader(role), reverse(f"admin:{code.replace('.', '_')}_changelist")
    make(0)
    assert client.get(address).status_code == 200  # fills the caches of content types
    costs = []
    for more in ((), (1, 2)):
        for number in more:
            make(number)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        costs.append((response.status_code, len(queries)))
    assert costs[1] == costs[0], [query["sql"][:160] for query in queries.captured_queries]


@pytest.mark.parametrize("code", sorted(ROWS))
def test_admin_page_of_a_row_opens_and_asks_why(code: str, reader: Callable[[str], RoleClient]) -> None:
    role, make = ROWS[code]
    make(0)
    row = PAGES[code].model._default_manager.latest("pk")
    response = reader(role).get(reverse(f"admin:{code.replace('.', '_')}_change", args=[row.pk]))
    may_change = response.context["has_change_permission"]
    assert (response.status_code, 'name="change_reason"' in response.text) == (200, may_change)
