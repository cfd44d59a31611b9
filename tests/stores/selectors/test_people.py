"""Who stands on which rung, and whose work a person's roles may see."""

from __future__ import annotations

import pytest

from stores.models import Department, Employee
from stores.selectors import escalation_targets, visible_shop_ids
from tests.factories.stores import DepartmentFactory, EmployeeFactory, PositionFactory, ShopFactory

pytestmark = pytest.mark.django_db


def staffed(code: str) -> tuple[Department, Employee, Employee]:
    """A department with deputy and head."""
    department = DepartmentFactory(code=code)
    department.deputy, department.head = EmployeeFactory(department=department), EmployeeFactory(department=department)
    department.save()
    return department, department.deputy, department.head


def test_owner_is_the_person() -> None:
    person = EmployeeFactory(roles=["CS"])
    EmployeeFactory(roles=["CS"])
    assert escalation_targets("owner", person.pk, "CS", None) == [person.pk]


def test_owner_who_left_is_replaced_by_the_role() -> None:
    left, colleague = EmployeeFactory(roles=["CS"], is_active=False), EmployeeFactory(roles=["CS"])
    assert escalation_targets("owner", left.pk, "CS", None) == [colleague.pk]


def test_owner_by_role_is_everybody_of_it_in_the_shop() -> None:
    shop, other = ShopFactory(), ShopFactory()
    mine = [EmployeeFactory(roles=["CS"], shops=[shop]).pk for _number in range(2)]
    EmployeeFactory(roles=["CS"], shops=[other])
    EmployeeFactory(roles=["WH"], shops=[shop])
    assert escalation_targets("owner", None, "CS", shop.pk) == mine


def test_owner_by_role_without_anybody_in_the_shop_is_the_whole_role() -> None:
    shop, elsewhere = ShopFactory(), EmployeeFactory(roles=["CS"], shops=[ShopFactory()])
    assert escalation_targets("owner", None, "CS", shop.pk) == [elsewhere.pk]
    assert escalation_targets("owner", None, "CS", None) == [elsewhere.pk]
    assert escalation_targets("owner", None, "FIN", shop.pk) == []


def test_deputy_and_head_are_those_of_the_owners_department() -> None:
    department, deputy, head = staffed("service")
    staffed("warehouse")
    person = EmployeeFactory(department=department)
    assert escalation_targets("deputy", person.pk, "", None) == [deputy.pk]
    assert escalation_targets("head", person.pk, "", None) == [head.pk]


def test_head_is_not_escalated_to_themselves() -> None:
    _department, deputy, head = staffed("service")
    assert escalation_targets("head", head.pk, "", None) == []
    assert escalation_targets("deputy", deputy.pk, "", None) == []


def test_deputy_and_head_by_role_are_those_of_departments_with_such_a_position() -> None:
    department, deputy, head = staffed("service")
    staffed("warehouse")
    PositionFactory(role="CS", department=department)
    assert escalation_targets("deputy", None, "CS", None) == [deputy.pk]
    assert escalation_targets("head", None, "CS", None) == [head.pk]
    head.is_active = False
    head.save()
    assert escalation_targets("head", None, "CS", None) == []


def test_management_is_every_manager() -> None:
    managers = [EmployeeFactory(roles=["MGR"]).pk for _number in range(2)]
    assert escalation_targets("management", None, "CS", 1) == managers


def test_unknown_rung_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no rung"):
        escalation_targets("neighbour", None, "CS", None)


def test_visible_shops_are_the_own_ones_or_all() -> None:
    shop = ShopFactory()
    ShopFactory()
    assert visible_shop_ids(EmployeeFactory(roles=["CS"], shops=[shop])) == [shop.pk]
    assert visible_shop_ids(EmployeeFactory(roles=["MGR"])) is None
