"""What the sweeps of this app share."""

from __future__ import annotations


def leave_for_the_next_sweep(pk: int, error: Exception) -> None:
    """The `postpone` of rows that have no time of their own to be moved to: the sweep leaves them out until it runs again."""
    raise error
