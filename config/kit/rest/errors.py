"""Refusals of the API in one shape: the objects of drf-standardized-errors, with a DomainError's facts beside them."""

from __future__ import annotations

from typing import Any

from drf_standardized_errors.handler import exception_handler as standard_handler
from rest_framework.response import Response

from config.kit.errors import DomainError


def handle_exception(exc: Exception, context: Any) -> Response | None:
    """DRF's exception hook: a DomainError answers with its status, code and words, and with its facts as `meta`."""
    if not isinstance(exc, DomainError):
        return standard_handler(exc, context)
    error = {"code": exc.code, "detail": exc.describe(), "attr": exc.field}
    body: dict[str, Any] = {"type": "client_error" if exc.status < 500 else "server_error", "errors": [error]}
    if exc.facts:
        body["meta"] = {
            name: fact if isinstance(fact, (str, int, list, dict)) else str(fact) for name, fact in exc.facts.items()
        }
    return Response(body, status=exc.status)
