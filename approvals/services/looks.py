"""Who looked at what before it was decided."""

from __future__ import annotations

from datetime import datetime

from approvals.models import RequestView
from config.kit.actor import Actor


def note_look(*, request_id: int, content_hash: str, actor: Actor, now: datetime) -> None:
    """Keep that a person opened the decision page of exactly this content; the first look counts, later ones change nothing.

    The row is its own evidence (append-only, with person and time), so the trail gets no line for every page that is opened.
    """
    if actor.user_id is None:
        return
    look = RequestView(request_id=request_id, person_id=actor.user_id, content_hash=content_hash, at=now)
    RequestView.objects.bulk_create([look], ignore_conflicts=True)
