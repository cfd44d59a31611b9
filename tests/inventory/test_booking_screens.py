"""Receiving by scan, table and paste; correcting with a reason."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from config.kit.actor import Actor
from inventory import services
from inventory.models import StockLevel, StockMovement
from inventory.services import Need, OrderNeed
from inventory.states import LocationKind
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import LocationFactory, stock
from tests.factories.stores import ShopFactory

SYSTEM = Actor.system("tests")


@pytest.fixture
def warehouse(db):
    return LocationFactory()


def receive(client, location, **data):
    return client.post(reverse("inventory:receive"), {"location": location.pk, "reference": "PO-1", **data})


def test_a_receipt_books_table_and_paste_at_once_and_adds_up(client_as, warehouse):
    cup, mug = VariantFactory(sku="CUP 1"), VariantFactory(sku="MUG", barcode="690123")
    response = receive(
        client_as("WH"), warehouse, sku=["CUP 1"], quantity=["2"], paste="CUP 1\t3\n690123\n\n690123 , 4\n"
    )
    assert response.status_code == 303
    assert {level.variant_id: level.on_hand for level in StockLevel.objects.all()} == {cup.pk: 5, mug.pk: 5}
    assert set(StockMovement.objects.values_list("reason", flat=True)) == {"PO-1"}


def test_a_wrong_line_is_marked_in_its_place_and_nothing_is_booked(client_as, warehouse):
    VariantFactory(sku="CUP")
    VariantFactory(sku="FEE", is_stocked=False)
    response = receive(client_as("WH"), warehouse, paste="CUP 2\nNOPE 1\nFEE 1\nCUP2 0")
    assert response.status_code == 422
    assert [(row.code, bool(row.error)) for row in response.context["rows"]] == [
        ("CUP", False),
        ("NOPE", True),
        ("FEE", True),
        ("CUP2", True),
    ]
    assert StockLevel.objects.count() == StockMovement.objects.count() == 0


@pytest.mark.parametrize("quantity", ["0", "-1", "x", "", "1.5", "1000001", "9" * 30])
def test_a_quantity_that_is_no_count_is_refused(client_as, warehouse, quantity):
    VariantFactory(sku="CUP")
    response = receive(client_as("WH"), warehouse, sku=["CUP"], quantity=[quantity])
    assert response.status_code == 422
    assert response.context["rows"][0].error
    assert StockMovement.objects.count() == 0


def test_a_receipt_needs_a_reference_and_a_line(client_as, warehouse):
    response = client_as("WH").post(reverse("inventory:receive"), {"location": warehouse.pk, "reference": ""})
    assert response.status_code == 422
    assert "reference" in response.context["form"].errors
    assert "no line yet" in response.text


def test_people_of_a_shop_book_on_their_own_floor_only(client_as, warehouse):
    shop = ShopFactory()
    floor = LocationFactory(code="floor", kind=LocationKind.SHOP_FLOOR, shop=shop)
    VariantFactory(sku="CUP")
    client = client_as("OFF", shops=[shop])
    assert receive(client, warehouse, paste="CUP 1").status_code == 422
    assert receive(client, floor, paste="CUP 1").status_code == 303
    assert [(level.location_id, level.on_hand) for level in StockLevel.objects.all()] == [(floor.pk, 1)]


def test_a_scan_adds_a_piece_and_books_nothing(client_as, warehouse):
    VariantFactory(sku="CUP", barcode="690123")
    client = client_as("WH")
    address = reverse("inventory:receive_scan")
    response = client.post(address, {"code": "690123", "sku": ["690123"], "quantity": ["4"]})
    assert 'name="sku" value="690123"' in response.text
    assert 'value="5"' in response.text
    assert 'data-scan-result="ok"' in response.text
    assert StockMovement.objects.count() == 0


def test_an_unknown_scan_is_said_and_leaves_the_lines_alone(client_as, warehouse):
    VariantFactory(sku="CUP")
    response = client_as("WH").post(
        reverse("inventory:receive_scan"), {"code": "NOPE", "sku": ["CUP"], "quantity": ["4"]}
    )
    assert response.text.count('name="sku"') == 1
    assert 'name="sku" value="CUP"' in response.text
    assert 'value="4"' in response.text
    assert 'data-scan-result="bad"' in response.text


def test_a_correction_is_booked_with_its_reason(client_as):
    level = stock(5)
    response = client_as("WH").post(
        reverse("inventory:correct", args=[level.pk]), {"quantity": "-2", "reason": "broken"}
    )
    assert response.status_code == 303
    level.refresh_from_db()
    assert level.on_hand == 3
    assert StockMovement.objects.filter(kind="correction").values_list("on_hand_delta", "reason").get() == (
        -2,
        "broken",
    )


def test_a_correction_below_what_is_promised_names_the_promise(client_as, now):
    level = stock(5)
    services.reserve(orders=[OrderNeed(1, 1, (Need(77, level.variant_id, 4),))], actor=SYSTEM, now=now)
    response = client_as("WH").post(
        reverse("inventory:correct", args=[level.pk]), {"quantity": "-2", "reason": "broken"}
    )
    assert response.status_code == 422
    assert "4 of 5 are promised" in response.text
    assert "order line 77: 4" in response.text
    level.refresh_from_db()
    assert (level.on_hand, level.reserved) == (5, 4)
    assert not StockMovement.objects.filter(kind="correction").exists()


@pytest.mark.parametrize(
    ("data", "field"), [({"quantity": "0", "reason": "x"}, "quantity"), ({"quantity": "1", "reason": " "}, "reason")]
)
def test_a_correction_of_nothing_or_without_reason_is_refused(client_as, data, field):
    level = stock(5)
    response = client_as("WH").post(reverse("inventory:correct", args=[level.pk]), data)
    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_what_will_be_left_is_answered_while_typing(client_as):
    level = stock(5)
    response = client_as("WH").get(
        reverse("inventory:correct", args=[level.pk]),
        {"quantity": "-2"},
        headers={"HX-Request": "true", "HX-Target": "left"},
    )
    assert (response.context["on_hand_after"], response.context["available_after"]) == (3, 3)
    assert "<html" not in response.text


def test_a_level_out_of_scope_or_out_of_reach_cannot_be_corrected(client_as):
    floor = LocationFactory(code="floor", kind=LocationKind.SHOP_FLOOR, shop=ShopFactory())
    foreign, main = stock(5, location=floor), stock(5)
    client = client_as("OFF", shops=[ShopFactory()])
    for level in (foreign, main):
        response = client.post(reverse("inventory:correct", args=[level.pk]), {"quantity": "1", "reason": "x"})
        assert response.status_code == 404


def test_a_receipt_that_is_sent_twice_is_booked_once(client_as, warehouse):
    VariantFactory(sku="CUP")
    client, ticket = client_as("WH"), str(uuid4())
    assert receive(client, warehouse, paste="CUP 2", ticket=ticket).status_code == 303
    again = receive(client, warehouse, paste="CUP 2", ticket=ticket)
    assert again.status_code == 422
    assert "booked already" in again.text
    assert StockLevel.objects.get().on_hand == 2


def test_a_refused_correction_may_be_sent_again(client_as):
    level, client, ticket = stock(5), client_as("WH"), str(uuid4())
    address = reverse("inventory:correct", args=[level.pk])
    statuses = [
        client.post(address, {"quantity": quantity, "reason": "x", "ticket": ticket}).status_code
        for quantity in ("-9", "-2", "-2")
    ]
    level.refresh_from_db()
    assert (statuses, level.on_hand) == ([422, 303, 422], 3)


def test_every_form_on_the_screen_has_its_own_ticket(client_as, warehouse):
    client = client_as("WH")
    first, second = (client.get(reverse("inventory:receive")).context["form"]["ticket"].value() for _form in range(2))
    assert first != second
