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
    "catalog.prices",
    section=Section.EDITOR,
    label=_("Prices"),
    url_name="catalog:price_list",
    icon="tag",
    permission="catalog.view_product",
    order=15,
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
nav(
    "catalog.board",
    section=Section.EDITOR,
    label=_("Planning board"),
    url_name="catalog:board",
    icon="layout-list",
    permission="catalog.plan_listings",
    order=1,
    shortcut="g b",
)
nav(
    "catalog.packages",
    section=Section.EDITOR,
    label=_("Publication packages"),
    url_name="catalog:package_list",
    icon="package",
    permission="catalog.plan_listings",
    order=30,
)
nav(
    "catalog.sources",
    section=Section.EDITOR,
    label=_("Intakes and notices"),
    url_name="catalog:source_list",
    icon="inbox",
    permission="catalog.view_listing",
    order=32,
)
nav(
    "catalog.mismatches",
    section=Section.EDITOR,
    label=_("Differences from notices"),
    url_name="catalog:mismatch_list",
    icon="alert-triangle",
    permission="catalog.view_listing",
    order=34,
)
nav(
    "catalog.plans",
    section=Section.EDITOR,
    label=_("Listing plans"),
    url_name="catalog:plan_list",
    icon="calendar-plus",
    permission="catalog.view_listing",
    order=36,
)
nav(
    "catalog.listings",
    section=Section.EDITOR,
    label=_("Listings"),
    url_name="catalog:listing_list",
    icon="tags",
    permission="catalog.view_listing",
    order=5,
    shortcut="g l",
)
nav(
    "catalog.refreshes",
    section=Section.EDITOR,
    label=_("Content refresh"),
    url_name="catalog:refresh_board",
    icon="refresh",
    permission="catalog.view_listing",
    order=60,
    shortcut="g f",
)
nav(
    "catalog.pushes",
    section=Section.EDITOR,
    label=_("Out to the shops"),
    url_name="catalog:push_list",
    icon="cloud-upload",
    permission="catalog.view_listing",
    order=65,
)
nav(
    "catalog.proofreads",
    section=Section.EDITOR,
    label=_("Proof-reading"),
    url_name="catalog:proofread_list",
    icon="text-spellcheck",
    permission="catalog.proofread_listing",
    order=70,
)
nav(
    "catalog.figures",
    section=Section.EDITOR,
    label=_("Content report"),
    url_name="catalog:figures",
    icon="chart-bar",
    permission="catalog.view_listing",
    order=75,
)
