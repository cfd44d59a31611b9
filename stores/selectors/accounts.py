"""Accounts of the demo company and what their owners may be told about them."""

from __future__ import annotations

from django.conf import settings

from stores.models import Employee
from stores.states import Role

# The demo's people are called by their role's code: ops, mgr, wh …
DEMO_USERNAMES = {role.value.lower(): role for role in Role}


def demo_sign_ins() -> list[tuple[str, str]]:
    """(role, username) of the demo's one-click sign-ins, in the order of the roles; empty outside the demo."""
    if not settings.DEMO:
        return []
    there = set(Employee.objects.filter(username__in=DEMO_USERNAMES, is_active=True).values_list("username", flat=True))
    return [(str(role.label), username) for username, role in DEMO_USERNAMES.items() if username in there]


def demo_employee(username: str) -> Employee | None:
    """The active demo account of that name; None outside the demo and for any other account."""
    if not settings.DEMO or username not in DEMO_USERNAMES:
        return None
    return Employee.objects.filter(username=username, is_active=True).first()
