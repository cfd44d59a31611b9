"""Who may see a page: one decorator on every view, read by the url × role test."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext, gettext_lazy
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

View = Callable[..., HttpResponseBase]

PUBLIC = "public"
"""`view.required_permission` of pages that need no sign-in."""

_DJANGOS_OWN = {
    "view": gettext_lazy("see %(things)s"),
    "add": gettext_lazy("add %(things)s"),
    "change": gettext_lazy("change %(things)s"),
    "delete": gettext_lazy("delete %(things)s"),
}


def require(permission: str | None) -> Callable[[View], View]:
    """Let in signed-in employees, and of those only the holders of `permission`.

    `permission` is a code ("orders.view_order"), or None for any employee. Strangers are sent to the sign-in page and
    come back; employees without the right get the 403 page that names it and says who can give it. Sets
    `view.required_permission`.
    """
    if permission is not None and permission.count(".") != 1:
        raise ValueError(f"{permission!r} is no permission code; write app_label.codename")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return ask_to_sign_in(request)
            if permission is not None and not request.user.has_perm(permission):
                return refuse(request, permission)
            return view(request, *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: View) -> View:
    """Mark a page that strangers may open: customers behind a signed link, health checks.

    Sets `view.required_permission = PUBLIC`.
    """

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    opened.required_permission = PUBLIC  # type: ignore[attr-defined]
    return opened


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Redirect to the sign-in page; a fragment request takes the whole browser page there and back to where it was."""
    htmx = getattr(request, "htmx", None)
    if htmx:
        here = urlsplit(htmx.current_url or "")
        back = f"{here.path}?{here.query}" if here.query else here.path
        return HttpResponseClientRedirect(redirect_to_login(back or "/").url)
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))


def refuse(request: HttpRequest, permission: str) -> HttpResponse:
    """The 403 answer: which right is missing, which roles have it, what to do next."""
    app_label, _, codename = permission.partition(".")
    right = Permission.objects.filter(content_type__app_label=app_label, codename=codename).first()
    holders = list(
        Group.objects.filter(permissions__content_type__app_label=app_label, permissions__codename=codename)
        .order_by("name")
        .values_list("name", flat=True)
        .distinct()
    )
    name = _words_of(right) if right else permission
    response = render(
        request,
        "403.html",
        {"permission": permission, "permission_name": name, "holders": holders},
        status=403,
    )
    if getattr(request, "htmx", False):
        text = gettext("You lack the right “%(right)s”. Ask a manager: they can do it or give you the right.") % {
            "right": name
        }
        trigger_client_event(response, "toast", {"level": "error", "text": text})
    return response


def _words_of(right: Permission) -> str:
    # Django writes the names of its own four rights in English, once, when the table is made.
    verb = right.codename.partition("_")[0]
    model = right.content_type.model_class()
    if model is None or verb not in _DJANGOS_OWN or right.codename != f"{verb}_{model._meta.model_name}":
        return gettext(right.name)
    return str(_DJANGOS_OWN[verb]) % {"things": model._meta.verbose_name_plural}
