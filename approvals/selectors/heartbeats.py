"""Whether the clocks of the system itself run."""

from __future__ import annotations

from django.utils import timezone

from approvals.models import Heartbeat


def heartbeat_age(name: str = "deadlines") -> float | None:
    """Seconds since the sweep `name` last ran to its end; None when it never did."""
    at = Heartbeat.objects.filter(pk=name).values_list("at", flat=True).first()
    return None if at is None else (timezone.now() - at).total_seconds()
