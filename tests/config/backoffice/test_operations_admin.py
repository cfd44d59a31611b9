"""The base of every admin page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.test import Client, override_settings
from django.urls import path

from approvals.models import TrailEntry
from catalog.models import Variant
from config.kit.backoffice import OperationsAdmin
from config.urls import urlpatterns as real_urlpatterns
from inventory.models import StockLevel
from stores.models import Department, Employee, Position
from tests.conftest import RoleClient
from tests.factories.catalog import VariantFactory
from tests.factories.stores import DepartmentFactory, EmployeeFactory, PositionFactory

pytestmark = pytest.mark.django_db
site = admin.AdminSite(name="trial")


@admin.register(Department, site=site)
class DepartmentAdmin(OperationsAdmin):
    """Everything allowed."""

    allow_add = allow_delete = True
    list_display = ("code", "name")


@admin.register(Position, site=site)
class PositionAdmin(OperationsAdmin):
    """Nothing said: no add, no delete. One field guarded, fieldsets of its own."""

    guarded_fields = ("role",)
    fieldsets = (("Position", {"fields": ("code", "name", "department", "role")}),)


@admin.register(Variant, site=site)
class VariantAdmin(OperationsAdmin):
    """Has a price."""

    allow_add = True


@admin.register(StockLevel, site=site)
class StockLevelAdmin(OperationsAdmin):
    """Nothing but stock."""


@admin.register(Employee, site=site)
class EmployeeAdmin(OperationsAdmin, UserAdmin):
    """Django's own user admin below."""

    allow_add = True
    fieldsets = ((None, {"fields": ("username", "display_name", "email", "department", "groups")}),)
    add_fieldsets = ((None, {"fields": ("username", "display_name", "usable_password", "password1", "password2")}),)


urlpatterns = [path("trial/admin/", site.urls), *real_urlpatterns]


@pytest.fixture(autouse=True)
def trial_site() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def boss() -> RoleClient:
    """Somebody who may do everything that the classes allow."""
    client = RoleClient()
    client.sign_in(EmployeeFactory(is_staff=True, is_superuser=True))
    return client


def entries() -> list[tuple[Any, ...]]:
    return list(
        TrailEntry.objects.filter(action__startswith="backoffice").values_list(
            "action", "subject_id", "reason", "changes"
        )
    )


def test_change_asks_for_a_reason_and_tells_the_trail(boss: RoleClient) -> None:
    desk = DepartmentFactory(code="desk", name="Desk", head=boss.employee)
    data = {"code": "desk", "name": "Front desk", "head": "", "deputy": ""}
    url = f"/trial/admin/stores/department/{desk.pk}/change/"
    refused = boss.post(url, data)
    assert refused.context["adminform"].form.errors == {"change_reason": ["This field is required."]}
    assert entries() == []
    assert boss.post(url, {**data, "change_reason": "new sign"}).status_code == 302
    changes = {"name": ["Desk", "Front desk"], "head": [str(boss.employee), None]}
    assert entries() == [("backoffice.changed", desk.pk, "new sign", changes)]
    entry = TrailEntry.objects.get()
    assert (entry.subject_type, entry.actor_user_id) == ("stores.department", boss.employee.pk)


def test_save_without_a_change_tells_the_trail_nothing(boss: RoleClient) -> None:
    desk = DepartmentFactory(code="desk", name="Desk")
    data = {"code": "desk", "name": "Desk", "head": "", "deputy": "", "change_reason": "looking"}
    assert boss.post(f"/trial/admin/stores/department/{desk.pk}/change/", data).status_code == 302
    assert entries() == []


def test_added_object_is_told_with_its_values(boss: RoleClient) -> None:
    data = {"code": "desk", "name": "Desk", "head": "", "deputy": "", "change_reason": "we grow"}
    assert boss.post("/trial/admin/stores/department/add/", data).status_code == 302
    desk = Department.objects.get(code="desk")
    assert entries() == [("backoffice.added", desk.pk, "we grow", {"code": [None, "desk"], "name": [None, "Desk"]})]


def test_delete_needs_a_reason_and_tells_what_went(boss: RoleClient) -> None:
    desk = DepartmentFactory(code="desk", name="Desk")
    url = f"/trial/admin/stores/department/{desk.pk}/delete/"
    assert "change_reason" in boss.get(url).content.decode()
    boss.post(url, {"post": "yes"})
    assert Department.objects.filter(pk=desk.pk).exists()
    assert entries() == []
    boss.post(url, {"post": "yes", "change_reason": "closed"})
    assert not Department.objects.filter(pk=desk.pk).exists()
    assert entries() == [("backoffice.deleted", desk.pk, "closed", {"code": ["desk", None], "name": ["Desk", None]})]


def test_nothing_is_added_or_deleted_unless_the_class_says_so(boss: RoleClient) -> None:
    position = PositionFactory(role="CS")
    base = "/trial/admin/stores/position"
    answers = [boss.get(f"{base}/add/").status_code, boss.get(f"{base}/{position.pk}/delete/").status_code]
    assert answers == [403, 403]


def test_bulk_delete_is_never_offered(boss: RoleClient) -> None:
    desk = DepartmentFactory(code="desk")
    boss.post(
        "/trial/admin/stores/department/", {"action": "delete_selected", "_selected_action": desk.pk, "post": "yes"}
    )
    assert Department.objects.filter(pk=desk.pk).exists()
    assert "delete_selected" not in boss.get("/trial/admin/stores/department/").content.decode()


def test_guarded_field_cannot_be_posted(boss: RoleClient) -> None:
    position = PositionFactory(role="CS")
    data = {"code": position.code, "name": "Agent", "department": position.department_id, "role": "ADMIN"}
    response = boss.post(f"/trial/admin/stores/position/{position.pk}/change/", {**data, "change_reason": "x"})
    assert response.status_code == 302
    position.refresh_from_db()
    assert (position.name, position.role) == ("Agent", "CS")


def test_price_is_given_once_and_then_stands(boss: RoleClient, rf: Any) -> None:
    model_admin = site.get_model_admin(Variant)
    request = rf.get("/")
    request.user = boss.employee
    assert "price" not in model_admin.get_readonly_fields(request, None)
    assert "price" in model_admin.get_readonly_fields(request, VariantFactory())


def test_stock_is_never_edited(boss: RoleClient, rf: Any) -> None:
    request = rf.get("/")
    request.user = boss.employee
    read_only = set(site.get_model_admin(StockLevel).get_readonly_fields(request, None))
    assert {"on_hand", "reserved"} <= read_only


def test_search_takes_a_list_of_ids(boss: RoleClient) -> None:
    one, two, three = (DepartmentFactory(code=code) for code in ("one", "two", "three"))
    for words in (f"{one.pk}, {three.pk}", f"{three.pk}，{one.pk}", f" {one.pk} {three.pk} "):
        found = boss.get("/trial/admin/stores/department/", {"q": words}).context["cl"].result_list
        assert {row.pk for row in found} == {one.pk, three.pk}
    found = boss.get("/trial/admin/stores/department/", {"q": str(two.pk)}).context["cl"].result_list
    assert [row.pk for row in found] == [two.pk]


def test_reader_sees_no_reason_and_cannot_write(boss: RoleClient, client_as: Any) -> None:
    reader = client_as("MGR")
    desk = DepartmentFactory(code="desk", name="Desk")
    position = PositionFactory(role="CS")
    html = reader.get(f"/trial/admin/stores/position/{position.pk}/change/").content.decode()
    assert "change_reason" not in html
    assert reader.post(f"/trial/admin/stores/position/{position.pk}/change/", {"name": "x"}).status_code == 403
    assert reader.get(f"/trial/admin/stores/department/{desk.pk}/delete/").status_code == 403


def test_user_admin_below_keeps_its_forms_and_gets_the_reason(boss: RoleClient) -> None:
    data = {"username": "newcomer", "display_name": "New", "usable_password": "true", "change_reason": "hired"}
    passwords = {"password1": "a-long-passphrase-7", "password2": "a-long-passphrase-7"}
    assert boss.post("/trial/admin/stores/employee/add/", {**data, **passwords}).status_code == 302
    newcomer = Employee.objects.get(username="newcomer")
    assert newcomer.check_password("a-long-passphrase-7")
    [(action, subject_id, reason, changes)] = entries()
    assert (action, subject_id, reason) == ("backoffice.added", newcomer.pk, "hired")
    assert changes["password"] == [None, "***"]


def test_password_set_on_the_own_page_is_told_without_the_password(boss: RoleClient) -> None:
    ann = EmployeeFactory(username="ann")
    data = {"usable_password": "true", "password1": "a-long-passphrase-7", "password2": "a-long-passphrase-7"}
    assert boss.post(f"/trial/admin/stores/employee/{ann.pk}/password/", data).status_code == 302
    assert entries() == [("backoffice.changed", ann.pk, "", {"password": ["***", "***"]})]


def test_relations_to_many_are_told_by_name(boss: RoleClient) -> None:
    ann = EmployeeFactory(username="ann", roles=["CS"])
    data = {"username": "ann", "display_name": ann.display_name, "email": ann.email, "department": ann.department_id}
    url = f"/trial/admin/stores/employee/{ann.pk}/change/"
    assert boss.post(url, {**data, "groups": [], "change_reason": "left"}).status_code == 302
    assert entries() == [("backoffice.changed", ann.pk, "left", {"groups": [["CS"], []]})]


def test_admin_has_no_sign_in_page_of_its_own(client: Client) -> None:
    response = client.get("/admin/login/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")
