"""Saving and deleting views of list screens."""

from __future__ import annotations

from django.db import transaction

from config.kit.actor import Actor
from stores.errors import NoDepartment, ViewOfAnother
from stores.models import Employee, SavedView


@transaction.atomic
def save_view(*, screen: str, name: str, query: str, is_shared: bool, actor: Actor) -> SavedView:
    """Keep a list's address under a name; the same name of the same person again replaces it.

    Raises NoDepartment when it is to be shared and the person belongs to no department.
    """
    owner = Employee.objects.get(pk=actor.user_id or 0)
    if is_shared and owner.department_id is None:
        raise NoDepartment(field="is_shared")
    view, _created = SavedView.objects.update_or_create(
        owner=owner,
        screen=screen,
        name=name,
        defaults={"query": query, "department_id": owner.department_id if is_shared else None},
    )
    return view


@transaction.atomic
def delete_view(*, view_id: int, actor: Actor) -> None:
    """Delete one's own view; one that is gone already is no error. Raises ViewOfAnother."""
    view = SavedView.objects.select_for_update(of=("self",)).select_related("owner").filter(pk=view_id).first()
    if view is None:
        return
    if view.owner_id != actor.user_id:
        raise ViewOfAnother(name=view.name, owner=str(view.owner))
    view.delete()
