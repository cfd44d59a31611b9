"""Links of the side navigation."""

from django.utils.translation import gettext_lazy as _

from config.kit.web import Section, nav

nav(
    "catalog.products",
    section=Section.EDITOR,
    label=_("Products"),
    url_name="catalog:product_list",
    icon="box",
    permission="catalog.view_product",
    order=10,
    shortcut="g p",
)
nav(
    "catalog.photos",
    section=Section.EDITOR,
    label=_("Pictures"),
    url_name="catalog:photo_list",
    icon="photo",
    permission="catalog.view_product",
    order=40,
)
nav(
    "catalog.shots",
    section=Section.EDITOR,
    label=_("Shot list"),
    url_name="catalog:shot_list",
    icon="camera",
    permission="catalog.view_product",
    order=45,
)
