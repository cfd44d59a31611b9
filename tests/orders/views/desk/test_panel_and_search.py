"""The slot on the customer's page, and what the top search finds."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from config.kit.actor import Actor
from orders import services
from orders.search import find_orders
from orders.states import OrderMode
from stores.models import Shop
from tests.conftest import RoleClient
from tests.factories.stores import EmployeeFactory, ShopFactory
from tests.orders.views.desk.conftest import take

pytestmark = pytest.mark.django_db


def test_panel_shows_online_and_offline_together(client_as: Callable[..., RoleClient], shop: Shop, tea: Any) -> None:
    first = take(shop, "A-1")
    floor = ShopFactory(kind="physical", platform=None)
    second = take(floor, "A-2", mode=OrderMode.HISTORY, buyer=first_buyer())
    gone = take(shop, "A-3", buyer=first_buyer())
    services.cancel_order(order_id=gone.pk, reason="x", actor=Actor.system("t"), now=timezone.now())
    assert {first.customer_id, second.customer_id, gone.customer_id} == {first.customer_id}
    response = client_as("MGR").get(reverse("orders:customer_panel", args=[first.customer_id]))
    assert [(order.pk, offline) for order, _chip, offline in response.context["rows"]] == [
        (gone.pk, False),
        (second.pk, True),
        (first.pk, False),
    ]
    bought = response.context["bought"]
    assert (bought.count, bought.totals) == (2, [{"currency": "CNY", "count": 2, "amount": Decimal("20.00")}])
    assert "<html" not in response.text


def first_buyer() -> Any:
    from orders.drafts import BuyerDraft

    return BuyerDraft(name="王小明", email="buyer@example.com", phone="13800138000")


def test_panel_of_a_strangers_customer_is_not_there(client_as: Callable[..., RoleClient], shop: Shop, tea: Any) -> None:
    order = take(shop)
    assert client_as("CS").get(reverse("orders:customer_panel", args=[order.customer_id])).status_code == 404


def test_search_goes_straight_to_a_number_and_lists_a_phone(shop: Shop, tea: Any) -> None:
    order = take(shop, external_number="TB-77")
    person = EmployeeFactory(roles=["CS"], shops=[shop])
    finds = {
        words: [(hit.title, hit.is_exact) for hit in find_orders(person, words)]
        for words in (order.number, "TB-77", "8000")
    }
    assert finds == {
        order.number: [(order.number, True)],
        "TB-77": [(order.number, True)],
        "8000": [(order.number, False)],
    }
    assert find_orders(person, "8000")[0].subtitle == "Tea House · ready · 王**"


def test_search_finds_nothing_of_other_shops(shop: Shop, tea: Any) -> None:
    order = take(shop)
    assert find_orders(EmployeeFactory(roles=["CS"]), order.number) == []
