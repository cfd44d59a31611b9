"""What every page knows: who is here, where they may go, how they like to read."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from config.kit.web.navigation import navigation_for

THEMES = ("light", "dark", "auto")
DENSITIES = ("comfortable", "compact")
SWITCHES = ("on", "off")
PREFERENCES: dict[str, tuple[str, ...]] = {
    "theme": THEMES,
    "density": DENSITIES,
    "shortcuts": SWITCHES,
    "sound": SWITCHES,
}
"""Cookie name → values it may hold; the first is the default.

Preferences of a browser, not of a person, and no secret.
"""

_OWN_NAMES = {"zh-hans": "简体中文", "en": "English"}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor.

    `shell.navigation`, `.theme`, `.density`, `.shortcuts`, `.sound`, `.languages`, `.language`, `.demo`.

    Runs no query; the navigation is worked out only when a template walks through it, from permissions that are
    loaded anyway.
    """
    signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    return {
        "shell": {
            "navigation": partial(navigation_for, request) if signed_in else [],
            "languages": [(code, _OWN_NAMES.get(code, str(name))) for code, name in settings.LANGUAGES],
            "language": get_language() or settings.LANGUAGE_CODE,
            "demo": settings.DEMO,
            "time_zone": settings.TIME_ZONE,
            **{name: preference(request, name) for name in PREFERENCES},
        }
    }


def preference(request: HttpRequest, name: str) -> str:
    """The value of a preference cookie, or its default when the cookie holds anything unknown."""
    allowed = PREFERENCES[name]
    value = request.COOKIES.get(name, "")
    return value if value in allowed else allowed[0]
