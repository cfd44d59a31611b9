"""What the wave board counts."""

import pytest

from orders.selectors.bench import work_by_location
from orders.selectors.counts import bench_counts, desk_counts
from tests.factories.bench import ready_order, stocked
from tests.factories.inventory import LocationFactory
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders(now):
    """Two orders at the second location, one at the first; order keys and line keys are far apart."""
    first, second = LocationFactory(code="first", priority=1), LocationFactory(code="second", priority=2)
    cup, bowl = stocked("CUP", location=first), stocked("BOWL", location=second)
    several = ready_order([(bowl, 1), (stocked("LID", location=second), 2)], now=now)
    single = ready_order([(bowl, 1)], now=now)
    other = ready_order([(cup, 1)], now=now)
    return first, second, [several, single, other]


def test_work_by_location_counts_ready_orders_where_their_stock_lies(orders):
    first, second, _made = orders
    assert [(work.location_id, work.ready, work.single) for work in work_by_location()] == [
        (first.pk, 1, 1),
        (second.pk, 2, 1),
    ]


def test_counts_of_the_home_page_keep_to_a_persons_shops(orders, now):
    _first, _second, [several, _single, _other] = orders
    person = EmployeeFactory(roles=["CS"], shops=[several.shop])
    stranger = EmployeeFactory(roles=["CS"], shops=[ShopFactory()])

    assert desk_counts(person, now).ready == type(several).objects.filter(shop=several.shop).count()
    assert desk_counts(stranger, now).ready == 0
    assert bench_counts().ready == 3
