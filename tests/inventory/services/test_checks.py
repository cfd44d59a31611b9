"""The nightly check finds what does not fit, says it, and corrects nothing."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.models import Heartbeat, TrailEntry
from config.kit.errors import DomainError
from inventory import selectors, services
from inventory.models import Reservation, StockLevel
from inventory.services import Need, OrderNeed, StockLine
from inventory.tasks import compare_levels_with_ledger
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import LocationFactory, stock

pytestmark = pytest.mark.django_db


def test_levels_that_fit_leave_a_heartbeat_only(actor, now):
    stock(5)
    before = TrailEntry.objects.count()
    assert services.compare_levels_with_ledger(actor=actor, now=now) == []
    assert TrailEntry.objects.count() == before
    assert Heartbeat.objects.values_list("at", "detail").get(pk="stock-check") == (now, {"differences": 0})


def test_a_level_that_was_tampered_with_is_named_in_the_trail_and_left_as_it_is(actor, now):
    level, fine = stock(5), stock(5)
    StockLevel.objects.filter(pk=level.pk).update(on_hand=7)
    [found] = services.compare_levels_with_ledger(actor=actor, now=now)
    assert (found.level_id, found.on_hand, found.ledger_on_hand) == (level.pk, 7, 5)
    entry = TrailEntry.objects.get(action="inventory.ledger_disagrees")
    assert (entry.subject_type, entry.subject_id) == ("inventory.stocklevel", level.pk)
    assert entry.changes["on_hand"] == [5, 7]
    assert StockLevel.objects.values_list("on_hand", flat=True).get(pk=level.pk) == 7
    assert fine.pk != found.level_id


def test_reserved_pieces_without_a_promise_are_found(actor, now):
    level = stock(5)
    services.reserve(orders=[OrderNeed(1, 1, (Need(1, level.variant_id, 2),))], actor=actor, now=now)
    Reservation.objects.update(state="released")
    [found] = selectors.ledger_differences()
    assert (found.reserved, found.ledger_reserved, found.promised) == (2, 2, 0)


def test_movements_without_a_level_are_found(actor, now):
    level = stock(5)
    StockLevel.objects.all().delete()
    [found] = services.compare_levels_with_ledger(actor=actor, now=now)
    assert (found.level_id, found.variant_id, found.on_hand, found.ledger_on_hand) == (None, level.variant_id, 0, 5)
    assert TrailEntry.objects.filter(action="inventory.ledger_disagrees").get().subject_type == "catalog.variant"


def test_the_task_has_the_name_that_the_schedule_wakes(settings):
    stock(5)
    assert compare_levels_with_ledger() == 0
    assert settings.CELERY_BEAT_SCHEDULE["stock-check"]["task"] == compare_levels_with_ledger.name


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "correct", "reserve", "release", "ship"]), st.integers(0, 2), st.integers(-4, 8)
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_after_any_sequence_levels_are_the_sums_of_the_ledger(actor, now, steps):
    """A plain model in Python says what each step must do; refused steps change nothing."""
    with transaction.atomic():
        variants, place = [VariantFactory().pk for _number in range(3)], LocationFactory().pk
        on_hand, promised = [0, 0, 0], {}
        for lines, (deed, which, number) in enumerate(steps, start=1):
            free = on_hand[which] - sum(n for v, n in promised.values() if v == which)
            line = StockLine(variants[which], place, number)
            held = next((key for key, (v, _n) in promised.items() if v == which), 0)
            try:
                match deed:
                    case "receive":
                        services.receive_stock(lines=[line], reference="x", actor=actor, now=now)
                        assert number > 0
                        on_hand[which] += number
                    case "correct":
                        services.correct_stock(lines=[line], reason="x", actor=actor, now=now)
                        assert number != 0
                        assert free + number >= 0
                        on_hand[which] += number
                    case "reserve" if number > 0:
                        need = OrderNeed(lines, 1, (Need(lines, variants[which], number),))
                        short = services.reserve(orders=[need], actor=actor, now=now)[lines]
                        assert bool(short) == (free < number)
                        if not short:
                            promised[lines] = (which, number)
                    case "release":
                        ended = services.release_reservations(line_ids=[held], actor=actor, reason="x", now=now)
                        assert ended == (1 if promised.pop(held, None) else 0)
                    case "ship":
                        ended = services.ship_reservations(line_ids=[held], actor=actor, now=now)
                        _which, pieces = promised.pop(held, (which, 0))
                        assert ended == (1 if pieces else 0)
                        on_hand[which] -= pieces
            except DomainError:
                assert (deed == "receive" and number <= 0) or (deed == "correct" and (number == 0 or free + number < 0))
        found = {level.variant_id: (level.on_hand, level.reserved) for level in StockLevel.objects.all()}
        for which, variant_id in enumerate(variants):
            reserved = sum(n for v, n in promised.values() if v == which)
            assert found.get(variant_id, (0, 0)) == (on_hand[which], reserved)
        assert selectors.ledger_differences() == []
        transaction.set_rollback(True)
