"""What every request passes: one id from the edge to the trail, and no copy of a signed-in page left behind."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django_structlog.signals import bind_extra_request_metadata

_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestIdMiddleware:
    """Take over a well-formed X-Request-ID or make one; set `request.request_id`, bind it to the logs, send it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _ACCEPTED.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
        finally:
            structlog.contextvars.clear_contextvars()
        response["X-Request-ID"] = request_id
        return response


class NoStoreMiddleware:
    """Pages of a session are kept by nobody: after signing out, "back" on a shared machine shows no customer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # The cookie tells without a query; whoever has one that is worth nothing loses only a cached page.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and response.get("Content-Type", "").startswith("text/html"):
            patch_cache_control(response, no_store=True, private=True)
        return response


@receiver(bind_extra_request_metadata, dispatch_uid="kit.request_id")
def keep_request_id(request: HttpRequest, **kwargs: object) -> None:
    """Put our id back after django-structlog has bound one of its own."""
    structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
