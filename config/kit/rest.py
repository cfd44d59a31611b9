"""What every API endpoint shares: a closed default, and refusals in one shape (RFC-like problem objects of drf-standardized-errors)."""

from __future__ import annotations

from typing import Any

from drf_standardized_errors.handler import exception_handler as standard_handler
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.kit.errors import DomainError


class DenyAll(BasePermission):
    """The default: an endpoint that names no permission of its own answers nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Always no."""
        return False


class Refused(APIException):
    """A DomainError on its way to the client."""

    def __init__(self, error: DomainError) -> None:
        self.status_code = error.status
        super().__init__(detail={error.field: [error.describe()]} if error.field else error.describe(), code=error.code)


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception hook: a DomainError answers with its status, code and words, and with its facts as `meta`."""
    if not isinstance(exc, DomainError):
        return standard_handler(exc, context)
    error = {"code": exc.code, "detail": exc.describe(), "attr": exc.field}
    body: dict[str, Any] = {"type": "client_error" if exc.status < 500 else "server_error", "errors": [error]}
    if exc.facts:
        body["meta"] = {name: fact if isinstance(fact, (str, int, list, dict)) else str(fact) for name, fact in exc.facts.items()}
    return Response(body, status=exc.status)
