"""Links of the side navigation."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from config.kit.web import Section, nav

nav(
    "customers.customers",
    section=Section.SERVICE,
    label=_("Customers"),
    url_name="customers:customer_list",
    icon="users",
    permission="customers.view_customer",
    order=30,
    shortcut="g c",
)
nav(
    "customers.messages",
    section=Section.SERVICE,
    label=_("Messages"),
    url_name="customers:message_list",
    icon="mail",
    permission="customers.view_message",
    order=40,
)
nav(
    "customers.failures",
    section=Section.SERVICE,
    label=_("Failed messages"),
    url_name="customers:message_failures",
    icon="mail-exclamation",
    permission="customers.view_message",
    order=41,
)
if not settings.EMAIL_URL:
    nav(
        "customers.mailbox",
        section=Section.SYSTEM,
        label=_("Mailbox"),
        url_name="customers:mailbox",
        icon="mailbox",
        permission="customers.view_mailboxitem",
        order=50,
    )
