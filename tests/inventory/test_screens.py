"""Stock list, level page with its ledger, movements, and the slot on product pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from config.kit.actor import Actor
from inventory import selectors, services
from inventory.models import StockMovement
from inventory.selectors import ledger
from inventory.services import Need, OrderNeed, StockLine
from inventory.states import LocationKind
from stores.states import ShopKind
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import LocationFactory, stock
from tests.factories.stores import ShopFactory

SYSTEM = Actor.system("tests")


@pytest.fixture
def shop_floor(db):
    shop = ShopFactory(kind=ShopKind.PHYSICAL, platform=None)
    return LocationFactory(code="floor", kind=LocationKind.SHOP_FLOOR, shop=shop, priority=20)


def shown(response):
    return [row.pk for row in response.context["rows"]]


def test_people_see_warehouses_and_the_floors_of_their_own_shops(client_as, shop_floor):
    other = LocationFactory(code="other", kind=LocationKind.SHOP_FLOOR, shop=ShopFactory())
    variant = VariantFactory()
    main, own, foreign = (stock(5, variant=variant, location=place) for place in (LocationFactory(), shop_floor, other))
    client = client_as("OFF", shops=[shop_floor.shop])
    assert shown(client.get(reverse("inventory:level_list"))) == [main.pk, own.pk]
    assert client.get(reverse("inventory:level_detail", args=[foreign.pk])).status_code == 404
    assert shown(client_as("FIN").get(reverse("inventory:level_list"))) == [main.pk, own.pk, foreign.pk]


def test_the_movement_list_keeps_to_the_same_scope(client_as, shop_floor):
    stock(5, location=shop_floor)
    assert len(shown(client_as("WH").get(reverse("inventory:movement_list")))) == 0
    assert len(shown(client_as("WH", shops=[shop_floor.shop]).get(reverse("inventory:movement_list")))) == 1


@pytest.mark.parametrize(("left", "expected"), [("some", 0), ("none", 1), ("promised", 2), ("below_zero", None)])
def test_the_stock_list_filters_by_what_is_left(client_as, now, left, expected):
    free, gone, promised = stock(3), stock(1), stock(2)
    services.correct_stock(
        lines=[StockLine(gone.variant_id, gone.location_id, -1)], reason="lost", actor=SYSTEM, now=now
    )
    services.reserve(orders=[OrderNeed(1, 1, (Need(1, promised.variant_id, 2),))], actor=SYSTEM, now=now)
    rows = shown(client_as("WH").get(reverse("inventory:level_list"), {"left": left}))
    assert rows == ([] if expected is None else [[free, gone, promised][expected].pk])


def test_the_stock_list_finds_by_sku_part_and_product_name(client_as):
    level = stock(3, variant=VariantFactory(sku="85099B"))
    stock(3, variant=VariantFactory(sku="OTHER-1"))
    assert shown(client_as("WH").get(reverse("inventory:level_list"), {"q": "5099"})) == [level.pk]


def test_the_stock_list_sorts_by_what_is_available(client_as, now):
    two, nine = stock(2), stock(9)
    assert shown(client_as("WH").get(reverse("inventory:level_list"), {"sort": "-available"})) == [nine.pk, two.pk]


def test_lists_cost_the_same_for_one_row_and_for_three(client_as, django_assert_num_queries):
    client = client_as("MGR")
    stock(1)
    for name, cost in QUERIES.items():
        client.get(reverse(name))
        for _round in range(2):
            with django_assert_num_queries(cost):
                client.get(reverse(name))
            stock(1), stock(1)


# person, rights, rows, saved views and one for each choice of rows among the filters
QUERIES = {"inventory:level_list": 6, "inventory:movement_list": 7}


def test_the_level_page_shows_the_balance_after_each_movement(client_as, now):
    level = stock(10)
    services.reserve(orders=[OrderNeed(1, 1, (Need(7, level.variant_id, 4),))], actor=SYSTEM, now=now)
    services.ship_reservations(line_ids=[7], actor=SYSTEM, now=now)
    services.correct_stock(
        lines=[StockLine(level.variant_id, level.location_id, -1)], reason="broken", actor=SYSTEM, now=now
    )
    response = client_as("WH").get(reverse("inventory:level_detail", args=[level.pk]))
    lines = response.context["ledger"].lines
    assert [(line.movement.kind, line.on_hand, line.reserved) for line in lines] == [
        ("correction", 5, 0),
        ("ship", 6, 0),
        ("reserve", 10, 4),
        ("receipt", 10, 0),
    ]
    assert "broken" in response.text


def test_balances_go_on_over_pages_in_both_directions(client_as, now, monkeypatch):
    monkeypatch.setattr(ledger, "PAGE", 2)
    level = stock(1)
    for minute in range(4):
        services.receive_stock(
            lines=[StockLine(level.variant_id, level.location_id, 1)],
            reference="x",
            actor=SYSTEM,
            now=now + timedelta(minutes=minute),
        )
    level.refresh_from_db()
    first = selectors.ledger_page(level)
    second = selectors.ledger_page(level, after=first.next)
    third = selectors.ledger_page(level, after=second.next)
    back = selectors.ledger_page(level, before=third.previous)
    assert [[line.on_hand for line in part.lines] for part in (first, second, third, back)] == [
        [5, 4],
        [3, 2],
        [1],
        [3, 2],
    ]
    assert third.next == ""


def test_whoever_may_not_read_the_ledger_sees_the_level_only(client_as):
    level = stock(1)
    response = client_as("CS").get(reverse("inventory:level_detail", args=[level.pk]))
    assert response.status_code == 200
    assert "ledger" not in response.context


def test_the_panel_shows_one_total_and_its_parts(client_as, shop_floor):
    variant = VariantFactory()
    stock(5, variant=variant), stock(2, variant=variant, location=shop_floor)
    response = client_as("OPS").get(reverse("inventory:variant_panel", args=[variant.pk]))
    found = response.context["stock"]
    assert (found.on_hand, found.available, [part.on_hand for part in found.parts]) == (7, 7, [5, 2])
    assert "<html" not in response.text


def test_a_level_that_is_never_received_is_an_empty_panel(client_as):
    response = client_as("OPS").get(reverse("inventory:variant_panel", args=[VariantFactory().pk]))
    assert response.context["stock"].parts == []


def test_the_movement_list_filters_by_kind_person_and_period(client_as, now):
    level = stock(5)
    client = client_as("WH")
    person = Actor.staff(user_id=client.employee.pk, label="Wang")
    services.correct_stock(
        lines=[StockLine(level.variant_id, level.location_id, 1)], reason="found", actor=person, now=now
    )
    address = reverse("inventory:movement_list")
    receipt, correction = StockMovement.objects.order_by("pk").values_list("pk", flat=True)
    for query, expected in (
        ({}, [correction, receipt]),
        ({"kind": "receipt"}, [receipt]),
        ({"actor_user": client.employee.pk}, [correction]),
        ({"since": "2026-03-10", "until": "2026-03-10"}, [correction]),
        ({"until": "2026-03-09"}, [receipt]),
        ({"since": "9999-12-31", "until": "9999-12-30"}, []),
        ({"sku": "no such"}, []),
    ):
        assert shown(client.get(address, query)) == expected, query


def test_the_movement_list_leaves_as_csv(client_as):
    stock(5, variant=VariantFactory(sku="=1+1"))
    response = client_as("WH").get(reverse("inventory:movement_list"), {"export": "csv"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text.count("opening") == 1
    assert "'=1+1" in text
