"""Reserving, releasing, shipping: all of an order or nothing, one level never below what is promised."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from inventory import selectors, services
from inventory.models import Reservation, StockLevel, StockMovement
from inventory.services import Need, OrderNeed, Shortage
from inventory.signals import stock_replenished
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import LocationFactory, stock

pytestmark = pytest.mark.django_db


def order(number, *needs, store=1):
    """An order whose lines are numbered from ten times its own number."""
    lines = tuple(Need(number * 10 + index, variant_id, quantity) for index, (variant_id, quantity) in enumerate(needs))
    return OrderNeed(number, store, lines)


def level_of(level):
    return StockLevel.objects.values_list("on_hand", "reserved").get(pk=level.pk)


def test_an_order_gets_all_it_needs(actor, now):
    cup, mug = stock(5), stock(5)
    result = services.reserve(orders=[order(1, (cup.variant_id, 2), (mug.variant_id, 5))], actor=actor, now=now)
    assert result == {1: []}
    assert (level_of(cup), level_of(mug)) == ((5, 2), (5, 5))
    assert list(Reservation.objects.order_by("line_id").values_list("line_id", "level_id", "quantity", "state")) == [
        (10, cup.pk, 2, "held"),
        (11, mug.pk, 5, "held"),
    ]


def test_a_shortage_names_what_is_missing_and_takes_nothing(actor, now):
    cup, mug = stock(5), stock(1)
    result = services.reserve(orders=[order(1, (cup.variant_id, 2), (mug.variant_id, 3))], actor=actor, now=now)
    assert result == {1: [Shortage(mug.variant_id, asked=3, available=1)]}
    assert (level_of(cup), level_of(mug)) == ((5, 0), (1, 0))
    assert Reservation.objects.count() == 0


def test_the_earlier_order_wins_and_the_smaller_one_behind_it_still_fits(actor, now):
    cup = stock(5)
    wanted = [order(number, (cup.variant_id, pieces)) for number, pieces in ((1, 4), (2, 2), (3, 1))]
    result = services.reserve(orders=wanted, actor=actor, now=now)
    assert {number: bool(short) for number, short in result.items()} == {1: False, 2: True, 3: False}
    assert level_of(cup) == (5, 5)


def test_many_orders_cost_no_more_statements_than_one(actor, now, django_assert_num_queries):
    cup, mug = stock(50), stock(50)
    for wanted in (
        [order(1, (cup.variant_id, 1))],
        [order(n, (cup.variant_id, 1), (mug.variant_id, 1)) for n in (2, 3, 4)],
    ):
        with django_assert_num_queries(2):  # the lock, and one statement
            services.reserve(orders=wanted, actor=actor, now=now)


def test_nothing_is_asked_of_the_database_for_orders_without_goods(actor, now, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert services.reserve(orders=[OrderNeed(1, 1, ())], actor=actor, now=now) == {1: []}


def test_a_closed_location_gives_nothing(actor, now):
    cup = stock(5, location=LocationFactory(code="closed", is_active=False))
    assert services.reserve(orders=[order(1, (cup.variant_id, 1))], actor=actor, now=now)[1] != []


def test_a_variant_that_was_never_received_is_short(actor, now):
    variant = VariantFactory()
    assert services.reserve(orders=[order(1, (variant.pk, 1))], actor=actor, now=now) == {
        1: [Shortage(variant.pk, 1, 0)]
    }


def test_a_line_is_reserved_once(actor, now):
    cup = stock(5)
    services.reserve(orders=[order(1, (cup.variant_id, 1))], actor=actor, now=now)
    with pytest.raises(IntegrityError, match="line_is_reserved_once"), transaction.atomic():
        services.reserve(orders=[order(1, (cup.variant_id, 1))], actor=actor, now=now)
    assert level_of(cup) == (5, 1)


def test_releasing_gives_back_once_and_tells_the_floors_above(actor, now, django_capture_on_commit_callbacks):
    cup = stock(5)
    services.reserve(orders=[order(1, (cup.variant_id, 3))], actor=actor, now=now)
    news = []

    def hear(sender, **facts):
        news.append(facts["variant_ids"])

    stock_replenished.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        ended = [
            services.release_reservations(line_ids=[10, 999], actor=actor, reason="cancelled", now=now)
            for _again in range(2)
        ]
    stock_replenished.disconnect(hear)
    assert (ended, news, level_of(cup)) == ([1, 0], [[cup.variant_id]], (5, 0))
    released = StockMovement.objects.filter(kind="release").values_list("on_hand_delta", "reserved_delta", "reason")
    assert list(released) == [(0, -3, "cancelled")]


def test_shipping_takes_the_pieces_out_once(actor, now):
    cup = stock(5)
    services.reserve(orders=[order(1, (cup.variant_id, 3))], actor=actor, now=now)
    assert [services.ship_reservations(line_ids=[10], actor=actor, now=now) for _again in range(2)] == [1, 0]
    assert level_of(cup) == (2, 0)
    assert services.release_reservations(line_ids=[10], actor=actor, reason="late", now=now) == 0
    assert Reservation.objects.values_list("state", "ended_at").get() == ("shipped", now)


def test_two_lines_of_one_variant_are_one_sum_and_two_promises(actor, now):
    cup = stock(5)
    services.reserve(orders=[order(1, (cup.variant_id, 2), (cup.variant_id, 3))], actor=actor, now=now)
    assert level_of(cup) == (5, 5)
    services.ship_reservations(line_ids=[10, 11], actor=actor, now=now)
    assert level_of(cup) == (0, 0)
    assert selectors.ledger_differences() == []


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"on_hand": 4}, "stock_reserved_within_on_hand"),
        ({"reserved": -1}, "stock_reserved_within_on_hand"),
        ({"reserved": 6}, "stock_reserved_within_on_hand"),
    ],
)
def test_the_database_refuses_a_level_that_promises_what_is_not_there(actor, now, change, constraint):
    cup = stock(5)
    services.reserve(orders=[order(1, (cup.variant_id, 5))], actor=actor, now=now)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        StockLevel.objects.filter(pk=cup.pk).update(**change)
    assert level_of(cup) == (5, 5)
