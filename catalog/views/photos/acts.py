"""What people decide about one picture."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from catalog import services
from catalog.forms.photos import AltForm, MoveForm
from catalog.forms.products import ReasonForm
from catalog.models import Photo
from catalog.policies.photo_rules import failing_platforms
from catalog.selectors.photos import order_after_step
from catalog.views.photos._photo import SIGN, UPLOAD, product_address
from config.kit.web import actor_of, domain_errors, page, refuse, require


@require(SIGN)
@require_POST
def photo_sign_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a picture is professional."""
    found = get_object_or_404(Photo, pk=pk)
    with domain_errors(request) as outcome:
        found = services.sign_off_photo(photo_id=pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        _tell_signed(request, found)
    return outcome.redirect(_back(request, found))


def _tell_signed(request: HttpRequest, found: Photo) -> None:
    if places := failing_platforms(found.checks):
        names = {check["platform"]: check["platform_name"] or gettext("every platform") for check in found.checks}
        text = gettext("“%(file)s” is signed off. It stays out of %(platforms)s: it does not meet the rules there.")
        platforms = gettext(", ").join(names[code] for code in places)
        messages.warning(request, text % {"file": found.file_name, "platforms": platforms})
    else:
        messages.success(request, gettext("“%(file)s” is signed off.") % {"file": found.file_name})


@require(UPLOAD)
def photo_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a picture back with the reason; one's own can be taken back by whoever uploaded it."""
    found = get_object_or_404(Photo.objects.select_related("product"), pk=pk)
    if not request.user.has_perm(SIGN) and found.uploaded_by_id != request.user.pk:
        return refuse(request, SIGN)
    return _with_reason(
        request,
        found,
        services.refuse_photo,
        title=gettext("Refuse the picture"),
        explain=gettext(
            "Whoever uploaded it reads the reason. The role counts as missing until another picture is there."
        ),
        done=gettext("The picture is refused."),
    )


@require(SIGN)
def photo_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an approved picture out of use."""
    return _with_reason(
        request,
        get_object_or_404(Photo.objects.select_related("product"), pk=pk),
        services.retire_photo,
        title=gettext("Retire the picture"),
        explain=gettext(
            "New versions of listings do not show it any more, and what waits for approval with it goes back to its author. "
            "Shoppers see what is live until then."
        ),
        done=gettext("The picture is retired."),
    )


def _with_reason(request: HttpRequest, found: Photo, act: Any, *, title: str, explain: str, done: str) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with domain_errors(request, form) as outcome:
            act(photo_id=found.pk, actor=actor_of(request), now=timezone.now(), **form.cleaned_data)
        if not outcome.failed:
            messages.success(request, done)
            return outcome.redirect(_back(request, found))
    context = {
        "photo": found,
        "form": form,
        "title": title,
        "explain": explain,
        "next": _next(request),
        "back": _back(request, found),
    }
    return page(request, "catalog/photos/act.html", context, form=form)


@require(SIGN)
@require_POST
def photo_bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Use a retired picture again."""
    found = get_object_or_404(Photo, pk=pk)
    with domain_errors(request) as outcome:
        services.bring_back_photo(photo_id=pk, actor=actor_of(request), now=timezone.now())
    if not outcome.failed:
        messages.success(request, gettext("The picture is in use again."))
    return outcome.redirect(product_address(found.product_id, pk))


@require(UPLOAD)
@require_POST
def photo_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a picture one place earlier or later within its role."""
    found = get_object_or_404(Photo, pk=pk)
    form = MoveForm(request.POST)
    with domain_errors(request) as outcome:
        if form.is_valid():
            services.order_photos(
                product_id=found.product_id,
                photo_ids=order_after_step(found, up=form.cleaned_data["to"] == "up"),
                actor=actor_of(request),
                now=timezone.now(),
            )
    return outcome.redirect(product_address(found.product_id, pk))


@require(UPLOAD)
@require_POST
def photo_describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what a picture shows for those who cannot see it."""
    found = get_object_or_404(Photo, pk=pk)
    form = AltForm(request.POST)
    with domain_errors(request) as outcome:
        if form.is_valid():
            services.describe_photo(
                photo_id=pk, alt=form.cleaned_data["alt"], actor=actor_of(request), now=timezone.now()
            )
            messages.success(request, gettext("The description is saved."))
        else:
            messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return outcome.redirect(product_address(found.product_id, pk))


def _next(request: HttpRequest) -> str:
    """Where the person came from, when that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else ""


def _back(request: HttpRequest, found: Photo) -> str:
    return _next(request) or product_address(found.product_id, found.pk)
