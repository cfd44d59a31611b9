"""Saved views of list screens."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from stores.models import Employee, SavedView


def saved_views(user: Employee, screen: str) -> QuerySet[SavedView]:
    """The person's own views of a screen and those shared with their department, by name."""
    mine = Q(owner_id=user.pk)
    if user.department_id is not None:
        mine |= Q(department_id=user.department_id)
    return SavedView.objects.filter(mine, screen=screen).order_by("name", "pk")
