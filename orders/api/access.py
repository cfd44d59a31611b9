"""Who may call: holders of a shop's API key. One query for key and shop."""

from __future__ import annotations

from typing import cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from stores.models import ShopApiKey

HEADER = "X-Api-Key"


class ShopKeyAuthentication(BaseAuthentication):
    """Reads `X-Api-Key`; `request.auth` is then the key with its shop."""

    def authenticate(self, request: Request) -> tuple[None, ShopApiKey] | None:
        """The key of the request, or None without one. Raises AuthenticationFailed for a wrong, revoked or expired one."""
        given = request.headers.get(HEADER, "")
        if not given:
            return None
        prefix = given.partition(".")[0]
        key = ShopApiKey.objects.get_usable_keys().select_related("shop").filter(prefix=prefix).first()
        if key is None or not key.is_valid(given) or key.has_expired or not key.shop.is_active:
            raise AuthenticationFailed
        return None, key

    def authenticate_header(self, request: Request) -> str:
        """Makes the refusal a 401 rather than a 403."""
        return HEADER


def key_of(request: Request) -> ShopApiKey:
    """The key that HasShopKey let in."""
    return cast(ShopApiKey, request.auth)


class HasShopKey(BasePermission):
    """Lets in whoever showed a valid key."""

    def has_permission(self, request: Request, view: object) -> bool:
        """Whether the request carries a key."""
        return isinstance(request.auth, ShopApiKey)


class ShopKeyScheme(OpenApiAuthenticationExtension):
    """How the API's documentation names the key."""

    target_class = ShopKeyAuthentication
    name = "ShopApiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """An API key in a header."""
        return {"type": "apiKey", "in": "header", "name": HEADER}
