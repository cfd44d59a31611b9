"""The clocks that messages start (ORD-2)."""

from django.utils.translation import gettext_noop as _

from approvals.registries import RuleDeclaration, time_rules

time_rules.register(
    "message_failed",
    RuleDeclaration(
        name=_("Failed message settled"),
        length_minutes=4 * 60,
        starts_when=_("message failed for good"),
        stops_when=_("sent, or dropped by a person"),
        source="[C] 自动发送确认邮件",
        calendar="service",
    ),
)
