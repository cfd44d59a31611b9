"""The sign that a sweep came to its end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from approvals.models import Heartbeat


def beat(name: str, *, now: datetime, **detail: Any) -> None:
    """Note that the sweep `name` ran to its end, with figures for the system page."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, at=now, detail=detail)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at", "detail"],
    )
