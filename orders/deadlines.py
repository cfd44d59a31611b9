"""The clocks that orders start (ORD-11, ORD-13, SHIP-9)."""

from django.utils.translation import gettext_noop as _

from approvals.registries import RuleDeclaration, time_rules

time_rules.register(
    "order_ship",
    RuleDeclaration(
        name=_("Order handed over"),
        length_minutes=24 * 60,
        starts_when=_("order paid and taken in"),
        stops_when=_("parcel handed over, or order cancelled"),
        source="[C] 时间节点",
    ),
)
time_rules.register(
    "order_hold",
    RuleDeclaration(
        name=_("Held order settled"),
        length_minutes=4 * 60,
        starts_when=_("hold placed"),
        stops_when=_("last hold released, or order cancelled"),
        source="[C] 时间节点",
        calendar="service",
    ),
)
time_rules.register(
    "input_quarantined",
    RuleDeclaration(
        name=_("Quarantined input settled"),
        length_minutes=8 * 60,
        starts_when=_("input quarantined"),
        stops_when=_("corrected and run, or set aside"),
        source="[C] 订单接收",
        calendar="service",
    ),
)
