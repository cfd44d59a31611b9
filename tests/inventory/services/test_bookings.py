"""Receiving and correcting: the ledger gains lines, levels follow, refusals change nothing."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from approvals.models import TrailEntry
from config.kit.actor import Actor
from inventory import selectors, services
from inventory.errors import InsufficientStock, NothingToMove, ReasonMissing
from inventory.models import StockLevel, StockMovement
from inventory.services import Need, OrderNeed, StockLine
from inventory.signals import stock_replenished
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import LocationFactory, stock

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard():
    news = []

    def hear(sender, **facts):
        news.append(facts["variant_ids"])

    stock_replenished.connect(hear)
    yield news
    stock_replenished.disconnect(hear)


def counts():
    return (
        StockMovement.objects.count(),
        TrailEntry.objects.count(),
        list(StockLevel.objects.values_list("on_hand", "reserved")),
    )


def test_a_receipt_makes_levels_movements_and_trail_rows(staff, now):
    first, second, place = VariantFactory(), VariantFactory(), LocationFactory()
    lines = [StockLine(second.pk, place.pk, 3), StockLine(first.pk, place.pk, 2), StockLine(second.pk, place.pk, 4)]
    levels = services.receive_stock(lines=lines, reference="PO-7", actor=staff, now=now)
    assert [(level.variant_id, level.on_hand, level.reserved) for level in levels] == [
        (first.pk, 2, 0),
        (second.pk, 7, 0),
    ]
    kept = ("variant_id", "kind", "on_hand_delta", "reserved_delta", "reason", "actor_user_id", "actor_label", "at")
    assert list(StockMovement.objects.order_by("pk").values_list(*kept)) == [
        (first.pk, "receipt", 2, 0, "PO-7", staff.user_id, staff.label, now),
        (second.pk, "receipt", 7, 0, "PO-7", staff.user_id, staff.label, now),
    ]
    assert list(TrailEntry.objects.order_by("pk").values_list("action", "subject_id", "changes", "reason")) == [
        ("inventory.stock_received", levels[0].pk, {"on_hand": [0, 2]}, "PO-7"),
        ("inventory.stock_received", levels[1].pk, {"on_hand": [0, 7]}, "PO-7"),
    ]


def test_a_receipt_costs_the_same_for_one_line_and_for_three(actor, now, django_assert_num_queries):
    place = LocationFactory()
    for count in (1, 3):
        lines = [StockLine(VariantFactory().pk, place.pk, 5) for _line in range(count)]
        with django_assert_num_queries(7):  # savepoint, levels, lock, update, movements, trail, release
            services.receive_stock(lines=lines, reference="x", actor=actor, now=now)


@pytest.mark.parametrize("quantities", [[], [0], [-1], [5, 0]])
def test_a_receipt_of_nothing_or_less_is_refused_whole(actor, now, quantities):
    variant, place = VariantFactory(), LocationFactory()
    lines = [StockLine(variant.pk, place.pk, quantity) for quantity in quantities]
    with pytest.raises(NothingToMove):
        services.receive_stock(lines=lines, reference="x", actor=actor, now=now)
    assert counts() == (0, 0, [])


def test_the_floors_above_hear_of_new_pieces_after_commit(actor, now, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        level = stock(5)
        assert heard == []
    with django_capture_on_commit_callbacks(execute=True):
        fewer = [StockLine(level.variant_id, level.location_id, -1)]
        services.correct_stock(lines=fewer, reason="lost", actor=actor, now=now)
    assert heard == [[level.variant_id]]


def test_a_correction_below_what_is_promised_names_the_facts_and_books_nothing_of_the_whole(actor, now):
    level, other = stock(5, variant=VariantFactory(sku="CUP")), stock(5)
    services.reserve(orders=[OrderNeed(1, 1, (Need(1, level.variant_id, 4),))], actor=actor, now=now)
    before = counts()
    lines = [StockLine(other.variant_id, other.location_id, 1), StockLine(level.variant_id, level.location_id, -2)]
    with pytest.raises(InsufficientStock) as refusal, transaction.atomic():
        services.correct_stock(lines=lines, reason="lost", actor=actor, now=now)
    assert refusal.value.facts == {
        "sku": "CUP", "location": "Main", "asked": 2, "available": 1, "reserved": 4, "on_hand": 5
    }  # fmt: skip
    assert counts() == before


def test_a_correction_needs_a_reason(actor, now):
    level = stock(5)
    before = counts()
    with pytest.raises(ReasonMissing):
        services.correct_stock(
            lines=[StockLine(level.variant_id, level.location_id, 1)], reason=" \n", actor=actor, now=now
        )
    assert counts() == before


@pytest.mark.parametrize("quantities", [[0], [2, -2]])
def test_a_correction_that_comes_to_nothing_is_refused(actor, now, quantities):
    level = stock(5)
    before = counts()
    lines = [StockLine(level.variant_id, level.location_id, quantity) for quantity in quantities]
    with pytest.raises(NothingToMove), transaction.atomic():
        services.correct_stock(lines=lines, reason="x", actor=actor, now=now)
    assert counts() == before


def test_the_last_piece_can_be_corrected_away(actor, now):
    level = stock(1)
    services.correct_stock(
        lines=[StockLine(level.variant_id, level.location_id, -1)], reason="lost", actor=actor, now=now
    )
    assert counts()[2] == [(0, 0)]
    assert selectors.ledger_differences() == []


def test_a_bin_is_set_once_and_written_once(actor, now):
    level = stock(1)
    for _again in range(2):
        assert services.set_bin(level_id=level.pk, bin_code="A-03", actor=actor, now=now).bin_code == "A-03"
    assert TrailEntry.objects.filter(action="inventory.bin_set").count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inventory_stockmovement SET on_hand_delta = 99",
        "DELETE FROM inventory_stockmovement",
        "TRUNCATE inventory_stockmovement",
    ],
)
def test_the_ledger_is_only_added_to(statement):
    stock(5)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL zhanggui.allow_truncate = ''")
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            cursor.execute(statement)
    assert StockMovement.objects.values_list("on_hand_delta", flat=True).get() == 5


def test_an_actor_of_the_system_leaves_no_person(now):
    services.receive_stock(
        lines=[StockLine(VariantFactory().pk, LocationFactory().pk, 1)],
        reference="x",
        actor=Actor.system("import"),
        now=now,
    )
    assert StockMovement.objects.values_list("actor_label", "actor_user_id").get() == ("import", None)
