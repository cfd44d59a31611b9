"""Fifty buyers for ten pieces, and lines in opposite order; for each guard a control that shows the race without it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import OperationalError, connection, transaction

from config.kit.actor import Actor
from config.kit.errors import Busy
from inventory import selectors, services
from inventory.models import Reservation, StockLevel, StockMovement
from inventory.policies import LevelFacts
from inventory.services import Need, OrderNeed, StockLine, reservations
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import LocationFactory, stock
from tests.support.concurrency import run_concurrently

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("tests")
BUYERS, PIECES = 50, 10


def reserve_one(number: int, variant_id: int, now: datetime) -> bool:
    """Whether this buyer got a piece."""
    wanted = OrderNeed(number, 1, (Need(number, variant_id, 1),))
    return not services.reserve(orders=[wanted], actor=SYSTEM, now=now)[number]


def level_now(level: StockLevel) -> tuple[int, int]:
    return StockLevel.objects.values_list("on_hand", "reserved").get(pk=level.pk)


def read_without_lock(together: threading.Barrier) -> Callable[[list[int]], list[LevelFacts]]:
    """The lock as it would be without FOR UPDATE: everybody has read before anybody writes."""

    def read(variant_ids: list[int]) -> list[LevelFacts]:
        rows = StockLevel.objects.filter(variant_id__in=variant_ids).select_related("location").order_by("pk")
        facts = [
            LevelFacts(row.pk, row.variant_id, row.location_id, row.on_hand, row.reserved, None, 10, True)
            for row in rows
        ]
        together.wait()
        return facts

    return read


def test_fifty_buyers_of_ten_pieces_get_exactly_ten(now: datetime) -> None:
    level = stock(PIECES)
    outcomes = run_concurrently(BUYERS, lambda number: reserve_one(number, level.variant_id, now))
    assert (outcomes.count(True), outcomes.count(False)) == (PIECES, BUYERS - PIECES)
    assert level_now(level) == (PIECES, PIECES)
    assert Reservation.objects.filter(state="held").count() == PIECES
    assert StockMovement.objects.filter(kind="reserve").count() == PIECES
    assert selectors.ledger_differences() == []


def test_control_without_lock_and_condition_fifty_are_promised_ten_pieces() -> None:
    level = stock(PIECES)
    together = threading.Barrier(BUYERS, timeout=30)

    def naive(number: int) -> bool:
        with transaction.atomic():
            seen = StockLevel.objects.get(pk=level.pk)
            together.wait()
            if seen.on_hand - seen.reserved < 1:
                return False
            StockLevel.objects.filter(pk=level.pk).update(reserved=seen.reserved + 1)
            return True

    outcomes = run_concurrently(BUYERS, naive)
    assert outcomes.count(True) == BUYERS > PIECES
    assert level_now(level) == (PIECES, 1)


def test_the_condition_alone_still_holds_when_the_lock_is_gone(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    level = stock(PIECES)
    together = threading.Barrier(BUYERS, timeout=30)
    monkeypatch.setattr(reservations, "lock_levels_of_variants", read_without_lock(together))
    outcomes = run_concurrently(BUYERS, lambda number: reserve_one(number, level.variant_id, now))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Busy)]
    assert (outcomes.count(True), len(refused)) == (PIECES, BUYERS - PIECES)
    assert level_now(level) == (PIECES, PIECES)
    assert selectors.ledger_differences() == []


def test_the_last_piece_goes_to_one_of_a_sale_and_a_correction(now: datetime) -> None:
    level = stock(1)

    def either(number: int) -> bool:
        if number:
            return reserve_one(number, level.variant_id, now)
        lost = [StockLine(level.variant_id, level.location_id, -1)]
        services.correct_stock(lines=lost, reason="lost", actor=SYSTEM, now=now)
        return True

    outcomes = run_concurrently(2, either)
    assert outcomes.count(True) == 1
    assert level_now(level) in {(0, 0), (1, 1)}
    assert selectors.ledger_differences() == []


def test_lines_in_opposite_order_do_not_lock_each_other_out(now: datetime) -> None:
    first, second = stock(100), stock(100)

    def order(number: int) -> None:
        pair = [first, second] if number % 2 else [second, first]
        for turn in range(10):
            line = number * 100 + turn * 2
            needs = tuple(Need(line + index, level.variant_id, 1) for index, level in enumerate(pair))
            assert services.reserve(orders=[OrderNeed(line, 1, needs)], actor=SYSTEM, now=now) == {line: []}

    assert run_concurrently(4, order) == [None] * 4
    assert (level_now(first), level_now(second)) == ((100, 40), (100, 40))


def test_control_locks_in_the_order_of_the_lines_end_in_a_deadlock() -> None:
    first, second = stock(1), stock(1)
    both_hold_one = threading.Barrier(2, timeout=30)

    def order(number: int) -> None:
        pair = [first, second] if number % 2 else [second, first]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM inventory_stocklevel WHERE id = %s FOR UPDATE", [pair[0].pk])
            both_hold_one.wait()
            cursor.execute("SELECT 1 FROM inventory_stocklevel WHERE id = %s FOR UPDATE", [pair[1].pk])

    outcomes = run_concurrently(2, order)
    [deadlock] = [outcome for outcome in outcomes if outcome is not None]
    assert isinstance(deadlock, OperationalError)
    assert "deadlock" in str(deadlock)


def test_receipts_of_new_goods_in_opposite_order_make_each_level_once(now: datetime) -> None:
    place = LocationFactory().pk
    variants = [VariantFactory().pk for _number in range(5)]

    def receive(number: int) -> None:
        order = variants if number % 2 else variants[::-1]
        lines = [StockLine(variant, place, 2) for variant in order]
        services.receive_stock(lines=lines, reference=str(number), actor=SYSTEM, now=now)

    assert run_concurrently(8, receive) == [None] * 8
    assert list(StockLevel.objects.values_list("on_hand", flat=True)) == [16] * 5
    assert selectors.ledger_differences() == []


def test_a_line_that_is_shipped_and_released_at_once_ends_once(now: datetime) -> None:
    level = stock(10)
    for line in range(10):
        reserve_one(line, level.variant_id, now)

    def end(number: int) -> int:
        if number % 2:
            return services.ship_reservations(line_ids=list(range(10)), actor=SYSTEM, now=now)
        return services.release_reservations(line_ids=list(range(9, -1, -1)), actor=SYSTEM, reason="x", now=now)

    outcomes = run_concurrently(4, end)
    assert sorted(outcomes) == [0, 0, 0, 10]
    assert level_now(level) in {(10, 0), (0, 0)}
    assert selectors.ledger_differences() == []
