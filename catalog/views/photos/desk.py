"""The desk of pictures: those that wait for sign-off first, with what the automatic checks say."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog.models import Photo, Product
from catalog.policies.photo_rules import check_label, check_words, failing_platforms, failures, refusal_words
from catalog.selectors.finding import products_matching
from catalog.selectors.photos import photo_list, photos_failing_on
from catalog.states import PhotoRole, PhotoState
from catalog.views.photos._photo import SEE, file_address, photo_chip, product_address
from config.kit.web import Chip, Column, ListScreen, Preset, Tone
from config.kit.web.tags import icon
from stores.models import Platform


def _picture_cell(photo: Photo) -> SafeString:
    if not photo.width:
        return format_html('<span class="photo-none">{}</span>', icon("photo-off", gettext("no preview")))
    return format_html(
        '<a class="photo-thumb" href="{}"><img src="{}" alt="{}" loading="lazy"></a>',
        file_address(photo, "large"),
        file_address(photo, "list"),
        photo.alt or photo.file_name,
    )


def _size(photo: Photo) -> str:
    return f"{photo.width}\u00a0×\u00a0{photo.height}" if photo.width else ""


def _verdict(photo: Photo) -> list[Chip]:
    """Platforms that would not take it, and what a person should look at."""
    if photo.state == PhotoState.REFUSED:
        words = refusal_words(photo.facts, photo.problem)
        return [Chip(Truncator(words).chars(60), Tone.BAD, "hand-stop", words)]
    chips = []
    for code in failing_platforms(photo.checks):
        failed = [check for check in failures(photo.checks) if check["platform"] == code]
        words = "; ".join(f"{check_label(check)}: {check_words(check)}" for check in failed)
        labels = ", ".join(check_label(check) for check in failed)
        place = failed[0]["platform_name"] or gettext("everywhere")
        chips.append(Chip(f"{place}: {labels}", Tone.BAD, "x", words))
    warned = {check["code"]: check for check in photo.checks if not check["ok"] and check["severity"] == "warn"}
    chips += [Chip(check_label(check), Tone.WARN, "eye", check_words(check)) for check in warned.values()]
    if not chips and photo.checks:
        return [Chip(gettext("meets every rule"), Tone.GOOD, "check")]
    return chips


def _acts(photo: Any) -> SafeString | str:
    """Buttons of the form above the list; y and r press those of the row in focus."""
    if not photo.may_sign:
        return ""
    here = reverse("catalog:photo_list")
    return format_html(
        '<span class="photo-acts"><button class="btn btn-sm" type="submit" form="photo-acts" formaction="{}" data-shortcut="y" '
        'data-shortcut-label="{}">{}{}</button> <a class="btn btn-sm" href="{}?next={}" data-shortcut="r" '
        'data-shortcut-label="{}">{}{}</a></span>',
        reverse("catalog:photo_sign_off", args=[photo.pk]),
        gettext("Sign off the picture in focus"),
        icon("check"),
        gettext("Sign off"),
        reverse("catalog:photo_refuse", args=[photo.pk]),
        here,
        gettext("Refuse the picture in focus"),
        icon("x"),
        gettext("Refuse"),
    )


class PhotoFilter(django_filters.FilterSet):
    """State, role, the platform that would not take it, product."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=PhotoState.choices)
    role = django_filters.ChoiceFilter(label=_("Shows"), choices=PhotoRole.choices)
    failing = django_filters.ModelChoiceFilter(
        label=_("Not good enough for"),
        queryset=Platform.objects.order_by("name"),
        to_field_name="code",
        method="keep_failing",
    )
    product = django_filters.CharFilter(label=_("Product"), method="keep_product")

    class Meta:
        model = Photo
        fields = ["state", "role"]

    def keep_failing(self, rows: QuerySet[Photo], name: str, platform: Platform) -> QuerySet[Photo]:
        """Pictures that a platform would not take."""
        return photos_failing_on(rows, platform.code)

    def keep_product(self, rows: QuerySet[Photo], name: str, words: str) -> QuerySet[Photo]:
        """Pictures of products found by name or code."""
        return rows.filter(product__in=products_matching(Product.objects.all(), words.strip()))


def _matching(rows: QuerySet[Photo], words: str) -> QuerySet[Photo]:
    found = products_matching(Product.objects.all(), words)
    return rows.filter(Q(file_name__icontains=words) | Q(product__in=found))


PHOTOS = ListScreen(
    key="catalog.photos",
    title=_("Pictures"),
    permission=SEE,
    rows=photo_list,
    columns=(
        Column("picture", _("Picture"), value=_picture_cell, export=False),
        Column(
            "product",
            _("Product"),
            value="product.name",
            link=lambda photo: product_address(photo.product_id, photo.pk),
        ),
        Column("role", _("Shows"), value="get_role_display", order_by="role"),
        Column("state", _("State"), kind="chip", value=photo_chip, order_by="standing"),
        Column("verdict", _("Automatic checks"), kind="chip", value=_verdict),
        Column("size", _("Pixels"), value=_size, order_by="width"),
        Column("file_name", _("File"), shown=False),
        Column("uploaded_by", _("Uploaded by"), value=lambda photo: str(photo.uploaded_by or "")),
        Column("uploaded_at", _("Uploaded"), kind="datetime", order_by="uploaded_at"),
        Column("signed_off_by", _("Signed off by"), value=lambda photo: str(photo.signed_off_by or ""), shown=False),
        Column("signed_off_at", _("Signed off"), kind="datetime", order_by="signed_off_at", shown=False),
        Column("acts", _("Decision"), value=_acts, export=False),
    ),
    filters=PhotoFilter,
    search=_matching,
    search_hint=_("Product, SKU, file name"),
    ordering="standing",
    row_url=lambda photo: product_address(photo.product_id, photo.pk),
    presets=(
        Preset(_("Waiting for sign-off"), "state=checked"),
        Preset(_("Approved"), "state=approved"),
        Preset(_("Refused"), "state=refused"),
    ),
    template="catalog/photos/list.html",
    empty=_(
        "Pictures of products would be here: uploaded on the product's page, checked by the system, signed off by a person."
    ),
)
