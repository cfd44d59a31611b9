"""Saved views, channel secrets, rights that follow positions, what roles give."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import Permission

from approvals.models import TrailEntry
from config.kit.actor import Actor
from stores import selectors, services
from stores.errors import NoDepartment, ViewOfAnother
from stores.models import Employee, Employment, SavedView, Shop
from stores.roles import PERMISSIONS_OF_ROLE, STAFF_ROLES
from stores.states import PLATFORM_TRANSITIONS, PlatformState, Role
from tests.factories.stores import DepartmentFactory, EmployeeFactory, PositionFactory, ShopFactory


def acting(employee):
    return Actor.staff(user_id=employee.pk, label=str(employee))


def save(owner, name="mine", query="status=held", shared=False):
    return services.save_view(screen="orders.orders", name=name, query=query, is_shared=shared, actor=acting(owner))


def test_views_are_one_s_own_or_shared_within_the_department(db):
    ann, ben = EmployeeFactory(), EmployeeFactory()
    stranger = EmployeeFactory(department=DepartmentFactory(code="other"))
    loner = EmployeeFactory(department=None)
    save(ann, "private"), save(ann, "shared", shared=True), save(loner, "alone")
    services.save_view(screen="other", name="elsewhere", query="", is_shared=True, actor=acting(ann))
    names = lambda user: [view.name for view in selectors.saved_views(user, "orders.orders")]  # noqa: E731
    assert names(ann) == ["private", "shared"]
    assert names(ben) == ["shared"]
    assert names(stranger) == []
    assert names(loner) == ["alone"]


def test_the_same_name_again_replaces(db):
    owner = EmployeeFactory()
    save(owner, query="a=1", shared=True)
    save(owner, query="b=2")
    assert list(SavedView.objects.values_list("query", "department_id")) == [("b=2", None)]


def test_sharing_needs_a_department(db):
    with pytest.raises(NoDepartment):
        save(EmployeeFactory(department=None), shared=True)
    assert SavedView.objects.count() == 0


def test_a_view_is_deleted_by_its_owner_only(db):
    owner, colleague = EmployeeFactory(), EmployeeFactory()
    view = save(owner, shared=True)
    with pytest.raises(ViewOfAnother):
        services.delete_view(view_id=view.pk, actor=acting(colleague))
    assert SavedView.objects.count() == 1
    services.delete_view(view_id=view.pk, actor=acting(owner))
    services.delete_view(view_id=view.pk, actor=acting(owner))
    assert SavedView.objects.count() == 0


def test_channel_secrets_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("CHANNEL_SECRET_TAOBAO_1", " new , old,,")
    assert selectors.channel_secrets("taobao-1") == ["new", "old"]


def test_without_a_secret_only_the_demo_has_one(settings):
    assert selectors.channel_secrets("shopify") == []
    settings.DEMO = True
    [secret] = selectors.channel_secrets("shopify")
    assert len(secret) == 64
    assert selectors.channel_secrets("woo") != [secret]
    settings.SECRET_KEY = "another installation"
    assert selectors.channel_secrets("shopify") != [secret]


def test_demo_sign_ins_follow_the_roles_and_leave_out_who_left(db, settings):
    EmployeeFactory(username="mgr"), EmployeeFactory(username="ops"), EmployeeFactory(username="wh", is_active=False)
    EmployeeFactory(username="wang")
    assert selectors.demo_sign_ins() == []
    settings.DEMO = True
    assert [username for _role, username in selectors.demo_sign_ins()] == ["ops", "mgr"]


@pytest.mark.parametrize(
    ("today", "roles"),
    [(date(2026, 2, 28), []), (date(2026, 3, 1), ["CS"]), (date(2026, 3, 31), ["CS"]), (date(2026, 4, 1), [])],
)
def test_rights_begin_and_end_with_the_days_of_the_position(db, actor, now, today, roles):
    employee = EmployeeFactory()
    Employment.objects.create(
        employee=employee, position=PositionFactory(role="CS"), starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31)
    )
    services.sync_rights_of_the_day(today=today, actor=actor, now=now)
    assert list(employee.groups.values_list("name", flat=True)) == roles


def test_the_daily_sync_writes_only_what_changed(db, actor, now):
    EmployeeFactory(roles=["WH"])
    employee = EmployeeFactory(roles=["CS"])
    Employment.objects.filter(employee=employee).update(ends_on=date(2026, 1, 1))
    changed = services.sync_rights_of_the_day(today=date(2026, 3, 10), actor=actor, now=now)
    assert changed == [employee]
    assert TrailEntry.objects.get().changes == {"roles": [["CS"], []]}
    assert services.sync_rights_of_the_day(today=date(2026, 3, 10), actor=actor, now=now) == []


def test_a_superuser_keeps_the_admin_whatever_the_positions(db):
    employee = EmployeeFactory(is_superuser=True, is_staff=True)
    assert services.sync_employee_rights(employee_id=employee.pk, today=date(2026, 3, 10)).is_staff


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_exactly_the_rights_of_the_table(db, role):
    employee = EmployeeFactory(roles=[role])
    fresh = Employee.objects.get(pk=employee.pk)
    assert fresh.get_all_permissions() == set(PERMISSIONS_OF_ROLE[role])
    assert fresh.is_staff == (role in STAFF_ROLES)


def test_a_role_with_an_unknown_right_is_refused_by_name(db, monkeypatch):
    monkeypatch.setitem(PERMISSIONS_OF_ROLE, "CS", ("orders.fly",))
    with pytest.raises(ValueError, match=r"orders\.fly"):
        services.sync_roles()


def test_a_right_that_somebody_gave_by_hand_is_taken_away_again(db):
    EmployeeFactory(roles=["ART"]).groups.get().permissions.add(Permission.objects.get(codename="cancel_order"))
    services.sync_roles()
    assert not Employee.objects.get().has_perm("orders.cancel_order")


def test_shops_are_seen_by_their_people_and_by_who_sees_all(db):
    own, other = ShopFactory(), ShopFactory()
    assert list(Shop.objects.visible_to(EmployeeFactory(roles=["CS"], shops=[own]))) == [own]
    assert list(Shop.objects.visible_to(EmployeeFactory(roles=["FIN"])).order_by("pk")) == [own, other]


def test_every_platform_state_has_its_way_on():
    assert set(PLATFORM_TRANSITIONS) == set(PlatformState)


def test_permissions_of_every_role_are_listed_once():
    assert set(PERMISSIONS_OF_ROLE) == set(Role)
    doubled = {role: sorted({c for c in codes if codes.count(c) > 1}) for role, codes in PERMISSIONS_OF_ROLE.items()}
    assert {role: codes for role, codes in doubled.items() if codes} == {}
