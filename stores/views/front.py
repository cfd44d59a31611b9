"""What everybody starts from: the home page, the top search, one's own profile, the demo's sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.kit.web import actor_of, domain_errors, page, public, require
from stores import selectors, services
from stores.forms import LanguageForm
from stores.models import Employee
from stores.registries import HOME_PANELS, SEARCH, Hit, Text

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class Finds:
    """What one provider found."""

    label: Text
    hits: list[Hit]


@require(None)
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me: panels that each app fills by itself."""
    panels = [
        panel
        for _key, panel in HOME_PANELS.items()
        if panel.permission is None or request.user.has_perm(panel.permission)
    ]
    return page(request, "stores/home.html", {"panels": sorted(panels, key=lambda panel: panel.order)})


@require(None)
def search(request: HttpRequest) -> HttpResponse:
    """Any number or word. The one thing whose own number it is opens at once; otherwise all finds by kind."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    providers = [
        found for _key, found in SEARCH.items() if found.permission is None or request.user.has_perm(found.permission)
    ]
    providers.sort(key=lambda provider: provider.order)
    finds = [Finds(provider.label, list(provider.find(request.user, words))) for provider in providers] if words else []
    exact = {hit.url for found in finds for hit in found.hits if hit.is_exact}
    if len(exact) == 1:
        return redirect(exact.pop())
    kinds = [provider.label for provider in providers]
    return page(
        request,
        "stores/search.html",
        {"words": words, "finds": [found for found in finds if found.hits], "kinds": kinds},
    )


@require(None)
def profile(request: HttpRequest) -> HttpResponse:
    """Language, password and second factor of the person who is signed in."""
    person = Employee.objects.select_related("department").get(pk=cast(int, request.user.pk))
    form = LanguageForm(request.POST or None, initial={"language": person.language})
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        with domain_errors(request, form) as outcome:
            services.choose_language(
                employee_id=person.pk, language=language, actor=actor_of(request), now=timezone.now()
            )
        if not outcome.failed:
            with translation.override(language):
                messages.success(request, _("Language kept. Mails to you use it too."))
            response = outcome.redirect("profile")
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
            return response
    context = {
        "person": person,
        "form": form,
        "has_second_factor": is_mfa_enabled(person),
        "roles": sorted(person.groups.values_list("name", flat=True)),
        "employments": person.employments.select_related("position__department").order_by("starts_on", "pk"),
        "shops": [member.shop for member in person.shop_memberships.select_related("shop").order_by("shop__name")],
    }
    return page(request, "stores/profile.html", context, form=form)


@public
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo company's people. 404 outside the demo and for every other account."""
    employee = selectors.demo_employee(request.POST.get("username", ""))
    if employee is None:
        raise Http404
    login(request, employee, backend=_BACKEND)
    return redirect(settings.LOGIN_REDIRECT_URL)
