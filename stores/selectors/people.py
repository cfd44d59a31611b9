"""Who is told when work is not done in time, and whose work a person's roles may see.

Asked by the kernel through its settings hooks.
"""

from __future__ import annotations

from django.db.models import QuerySet

from stores.models import Department, Employee, Shop
from stores.states import Role


def escalation_targets(rung: str, owner_id: int | None, owner_role: str, store_id: int | None) -> list[int]:
    """Employees on a rung of the ladder: owner, deputy, head, management. Empty when nobody stands there.

    - owner: the person; without one, everybody of the role who works for the shop, or of the role at all when nobody of it does.
    - deputy, head: of the owner's department; without a person, of the departments that have a position with the role.
    - management: everybody with the role MGR.
    """
    match rung:
        case "owner":
            active = Employee.objects.filter(is_active=True)
            if owner_id is not None and (found := list(active.filter(pk=owner_id).values_list("pk", flat=True))):
                return found
            return _holders(owner_role, store_id)
        case "deputy" | "head":
            field = f"{rung}_id"
            people = _departments(owner_id, owner_role).values_list(field, flat=True)
            return _active({person for person in people if person is not None and person != owner_id})
        case "management":
            return _holders(Role.MGR, None)
    raise ValueError(f"{rung!r} is no rung of the ladder")


def visible_shop_ids(user: Employee) -> list[int] | None:
    """The shops that a person works for; None when their rights reach every shop."""
    if user.has_perm("stores.see_all_shops"):
        return None
    return list(Shop.objects.visible_to(user).values_list("pk", flat=True))


def shop_names() -> dict[int, str]:
    """Every shop's name by its id."""
    return dict(Shop.objects.order_by("name").values_list("pk", "name"))


def department_names() -> list[str]:
    """The names of all departments."""
    return list(Department.objects.order_by("name").values_list("name", flat=True))


def _holders(role: str, store_id: int | None) -> list[int]:
    people = Employee.objects.filter(is_active=True, groups__name=role).order_by("pk").distinct()
    members = people.filter(shop_memberships__shop_id=store_id) if store_id is not None else people.none()
    return list(members.values_list("pk", flat=True)) or list(people.values_list("pk", flat=True))


def _departments(owner_id: int | None, owner_role: str) -> QuerySet[Department]:
    if owner_id is not None:
        return Department.objects.filter(employees=owner_id)
    return Department.objects.filter(positions__role=owner_role).order_by("pk").distinct()


def _active(people: set[int]) -> list[int]:
    return list(Employee.objects.filter(pk__in=people, is_active=True).order_by("pk").values_list("pk", flat=True))


def role_label(code: str) -> str:
    """The name of a role in the active language; the code itself for one that does not exist (any more)."""
    return str(Role(code).label) if code in Role.values else code
