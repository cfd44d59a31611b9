"""What holds for every request of a signed-in person: language, idle limit, second factor."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from stores.roles import must_use_second_factor

_SEEN_AT = "seen_at"
_SECOND_FACTOR_OK = "second_factor_ok"
_TOUCH_SECONDS = 60


class PersonMiddleware:
    """Signs out idle sessions and sends people whose role needs a second factor to set one up first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, sign out, or send to the second factor."""
        if request.user.is_authenticated:
            if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                translation.activate(request.user.language)
                request.LANGUAGE_CODE = translation.get_language()
            now = int(time.time())
            seen_at = request.session.get(_SEEN_AT, now)
            if now - seen_at > settings.SESSION_IDLE_SECONDS:
                logout(request)
                messages.info(request, _("You were signed out because nothing happened for a long time."))
                return redirect(settings.LOGIN_URL)
            if now - seen_at >= _TOUCH_SECONDS or _SEEN_AT not in request.session:
                request.session[_SEEN_AT] = now
            if self._second_factor_is_missing(request):
                messages.warning(request, _("Your role needs a second factor. Set it up to go on."))
                return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _second_factor_is_missing(self, request: HttpRequest) -> bool:
        if not settings.MFA_REQUIRED_ROLES or request.session.get(_SECOND_FACTOR_OK):
            return False
        if not must_use_second_factor(request.user):
            return False
        if is_mfa_enabled(request.user):
            request.session[_SECOND_FACTOR_OK] = True
            return False
        allowed = ("mfa_activate_totp", "account_logout", "account_reauthenticate", "set_language")
        static = (settings.STATIC_URL, "/livez", "/readyz")
        return request.path not in {reverse(name) for name in allowed} and not request.path.startswith(static)
