"""Where an order's goods are taken from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inventory.policies import Allocation, Allocator, LevelFacts, Need, OrderNeed, Shortage


def level(variant, location, free, *, shop=None, priority=10, online=True, reserved=0):
    return LevelFacts(location * 100 + variant, variant, location, free + reserved, reserved, shop, priority, online)


def order(*needs, store=1):
    return OrderNeed(1, store, tuple(Need(index, variant, quantity) for index, (variant, quantity) in enumerate(needs)))


def places(outcome):
    return [item.location_id for item in outcome]


def test_the_shop_s_own_floor_is_asked_first():
    allocator = Allocator([level(1, 7, 5, priority=1), level(1, 8, 5, shop=1, priority=99, online=False)])
    assert places(allocator.allocate(order((1, 2)))) == [8]


def test_then_priority_then_key():
    allocator = Allocator([level(1, 9, 1, priority=5), level(1, 7, 1, priority=5), level(1, 8, 1, priority=1)])
    assert [places(allocator.allocate(order((1, 1)))) for _order in range(3)] == [[8], [7], [9]]


def test_a_floor_that_does_not_serve_online_orders_is_left_alone_by_other_shops():
    allocator = Allocator([level(1, 8, 5, shop=2, online=False)])
    assert allocator.allocate(order((1, 1))) == [Shortage(1, 1, 0)]


def test_an_order_is_served_from_one_place():
    allocator = Allocator([level(1, 7, 5), level(2, 8, 5), level(1, 9, 1), level(2, 9, 1)])
    assert places(allocator.allocate(order((1, 1), (2, 1)))) == [9, 9]


def test_when_no_place_has_everything_all_is_named():
    allocator = Allocator([level(1, 7, 5), level(2, 8, 5)])
    assert allocator.allocate(order((1, 1), (2, 1))) == [Shortage(1, 1, 5), Shortage(2, 1, 5)]


def test_a_shortage_names_the_best_that_one_place_could_give():
    allocator = Allocator([level(1, 7, 2), level(1, 8, 3)])
    assert allocator.allocate(order((1, 4))) == [Shortage(1, 4, 3)]


def test_lines_of_one_variant_count_together():
    allocator = Allocator([level(1, 7, 3)])
    assert allocator.allocate(order((1, 2), (1, 2))) == [Shortage(1, 4, 3)]
    assert places(allocator.allocate(order((1, 2), (1, 1)))) == [7, 7]


def test_what_was_given_is_gone_and_a_refusal_takes_nothing():
    allocator = Allocator([level(1, 7, 3), level(2, 7, 1)])
    assert isinstance(allocator.allocate(order((1, 3), (2, 2)))[0], Shortage)
    assert isinstance(allocator.allocate(order((1, 3)))[0], Allocation)
    assert isinstance(allocator.allocate(order((1, 1)))[0], Shortage)


def test_promised_pieces_are_not_free():
    assert Allocator([level(1, 7, 0, reserved=5)]).allocate(order((1, 1))) == [Shortage(1, 1, 0)]


@given(
    free=st.lists(
        st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(0, 6)), max_size=9, unique_by=lambda t: t[:2]
    ),
    orders=st.lists(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), min_size=1, max_size=3), max_size=6),
)
def test_never_more_is_given_than_there_is_and_every_order_gets_all_or_nothing(free, orders):
    allocator = Allocator(level(variant, location, n) for variant, location, n in free)
    left = {location * 100 + variant: n for variant, location, n in free}
    for needs in orders:
        outcome = allocator.allocate(order(*needs))
        given_away = [item for item in outcome if isinstance(item, Allocation)]
        assert len(given_away) in (0, len(needs))
        assert len({item.location_id for item in given_away}) <= 1
        for item in given_away:
            left[item.level_id] -= item.quantity
    assert all(n >= 0 for n in left.values())
