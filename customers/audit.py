"""What the trail may say about customers. Acts on a message stand on the timeline of what the message is about."""

from django.utils.translation import gettext_lazy as _

from approvals.registries import SubjectKind, TrailAction, subjects, trail_actions

for _code, _sentence, _kind in (
    ("customers.message_sent", _("message sent"), "system"),
    ("customers.message_failed", _("message could not be sent"), "system"),
    ("customers.message_unconfirmed", _("message: outcome unknown"), "system"),
    ("customers.message_confirmed", _("message confirmed as sent"), "people"),
    ("customers.message_retried", _("message to be sent again"), "people"),
    ("customers.message_dropped", _("message dropped"), "people"),
    ("customers.personal_data_revealed", _("personal data revealed"), "people"),
    ("customers.anonymised", _("personal data erased"), "people"),
):
    trail_actions.register(_code, TrailAction(_sentence, kind=_kind))

subjects.register(
    "customers.customer", SubjectKind(_("customer"), "customers:customer_detail", "customers.view_customer")
)
subjects.register("customers.message", SubjectKind(_("message"), "customers:message_detail", "customers.view_message"))
