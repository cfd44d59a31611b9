"""Holding orders and letting them go."""

import pytest

from approvals.models import Deadline, TrailEntry
from orders.errors import HoldRefused
from orders.models import Hold, Order
from orders.services import cancel_order, hold_order, release_hold
from orders.states import HoldKind
from tests.factories.bench import ready_order, stocked, wave_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(now):
    return ready_order([(stocked("TEA", 5), 2)], now=now)


@pytest.fixture
def hold(order, now, actor):
    def place(kind=HoldKind.FRAUD, reason="looks odd"):
        return hold_order(order_id=order.pk, kind=kind, reason=reason, actor=actor, now=now)

    return place


@pytest.fixture
def release(order, now, actor):
    def lift(kind=HoldKind.FRAUD, resolution="called the buyer"):
        return release_hold(order_id=order.pk, kind=kind, resolution=resolution, actor=actor, now=now)

    return lift


def as_it_is(order):
    order.refresh_from_db()
    return order.status, order.open_holds, Hold.objects.filter(order=order, released_at=None).count()


def hold_clocks(order):
    found = Deadline.objects.filter(subject_type="orders.order", subject_id=order.pk, rule__code="order_hold")
    return list(found.values_list("state", flat=True))


def actions(order):
    found = TrailEntry.objects.about("orders.order", order.pk).order_by("pk")
    return list(found.values_list("action", flat=True))


def test_hold_stops_a_ready_order_with_a_reason_and_a_clock(order, hold):
    hold()

    assert as_it_is(order) == ("held", 1, 1)
    assert Hold.objects.values_list("kind", "reason").get() == ("fraud", "looks odd")
    assert hold_clocks(order) == ["running"]
    assert actions(order) == ["orders.taken", "orders.held"]


def test_release_frees_the_order_and_ends_the_clock(order, hold, release):
    hold()
    release()

    assert as_it_is(order) == ("ready", 0, 0)
    assert Hold.objects.get().resolution == "called the buyer"
    assert hold_clocks(order) == ["met"]
    assert actions(order) == ["orders.taken", "orders.held", "orders.released"]


def test_release_of_one_of_two_leaves_the_order_held(order, hold, release):
    hold()
    hold(HoldKind.ADDRESS, "no number")
    release()
    assert (as_it_is(order), hold_clocks(order)) == (("held", 1, 1), ["running"])

    release(HoldKind.ADDRESS)
    assert (as_it_is(order), hold_clocks(order)) == (("ready", 0, 0), ["met"])


def test_hold_in_a_wave_stops_the_order_where_it_is(order, hold, now):
    wave_of([order], now=now)
    hold()

    assert as_it_is(order) == ("picking", 1, 1)


@pytest.mark.parametrize(
    ("kind", "reason", "field"), [(HoldKind.FRAUD, "again", "kind"), (HoldKind.ADDRESS, " ", "reason")]
)
def test_hold_twice_or_without_a_reason_is_refused_and_changes_nothing(order, hold, kind, reason, field):
    hold()
    before = as_it_is(order), actions(order)
    with pytest.raises(HoldRefused) as refused:
        hold(kind, reason)

    assert (refused.value.field, (as_it_is(order), actions(order))) == (field, before)


def test_hold_of_a_cancelled_order_is_refused(order, hold, now, actor):
    cancel_order(order_id=order.pk, reason="buyer asked", actor=actor, now=now)
    with pytest.raises(HoldRefused):
        hold()

    assert as_it_is(order) == ("cancelled", 0, 0)


@pytest.mark.parametrize(
    ("kind", "resolution"),
    [(HoldKind.FRAUD, ""), (HoldKind.PRICE, "settled"), (HoldKind.STOCK, "settled"), (HoldKind.UNMAPPED, "settled")],
)
def test_release_that_is_not_due_is_refused_and_changes_nothing(order, hold, release, kind, resolution):
    hold()
    with pytest.raises(HoldRefused):
        release(kind, resolution)

    assert as_it_is(order) == ("held", 1, 1)
    assert actions(order) == ["orders.taken", "orders.held"]


def test_stock_hold_cannot_be_released_by_a_person(now, actor):
    from orders.services import take_orders
    from tests.factories.stores import ShopFactory
    from tests.support.orders import draft

    stocked("CUP", 1)
    [taken] = take_orders(
        shop_id=ShopFactory().pk, channel="api", drafts=[draft(lines=[("CUP", 2)])], actor=actor, now=now
    )
    with pytest.raises(HoldRefused):
        release_hold(order_id=taken.order_id, kind=HoldKind.STOCK, resolution="ship it", actor=actor, now=now)

    assert as_it_is(Order.objects.get()) == ("held", 1, 1)
