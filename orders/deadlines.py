"""The clocks that orders start, and what happens by itself when one is missed (ORD-11, ORD-13, CLOCK-7)."""

from datetime import datetime

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_noop as _

from approvals.models import Deadline
from approvals.registries import Consequence, RuleDeclaration, consequences, time_rules
from config.kit.actor import Actor
from orders import services
from orders.states import OrderFlag


def _flag_late(deadline: Deadline, now: datetime) -> str:
    """An order that missed its promise is marked late on every list and page; the mark stays when it has gone."""
    reason = _now("Not handed over by the promised time.")
    services.flag_order(
        order_id=deadline.subject_id, flag=OrderFlag.LATE, reason=reason, actor=Actor.system("deadlines"), now=now
    )
    return reason


consequences.register("orders.flag_late", Consequence(_flag_late))

time_rules.register(
    "order_ship",
    RuleDeclaration(
        name=_("Order handed over"),
        length_minutes=24 * 60,
        starts_when=_("order paid and taken in"),
        stops_when=_("parcel handed over, or order cancelled"),
        source="[C] 时间节点",
        consequence="orders.flag_late",
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
