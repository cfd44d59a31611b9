"""Times in sentences: refusals, the trail, what an approver reads."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def shown_moment(moment: datetime) -> str:
    """A time as sentences name it, in the active time zone: "2026-11-20 10:00"."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
