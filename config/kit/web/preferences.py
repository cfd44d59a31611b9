"""Theme, density and the like: a form that sets a cookie, so that the switches work without JavaScript too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from config.kit.web.access import public
from config.kit.web.context import PREFERENCES


@public
@require_POST
def set_preference(request: HttpRequest) -> HttpResponse:
    """Keep `value` for `name` in this browser for a year and go back to `next`; 400 for anything unknown."""
    name, value = request.POST.get("name", ""), request.POST.get("value", "")
    if value not in PREFERENCES.get(name, ()):
        return HttpResponseBadRequest()
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response: HttpResponse = HttpResponse(status=204) if getattr(request, "htmx", False) else HttpResponseRedirect(back)
    response.set_cookie(name, value, max_age=365 * 86400, samesite="Lax", secure=request.is_secure())
    return response
