"""The clocks that orders start (ORD-11, ORD-13, SHIP-9)."""

from approvals.registries import RuleDeclaration, time_rules

time_rules.register(
    "order_ship",
    RuleDeclaration(
        name="Order handed over",
        length_minutes=24 * 60,
        starts_when="order paid and taken in",
        stops_when="parcel handed over, or order cancelled",
        source="[C] 时间节点",
    ),
)
time_rules.register(
    "order_hold",
    RuleDeclaration(
        name="Held order settled",
        length_minutes=4 * 60,
        starts_when="hold placed",
        stops_when="last hold released, or order cancelled",
        source="[C] 时间节点",
        calendar="service",
    ),
)
time_rules.register(
    "input_quarantined",
    RuleDeclaration(
        name="Quarantined input settled",
        length_minutes=8 * 60,
        starts_when="input quarantined",
        stops_when="corrected and run, or set aside",
        source="[C] 订单接收",
        calendar="service",
    ),
)
