"""What agents do on the order page: done with words that say what did not happen, or refused with nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test.client import Client
from django.urls import reverse

from approvals.models import TrailEntry
from catalog.services import map_seller_code
from config.kit.actor import Actor
from orders.models import Hold, Note, Order
from stores.models import Shop
from tests.conftest import RoleClient
from tests.orders.views.desk.conftest import take

pytestmark = pytest.mark.django_db


def post(client: Client, name: str, order: Order, **data: str) -> Any:
    return client.post(reverse(f"orders:{name}", args=[order.pk]), data)


def words(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_holding_writes_type_reason_and_owner(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    response = post(agent, "order_hold", order, kind="address", reason="street number missing")
    hold = Hold.objects.get()
    assert (response.status_code, response["Location"]) == (303, reverse("orders:order_detail", args=[order.pk]))
    assert (hold.kind, hold.reason, hold.owner_id) == ("address", "street number missing", agent.employee.pk)
    assert words(response) == ["Held. Its stock stays reserved."]


def test_holding_twice_for_the_same_is_refused_on_the_field(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    post(agent, "order_hold", order, kind="address", reason="street number missing")
    before = TrailEntry.objects.count()
    response = post(agent, "order_hold", order, kind="address", reason="again")
    assert (response.status_code, list(response.context["hold_form"].errors)) == (422, ["kind"])
    assert (Hold.objects.count(), TrailEntry.objects.count()) == (1, before)


def test_holding_without_a_reason_changes_nothing(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    response = post(agent, "order_hold", order, kind="address", reason=" ")
    assert (response.status_code, Hold.objects.count()) == (422, 0)


def test_releasing_the_last_hold_makes_the_order_ready(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop, paid_at=None)
    response = post(agent, "order_release", order, kind="payment", resolution="paid in cash")
    order.refresh_from_db()
    assert (order.status, order.open_holds, Hold.objects.get().resolution) == ("ready", 0, "paid in cash")
    assert words(response) == ["Released. The order can go into a wave now."]


def test_releasing_without_words_changes_nothing(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop, paid_at=None)
    response = post(agent, "order_release", order, kind="payment", resolution="")
    order.refresh_from_db()
    assert (response.status_code, order.open_holds) == (422, 1)
    assert [list(item["form"].errors) for item in response.context["holds"]] == [["resolution"]]


def test_releasing_a_stock_hold_by_hand_is_refused(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop, lines=[("SKU-1", 50)])
    response = post(agent, "order_release", order, kind="stock", resolution="let it go")
    order.refresh_from_db()
    assert (response.status_code, order.status, order.open_holds) == (422, "held", 1)


def test_cancelling_gives_stock_back_and_says_what_it_does_not_do(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    response = post(agent, "order_cancel", order, reason="buyer changed his mind")
    order.refresh_from_db()
    tea.refresh_from_db()
    assert (order.status, tea.reserved) == ("cancelled", 0)
    assert words(response) == [
        "Cancelled. Its stock was given back. No money was given back, and the platform was not told."
    ]


def test_cancelling_what_has_left_is_refused_with_the_next_step(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    Order.objects.filter(pk=order.pk).update(status="picking")
    response = post(agent, "order_cancel", order, reason="too late")
    order.refresh_from_db()
    [error] = response.context["cancel_form"].non_field_errors()
    assert (response.status_code, order.status) == (422, "picking")
    assert "Take it out of its wave first" in error
    assert "Take it out of its wave first" in response.text


def test_cancelling_needs_the_right(client_as: Callable[..., RoleClient], shop: Shop, tea: Any) -> None:
    order = take(shop)
    client = client_as("OFF", shops=[shop])
    response = post(client, "order_cancel", order, reason="x")
    order.refresh_from_db()
    assert (response.status_code, order.status) == (403, "ready")
    assert "Cancel the order" not in client.get(reverse("orders:order_detail", args=[order.pk])).text


def test_looking_codes_up_again_goes_on_when_they_mean_something(
    agent: RoleClient, shop: Shop, tea: Any, staff: Actor, now: Any
) -> None:
    order = take(shop, lines=[("their-1", 2)])
    response = post(agent, "order_map", order)
    order.refresh_from_db()
    assert (order.stock_status, words(response)[0][:28]) == ("unmapped", "Some codes are still unknown")
    map_seller_code(shop_id=shop.pk, code="their-1", variant_id=tea.variant_id, actor=staff, now=now)
    post(agent, "order_map", order)
    order.refresh_from_db()
    assert (order.status, order.stock_status, order.open_holds) == ("ready", "reserved", 0)


def test_a_note_keeps_author_and_kind(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    post(agent, "order_note", order, kind="warehouse", text="Use the blue box")
    note = Note.objects.get()
    assert (note.kind, note.text, note.author_id) == ("warehouse", "Use the blue box", agent.employee.pk)


def test_an_empty_note_changes_nothing(agent: RoleClient, shop: Shop, tea: Any) -> None:
    response = post(agent, "order_note", take(shop), kind="warehouse", text="  ")
    assert (response.status_code, Note.objects.count()) == (422, 0)


@pytest.mark.parametrize("name", ["hold", "release", "cancel", "map", "note", "reveal"])
def test_acts_take_a_post(client_as: Callable[..., RoleClient], shop: Shop, tea: Any, name: str) -> None:
    order = take(shop)
    assert client_as("MGR").get(reverse(f"orders:order_{name}", args=[order.pk])).status_code == 405
