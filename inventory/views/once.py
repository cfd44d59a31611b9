"""A form on the screen books once, however often it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest

from inventory.errors import AlreadyBooked

_KEPT_SECONDS = 24 * 3600


@contextmanager
def once(request: HttpRequest, ticket: UUID | None) -> Iterator[None]:
    """Run the block unless a form with this ticket was booked; a refused or failed booking may be sent again.

    Raises AlreadyBooked. A form without a ticket is not protected.
    """
    slot = f"booked:{request.user.pk}:{ticket}"
    if ticket is not None and not cache.add(slot, 1, timeout=_KEPT_SECONDS):
        raise AlreadyBooked
    try:
        yield
    except BaseException:
        cache.delete(slot)
        raise
