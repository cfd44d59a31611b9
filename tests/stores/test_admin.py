"""Accounts, positions, keys and platforms in the admin."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib import admin
from django.urls import reverse

from approvals.models import TrailEntry
from config.kit.backoffice import OperationsAdmin
from stores.models import Employee, Employment, Platform, ShopApiKey
from stores.states import PlatformState
from tests.factories.stores import (
    ChannelFactory,
    DepartmentFactory,
    EmployeeFactory,
    PlatformFactory,
    PositionFactory,
    ShopFactory,
)

NO_INLINES = {
    f"{prefix}-{name}": "0"
    for prefix in ("employments", "shop_memberships")
    for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}


def actions():
    return list(TrailEntry.objects.order_by("pk").values_list("action", flat=True))


def test_every_admin_page_is_one_of_ours():
    strangers = [
        model._meta.label for model, page in admin.site._registry.items() if not isinstance(page, OperationsAdmin)
    ]
    assert strangers == []


@pytest.mark.parametrize(
    "name",
    ["employee", "department", "position", "employment", "shopmember", "platform", "shop", "channel", "shopapikey"],
)
def test_administrators_open_every_list_and_form_of_the_company(client_as, name):
    EmployeeFactory(shops=[ChannelFactory(code="door").shop])
    client = client_as("ADMIN")
    assert client.get(reverse(f"admin:stores_{name}_changelist"), {"q": "x"}).status_code == 200
    assert client.get(reverse(f"admin:stores_{name}_add")).status_code == 200


def test_staff_without_the_right_see_no_accounts(client_as):
    assert client_as("OPS").get(reverse("admin:stores_employee_changelist")).status_code == 403
    assert client_as("CS").get(reverse("admin:stores_employee_changelist")).status_code == 302


def test_a_new_account_gets_a_link_instead_of_a_password(client_as, client):
    department = DepartmentFactory()
    data = {"username": "wang", "display_name": "王小明", "email": "", "phone": "", "department": department.pk}
    data |= {"language": "zh-hans", "is_active": "on", "change_reason": "starts on Monday", **NO_INLINES}
    response = client_as("ADMIN").post(reverse("admin:stores_employee_add"), data, follow=True)
    employee = Employee.objects.get(username="wang")
    [text] = [str(message) for message in response.context["messages"] if "http" in str(message)]
    assert not employee.has_usable_password()
    assert actions() == ["stores.employee_invited", "backoffice.added"]
    link = text.rsplit(" ", 1)[1]
    form = client.get(link, follow=True)
    done = client.post(form.redirect_chain[-1][0], {"password1": "correct-horse-7", "password2": "correct-horse-7"})
    assert done.status_code == 302
    employee.refresh_from_db()
    assert employee.check_password("correct-horse-7")
    assert employee.password.startswith("argon2")
    again = client.get(link, follow=True)
    assert again.context["token_fail"] is True


def test_an_employment_gives_the_rights_of_its_role(client_as):
    employee, position = EmployeeFactory(), PositionFactory(role="CS")
    assert not employee.has_perm("orders.take_order")
    client_as("ADMIN").post(
        reverse("admin:stores_employment_add"),
        {
            "employee": employee.pk,
            "position": position.pk,
            "starts_on": "2020-01-01",
            "ends_on": "",
            "change_reason": "new",
        },
    )
    assert [group.name for group in employee.groups.all()] == ["CS"]
    assert Employee.objects.get(pk=employee.pk).has_perm("orders.take_order")


def test_the_end_of_an_employment_takes_the_rights_away(client_as):
    employee = EmployeeFactory(roles=["MGR"])
    employment = Employment.objects.get(employee=employee)
    client_as("ADMIN").post(
        reverse("admin:stores_employment_change", args=[employment.pk]),
        {"ends_on": "2020-02-01", "change_reason": "left"},
    )
    fresh = Employee.objects.get(pk=employee.pk)
    assert (list(fresh.groups.all()), fresh.is_staff) == ([], False)
    assert TrailEntry.objects.get(action="backoffice.changed").reason == "left"


def test_an_employment_in_the_account_form_gives_rights_too(client_as):
    employee, position = EmployeeFactory(), PositionFactory(role="WH")
    data = {
        "username": employee.username,
        "display_name": "X",
        "email": "",
        "phone": "",
        "department": "",
        "language": "en",
    }
    data |= {"is_active": "on", "change_reason": "moved", **NO_INLINES, "employments-TOTAL_FORMS": "1"}
    data |= {"employments-0-position": position.pk, "employments-0-starts_on": "2020-01-01"}
    response = client_as("ADMIN").post(reverse("admin:stores_employee_change", args=[employee.pk]), data)
    assert response.status_code == 302
    assert [group.name for group in employee.groups.all()] == ["WH"]


def test_another_role_of_a_position_changes_its_holders(client_as):
    employee = EmployeeFactory(roles=["CS"])
    position = employee.employments.get().position
    data = {"code": position.code, "name": position.name, "department": position.department_id, "role": "FIN"}
    client_as("ADMIN").post(
        reverse("admin:stores_position_change", args=[position.pk]), {**data, "change_reason": "reorganised"}
    )
    assert [group.name for group in employee.groups.all()] == ["FIN"]


def act(client, model, action, pk, reason=""):
    data = {"action": action, "_selected_action": [pk], "reason": reason}
    return client.post(reverse(f"admin:stores_{model}_changelist"), data, follow=True)


def test_removing_a_second_factor_and_unlocking_need_a_reason(client_as):
    employee = EmployeeFactory()
    Authenticator.objects.create(user=employee, type=Authenticator.Type.TOTP, data={"secret": "x"})
    AccessAttempt.objects.create(username=employee.username, failures_since_start=5)
    client = client_as("ADMIN")
    act(client, "employee", "remove_second_factor", employee.pk)
    act(client, "employee", "unlock_sign_in", employee.pk)
    assert (Authenticator.objects.count(), AccessAttempt.objects.count(), actions()) == (1, 1, [])
    act(client, "employee", "remove_second_factor", employee.pk, "telephone lost")
    act(client, "employee", "unlock_sign_in", employee.pk, "called from a known number")
    assert (Authenticator.objects.count(), AccessAttempt.objects.count()) == (0, 0)
    assert actions() == ["stores.second_factor_removed", "stores.sign_in_unlocked"]


def test_an_account_that_is_off_gets_no_invitation(client_as):
    response = act(client_as("ADMIN"), "employee", "make_invitation", EmployeeFactory(is_active=False).pk)
    assert "switched off" in response.text
    assert actions() == []


def test_a_key_is_shown_once_and_only_its_hash_is_kept(client_as):
    shop, client = ShopFactory(), client_as("ADMIN")
    data = {"shop": shop.pk, "name": "ERP", "expiry_date_0": "", "expiry_date_1": "", "change_reason": "connection"}
    response = client.post(reverse("admin:stores_shopapikey_add"), data, follow=True)
    row = ShopApiKey.objects.get()
    [text] = [str(message) for message in response.context["messages"] if "once" in str(message)]
    key = text.rsplit(" ", 1)[1]
    assert ShopApiKey.objects.is_valid(key)
    assert key not in row.hashed_key
    assert key not in client.get(reverse("admin:stores_shopapikey_changelist")).text
    assert key not in str(list(TrailEntry.objects.values_list("changes", flat=True)))
    assert actions() == ["stores.api_key_issued"]


def test_a_revoked_key_stays_revoked(client_as):
    row, key = ShopApiKey.objects.create_key(shop=ShopFactory(), name="ERP")
    client = client_as("ADMIN")
    act(client, "shopapikey", "revoke", row.pk, "leaked")
    assert not ShopApiKey.objects.is_valid(key)
    assert "revoked already" in act(client, "shopapikey", "revoke", row.pk, "again").text
    assert actions() == ["stores.api_key_revoked"]


def test_a_platform_is_used_after_a_decision_with_its_reason(client_as):
    platform = PlatformFactory(code="new", state=PlatformState.CANDIDATE)
    client = client_as("MGR")
    act(client, "platform", "begin_to_use", platform.pk)
    assert Platform.objects.get(code="new").state == PlatformState.CANDIDATE
    act(client, "platform", "begin_to_use", platform.pk, "comparison of March")
    assert Platform.objects.get(code="new").state == PlatformState.ACTIVE
    response = act(client, "platform", "begin_to_use", platform.pk, "again")
    assert "cannot become" in response.text
    assert actions() == ["stores.platform_state_changed"]


def test_what_orders_are_counted_in_cannot_be_changed(client_as):
    shop = ShopFactory()
    data = {"name": "Renamed", "platform": "", "time_zone": "Asia/Shanghai", "language": "zh-hans", "currency": "USD"}
    data |= {"contact_email": "", "ship_within_minutes": "60", "is_active": "on", "change_reason": "x"}
    client_as("ADMIN").post(reverse("admin:stores_shop_change", args=[shop.pk]), data)
    shop.refresh_from_db()
    assert (shop.name, shop.currency) == ("Renamed", "CNY")
