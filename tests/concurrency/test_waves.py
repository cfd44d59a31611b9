"""Waves that are built, and couriers that come, at the same moment."""

import threading
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.db import transaction

from config.kit.actor import Actor
from inventory.models import StockLevel
from orders.errors import HandOverRefused, WaveRefused
from orders.models import HandOver, Order, Parcel, Wave
from orders.services import WaveRule, build_wave, hand_over
from tests.factories.bench import packed, ready_order, stocked, wave_of
from tests.factories.inventory import LocationFactory
from tests.support.concurrency import run_concurrently

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
ACTOR = Actor.system("tests")
BUILDERS = 4


@pytest.fixture
def tea():
    return stocked("TEA", 50)


def test_an_order_is_in_one_wave_whoever_builds(tea):
    orders = [ready_order([(tea, 1)], now=NOW) for _ in range(6)]
    rule = WaveRule(location_id=LocationFactory().pk)

    waves = run_concurrently(BUILDERS, lambda _number: build_wave(rule=rule, actor=ACTOR, now=NOW))

    assert all(isinstance(wave, Wave | WaveRefused) for wave in waves)
    assert Counter(Order.objects.values_list("status", flat=True)) == {"picking": 6}
    assert Counter(Parcel.objects.values_list("order", flat=True)) == {order.pk: 1 for order in orders}
    built = [wave for wave in waves if isinstance(wave, Wave)]
    assert sum(line.quantity for wave in built for line in wave.pick_lines.all()) == 6


def test_an_order_that_somebody_has_at_this_moment_is_left_out_without_waiting(tea):
    taken, free = ready_order([(tea, 1)], now=NOW), ready_order([(tea, 1)], now=NOW)
    held, built = threading.Event(), threading.Event()

    def work(number):
        if number == 0:
            with transaction.atomic():
                Order.objects.select_for_update().get(pk=taken.pk)
                held.set()
                return built.wait(20)
        held.wait(20)
        wave = build_wave(rule=WaveRule(location_id=LocationFactory().pk), actor=ACTOR, now=NOW)
        built.set()
        return list(wave.orders.all())

    assert run_concurrently(2, work) == [True, [free]]


def test_a_parcel_leaves_once_whoever_hands_it_over(tea):
    order = ready_order([(tea, 1)], now=NOW)
    wave_of([order], now=NOW)
    parcel = packed(order, "73123456789012", now=NOW)

    def give(number):
        return hand_over(
            courier_id=parcel.courier_id,
            location_id=parcel.location_id,
            parcel_ids=[parcel.pk],
            taken_by=f"courier {number}",
            actor=ACTOR,
            now=NOW,
        )

    results = Counter(type(result) for result in run_concurrently(BUILDERS, give))

    assert results == {HandOver: 1, HandOverRefused: BUILDERS - 1}
    assert (StockLevel.objects.get().on_hand, HandOver.objects.count()) == (49, 1)


def test_two_couriers_who_empty_a_wave_together_finish_it(tea):
    orders = [ready_order([(tea, 1)], now=NOW) for _ in range(2)]
    wave = wave_of(orders, now=NOW)
    parcels = [
        packed(orders[0], "73123456789012", now=NOW),
        packed(orders[1], "SF1234567890123", now=NOW, courier="sf"),
    ]

    def give(number):
        parcel = parcels[number]
        return hand_over(
            courier_id=parcel.courier_id,
            location_id=parcel.location_id,
            parcel_ids=[parcel.pk],
            taken_by="王师傅",
            actor=ACTOR,
            now=NOW,
        )

    results = run_concurrently(2, give)

    assert [type(result) for result in results] == [HandOver, HandOver]
    wave.refresh_from_db()
    assert wave.state == "finished"
