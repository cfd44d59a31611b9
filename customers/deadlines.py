"""The clocks that messages start (ORD-2)."""

from approvals.registries import RuleDeclaration, time_rules

time_rules.register(
    "message_failed",
    RuleDeclaration(
        name="Failed message settled",
        length_minutes=4 * 60,
        starts_when="message failed for good",
        stops_when="sent, or dropped by a person",
        source="[C] 自动发送确认邮件",
        calendar="service",
    ),
)
