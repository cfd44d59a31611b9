"""Notes and flags on orders."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.errors import InvalidInput
from orders.models import Note
from orders.services._locks import lock_order
from orders.states import NoteKind


@transaction.atomic
def write_note(*, order_id: int, kind: NoteKind, text: str, actor: Actor, now: datetime) -> Note:
    """Write a note on an order. Raises InvalidInput for an empty one."""
    if not text.strip():
        raise InvalidInput(field="text", problem=_("The note is empty."))
    order = lock_order(order_id)
    note = Note.objects.create(order=order, kind=kind, text=text.strip(), author_id=actor.user_id, created_at=now)
    approvals.record("orders.noted", order, actor=actor, changes={str(kind): [None, note.text]}, at=now)
    return note
