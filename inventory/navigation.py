"""Links of the side navigation."""

from django.utils.translation import gettext_lazy as _

from config.kit.web import Section, nav

nav(
    "inventory.levels",
    section=Section.WAREHOUSE,
    label=_("Stock"),
    url_name="inventory:level_list",
    icon="building-warehouse",
    permission="inventory.view_stocklevel",
    order=50,
    shortcut="g s",
)
nav(
    "inventory.receive",
    section=Section.WAREHOUSE,
    label=_("Receive stock"),
    url_name="inventory:receive",
    icon="package-import",
    permission="inventory.receive_stock",
    order=60,
)
nav(
    "inventory.movements",
    section=Section.WAREHOUSE,
    label=_("Stock movements"),
    url_name="inventory:movement_list",
    icon="arrows-exchange",
    permission="inventory.view_stockmovement",
    order=70,
)
