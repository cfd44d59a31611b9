"""The API's default: closed."""

from __future__ import annotations

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class DenyAll(BasePermission):
    """An endpoint that names no permission of its own answers nobody."""

    def has_permission(self, request: Request, view: object) -> bool:
        """Always no."""
        return False
