"""The hands behind a request, in the form that services take."""

from __future__ import annotations

from django.http import HttpRequest

from config.kit.actor import Actor


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person as an Actor. Raises TypeError for a stranger: such a view lacks its `require`."""
    if not request.user.is_authenticated:
        raise TypeError("only a signed-in person can act; the view lacks @require")
    return Actor.staff(
        user_id=request.user.pk,
        label=str(request.user),
        request_id=getattr(request, "request_id", ""),
    )
