"""Groups from the one table of roles; employees' groups from their positions."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from approvals.services import record
from config.kit.actor import Actor
from stores.models import Employee, Employment
from stores.roles import PERMISSIONS_OF_ROLE, STAFF_ROLES


@transaction.atomic
def sync_roles() -> None:
    """Make one group per role with exactly the permissions of the table. Raises ValueError naming an unknown code."""
    known = {
        row["code"]: row["pk"]
        for row in Permission.objects.annotate(
            code=Concat(F("content_type__app_label"), Value("."), F("codename"))
        ).values("code", "pk")
    }
    for role, codes in PERMISSIONS_OF_ROLE.items():
        unknown = sorted(set(codes) - known.keys())
        if unknown:
            raise ValueError(f"stores/roles.py gives {role} permissions that do not exist: {', '.join(unknown)}")
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set([known[code] for code in set(codes)])


@transaction.atomic
def sync_employee_rights(*, employee_id: int, today: date) -> Employee:
    """Give an employee the groups of today's positions, and the admin where a role needs it. Returns the fresh row."""
    employee = Employee.objects.select_for_update().get(pk=employee_id)
    held = employee.employments.filter(starts_on__lte=today).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    roles = set(held.values_list("position__role", flat=True))
    employee.groups.set(Group.objects.filter(name__in=roles))
    employee.is_staff = employee.is_superuser or bool(roles & STAFF_ROLES)
    employee.save(update_fields=["is_staff"])
    return employee


def sync_rights_of_the_day(*, today: date, actor: Actor, now: datetime) -> list[Employee]:
    """Let rights follow positions that began or ended by the calendar. Returns the employees whose rights changed.

    Each employee is a transaction of their own, locked one at a time.
    """
    changed = []
    for employee_id in Employment.objects.order_by("employee_id").values_list("employee_id", flat=True).distinct():
        with transaction.atomic():
            before = sorted(Group.objects.filter(user=employee_id).values_list("name", flat=True))
            employee = sync_employee_rights(employee_id=employee_id, today=today)
            after = sorted(employee.groups.values_list("name", flat=True))
            if before != after:
                record("stores.rights_synced", employee, actor=actor, changes={"roles": [before, after]}, at=now)
                changed.append(employee)
    return changed
