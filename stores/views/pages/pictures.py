"""The pictures of a shop's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext

from config.kit.web import require
from stores import services
from stores.forms.pages import PictureForm
from stores.models import PagePicture, Shop
from stores.views.acts import form_page


@require("stores.edit_page")
def page_pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """The pictures of a shop's pages, and taking a new one in."""
    shop = get_object_or_404(Shop.objects.visible_to(request.user), pk=pk)
    pictures = PagePicture.objects.filter(shop=shop).select_related("uploaded_by").order_by("-uploaded_at", "-pk")[:200]
    return form_page(
        request,
        "stores/pages/pictures.html",
        PictureForm(request.POST or None, request.FILES or None),
        lambda data, act: services.add_page_picture(
            shop_id=pk, file=data["file"], file_name=data["file"].name, alt=data["alt"], **act
        ),
        done=gettext("The picture is taken in, cleaned of everything but its pixels."),
        to=reverse("stores:page_pictures", args=[pk]),
        context={"shop": shop, "pictures": pictures},
    )
