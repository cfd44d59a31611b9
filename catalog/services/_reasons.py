"""Acts that need a reason: it is asked for before anything is locked."""

from __future__ import annotations

from catalog.errors import ReasonMissing


def require_reason(reason: str) -> None:
    """Raise ReasonMissing, at the form's field `reason`, unless the reason holds words."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
