"""Whether and when a push is sent again, and when a shop is asked again. Pure decisions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from catalog.states import PushAction, PushState
from config.kit.sweep import backoff

LEASE: Final = timedelta(minutes=10)
"""How long one sender has a push for itself; longer than the slowest attempt. A push whose sender died is sent again then."""
FIRST_RETRY: Final = timedelta(minutes=1)
LONGEST_RETRY: Final = timedelta(hours=1)
READ_AGAIN: Final = timedelta(hours=1)
READ_LATER: Final = timedelta(days=1)
HOURLY_READINGS: Final = 24
"""After so many readings without evidence a shop is asked once a day only: it waits for a person."""
COMPARE_AFTER: Final = timedelta(hours=20)
"""What was compared less long ago is left out of the night's comparison."""


def is_current(action: PushAction, snapshot_id: int, shown_id: int | None) -> bool:
    """Whether a push says what its shop should show now; `shown_id` is the live snapshot, None when nothing is to be shown."""
    return shown_id == (snapshot_id if action == PushAction.PUBLISH else None)


def may_be_sent_again(state: PushState, *, differs: bool) -> bool:
    """Refused, without evidence, or shown differently; asked of a push that is current only."""
    return state in (PushState.REFUSED, PushState.SENT) or (state == PushState.CONFIRMED and differs)


def retry_at(attempts: int, retry_after: timedelta | None, *, now: datetime) -> datetime:
    """The next attempt: a minute after the first one, doubled up to an hour; never before the time that the shop asked for."""
    own = backoff(max(0, attempts - 1), now=now, first=FIRST_RETRY, longest=LONGEST_RETRY)
    return max(own, now + retry_after) if retry_after is not None else own


def read_at(attempts: int, retry_after: timedelta | None, *, now: datetime) -> datetime:
    """When a shop that gave no evidence, or shows something else, is asked again."""
    own = now + (READ_AGAIN if attempts <= HOURLY_READINGS else READ_LATER)
    return max(own, now + retry_after) if retry_after is not None else own
