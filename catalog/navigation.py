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
