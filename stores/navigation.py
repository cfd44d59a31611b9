"""Links of the side navigation."""

from django.utils.translation import gettext_lazy as _

from config.kit.web import Section, nav

nav("stores.home", section=Section.TODAY, label=_("Home"), url_name="home", icon="home", order=0, shortcut="g h")
nav(
    "stores.proposals",
    section=Section.COMPANY,
    label=_("Redesign proposals"),
    url_name="stores:proposal_list",
    icon="bulb",
    permission="stores.file_proposal",
    order=50,
)
nav(
    "stores.boards",
    section=Section.EDITOR,
    label=_("Shop boards"),
    url_name="stores:shop_boards",
    icon="building-store",
    permission="stores.view_page",
    order=50,
)
nav(
    "stores.pages",
    section=Section.EDITOR,
    label=_("Shop pages"),
    url_name="stores:page_list",
    icon="browser",
    permission="stores.view_page",
    order=51,
    shortcut="g e",
)
nav(
    "stores.layouts",
    section=Section.EDITOR,
    label=_("Layouts"),
    url_name="stores:layout_list",
    icon="layout",
    permission="stores.view_page",
    order=52,
)
nav(
    "stores.zones",
    section=Section.EDITOR,
    label=_("Promotion zones"),
    url_name="stores:zone_list",
    icon="replace",
    permission="stores.view_page",
    order=53,
)
nav(
    "stores.calendar",
    section=Section.TODAY,
    label=_("Calendar"),
    url_name="stores:calendar",
    icon="calendar",
    permission="stores.view_calendar",
    order=30,
    shortcut="g d",
)
