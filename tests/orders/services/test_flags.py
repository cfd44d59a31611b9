"""What happens by itself to an order that missed its promise."""

from datetime import timedelta

import pytest

from approvals.models import Deadline, TrailEntry
from approvals.services import sweep_deadlines
from orders.models import Order
from orders.services import flag_order
from orders.states import OrderFlag
from tests.factories.bench import ready_order, stocked

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(now):
    return ready_order([(stocked("CUP"), 1)], now=now)


def flagged(order):
    return TrailEntry.objects.about("orders.order", order.pk).filter(action="orders.flagged").count()


def test_missed_promise_marks_the_order_late_once(order, now):
    sweep_deadlines(now=order.ship_by - timedelta(minutes=1))
    assert Order.objects.get(pk=order.pk).flag == ""

    sweep_deadlines(now=order.ship_by + timedelta(minutes=1))
    sweep_deadlines(now=order.ship_by + timedelta(minutes=2))
    assert Order.objects.get(pk=order.pk).flag == OrderFlag.LATE
    assert flagged(order) == 1
    steps = Deadline.objects.get(rule__code="order_ship", subject_id=order.pk).steps
    assert steps.filter(kind="consequence").count() == 1


def test_flag_order_again_changes_nothing(order, now, actor):
    flag_order(order_id=order.pk, flag=OrderFlag.LATE, reason="seen", actor=actor, now=now)
    flag_order(order_id=order.pk, flag=OrderFlag.LATE, reason="again", actor=actor, now=now)

    assert flagged(order) == 1


def test_late_order_says_so_on_its_page_and_in_the_list(order, now, actor, client_as):
    flag_order(order_id=order.pk, flag=OrderFlag.LATE, reason="seen", actor=actor, now=now)
    client = client_as("CS", shops=[order.shop])
    client.cookies["django_language"] = "en"

    assert b">late</span>" in client.get(f"/orders/{order.pk}/").content.replace(b"</i> late", b">late")
    assert b"late" in client.get("/orders/").content
