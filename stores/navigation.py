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
