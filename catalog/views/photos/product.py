"""The pictures of one product, and their upload."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from catalog import services
from catalog.forms.photos import RoleForm
from catalog.models import Photo, Product
from catalog.selectors.photos import photo_book
from catalog.services.photos import UPLOAD_LIMIT, UploadOutcome
from catalog.views.photos._photo import SEE, UPLOAD, product_address
from catalog.views.photos.cards import card_of, slots_of
from config.kit.pictures import DEFAULT
from config.kit.pictures.reading import megabytes
from config.kit.web import actor_of, domain_errors, page, require

ACCEPT = "image/jpeg,image/png,image/webp,.jpg,.jpeg,.png,.webp"


def show_product_photos(request: HttpRequest, product: Product, outcomes: Sequence[UploadOutcome] = ()) -> HttpResponse:
    """The page; after an upload of which something was refused it says what became of each file, with 422."""
    slots, book = slots_of(product, request.user)
    context = {
        "product": product,
        "slots": slots,
        "missing": [slot for slot in slots if slot.missing],
        "places": [place.name for place in book.places(product.pk) if place.name],
        "may_upload": request.user.has_perm(UPLOAD),
        "outcomes": outcomes,
        "accept": ACCEPT,
        "upload_limit": UPLOAD_LIMIT,
        "weight_limit": megabytes(DEFAULT.max_bytes),
    }
    return page(request, "catalog/photos/product.html", context, status=422 if outcomes else 200)


@require(SEE)
def product_photos(request: HttpRequest, pk: int) -> HttpResponse:
    """A product's pictures by role: what each platform asks, what is missing, and the checks in words."""
    return show_product_photos(request, get_object_or_404(Product, pk=pk))


@require(UPLOAD)
@require_POST
def photo_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in pictures of one role; each file is judged by itself."""
    product = get_object_or_404(Product, pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404  # the page's forms name the role; whoever sends another has made the request by hand
    outcomes: list[UploadOutcome] = []
    with domain_errors(request) as outcome:
        outcomes = services.upload_photos(
            product_id=pk,
            role=form.cleaned_data["role"],
            files=request.FILES.getlist("files"),
            actor=actor_of(request),
            now=timezone.now(),
        )
    if outcome.error is not None:
        return show_product_photos(request, product, [UploadOutcome("", error=outcome.error)])
    if any(one.error for one in outcomes):
        return show_product_photos(request, product, outcomes)
    text = ngettext(
        "%(count)d picture was taken in; it is being checked.",
        "%(count)d pictures were taken in; they are being checked.",
        len(outcomes),
    )
    messages.success(request, text % {"count": len(outcomes)})
    last = outcomes[-1].photo
    return outcome.redirect(product_address(pk, last.pk if last else None))


@require(SEE)
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """One picture: its card for HTMX (the page asks while the worker reads it), else its place on the product's page."""
    found = get_object_or_404(Photo.objects.select_related("product", "uploaded_by", "signed_off_by"), pk=pk)
    if not getattr(request, "htmx", False):
        return redirect(product_address(found.product_id, pk))
    card = card_of(found, photo_book([found.product_id]).checks(found, found.product), request.user)
    return page(request, "catalog/photos/card.html", {"card": card})
