"""The order list: scope, live by default, presets, search, what is done to many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from config.kit.actor import Actor
from config.kit.errors import DomainError
from config.kit.export import EXPORTS
from orders.models import Order, Parcel
from orders.states import OrderMode
from orders.views.desk.orders import cancel_one, hold_one
from stores.models import Shop
from tests.conftest import RoleClient
from tests.factories.inventory import LocationFactory
from tests.factories.stores import EmployeeFactory
from tests.orders.views.desk.conftest import mail_becomes, take

pytestmark = pytest.mark.django_db

LIST = reverse("orders:order_list")
# session, person, rights, rows with their shops, holds, parcels, payments, saved views, shops of the filter
LIST_QUERIES = 9


def shown(client: RoleClient, **query: str) -> list[int]:
    return [row.pk for row in client.get(LIST, query).context["rows"]]


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_row_and_three(
    client_as: Callable[..., RoleClient],
    shop: Shop,
    tea: Any,
    django_assert_num_queries: Callable[[int], Any],
    count: int,
) -> None:
    client = client_as("MGR")
    for number in range(count):
        take(shop, f"A-{number}", paid_at=None)
    client.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        response = client.get(LIST)
    assert len(response.context["rows"]) == count


def test_list_shows_own_shops_only_and_covers_names(agent: RoleClient, shop: Shop, tea: Any) -> None:
    mine = take(shop)
    take(Shop.objects.create(code="other", name="Other", kind="online"), "B-1")
    response = agent.get(LIST)
    assert [row.pk for row in response.context["rows"]] == [mine.pk]
    assert ("王**" in response.text, "王小明" in response.text) == (True, False)


def test_list_shows_history_only_when_asked(agent: RoleClient, shop: Shop, tea: Any) -> None:
    live, old = take(shop), take(shop, "A-2", mode=OrderMode.HISTORY)
    assert shown(agent) == [live.pk]
    assert shown(agent, mode="history") == [old.pk]
    assert shown(agent, mode="all") == [old.pk, live.pk]


def test_presets_find_their_orders(agent: RoleClient, shop: Shop, tea: Any) -> None:
    now = timezone.now()
    ready = take(shop, "A-1")
    short = take(shop, "A-2", lines=[("SKU-1", 50)])
    unknown = take(shop, "A-3", lines=[("NOBODY", 1)])
    late = take(shop, "A-4")
    Order.objects.filter(pk=late.pk).update(ship_by=now - timedelta(hours=1))
    Order.objects.exclude(pk=late.pk).update(ship_by=now + timedelta(days=3))
    mail_becomes(ready, "failed", error="550 no such mailbox")
    assert shown(agent, status="held") == [unknown.pk, short.pk]
    assert shown(agent, hold="unmapped") == [unknown.pk]
    assert shown(agent, stock="short") == [short.pk]
    assert shown(agent, due="overdue") == [late.pk]
    assert shown(agent, due="today") == []
    assert shown(agent, confirmation="failed") == [ready.pk]


def test_chips_stand_beside_each_other(agent: RoleClient, shop: Shop, tea: Any) -> None:
    take(shop, lines=[("SKU-1", 50)], paid_at=None)
    [row] = agent.get(LIST).context["rows"]
    cells = {label: " ".join(cell.split()) for _css, label, cell in row.cells}
    words = ["held", "not paid", "short", "payment", "¥500.00 open"]
    found = [
        word
        for word, label in zip(words, ["Status", "Payment", "Stock", "Hold", "Money"], strict=True)
        if word in cells[label]
    ]
    assert found == words


@pytest.mark.parametrize("words", ["{number}", "{digits}", "P-{digits}", "8000", "138 0013 8000", "+86 138-0013-8000"])
def test_search_finds_by_any_number(agent: RoleClient, shop: Shop, tea: Any, words: str) -> None:
    order = take(shop)
    digits = str(order.pk)
    Order.objects.filter(pk=order.pk).update(external_number=f"P-{digits}")
    take(shop, "A-2", recipient=order_recipient("13900139001"))
    assert shown(agent, q=words.format(number=order.number.lower(), digits=digits)) == [order.pk]


@pytest.mark.parametrize("words", ["sn-77", " zto 123 456 "])
def test_search_finds_by_shipping_note_and_waybill(agent: RoleClient, shop: Shop, tea: Any, words: str) -> None:
    order, now = take(shop), timezone.now()
    Parcel.objects.create(
        order=order,
        store_id=shop.pk,
        note_number="SN-77",
        waybill="ZTO123456",
        location=LocationFactory(),
        created_at=now,
        state_at=now,
    )
    take(shop, "A-2")
    assert shown(agent, q=words) == [order.pk]


def test_cancelled_order_that_was_paid_says_what_to_give_back(
    agent: RoleClient, shop: Shop, tea: Any, staff: Actor
) -> None:
    order = take(shop)
    cancel_one(pk=order.pk, actor=staff, reason="buyer changed his mind")
    [row] = agent.get(LIST).context["rows"]
    assert "¥10.00 to give back" in str(row.cells)


def order_recipient(phone: str) -> Any:
    from orders.drafts import RecipientDraft

    return RecipientDraft(name="李雷", phone=phone, city="上海", street="南京路 1 号")


@pytest.mark.parametrize(("role", "name"), [("CS", "王**"), ("MGR", "王小明")])
def test_export_is_covered_like_the_screen(shop: Shop, tea: Any, role: str, name: str) -> None:
    order = take(shop)
    person = EmployeeFactory(roles=[role], shops=[shop])
    declaration = EXPORTS.get("list.orders.orders")
    params = {"query": "", "columns": ["number", "buyer", "status"]}
    rows = [[c.of(row) for c in declaration.columns_for(params, person)] for row in declaration.rows(params, person)]
    assert rows == [[order.number, name, "ready"]]


def test_holding_many_calls_the_service_for_each_row(staff: Actor, shop: Shop, tea: Any) -> None:
    order = take(shop)
    hold_one(pk=order.pk, actor=staff, reason="looks odd", kind="fraud")
    order.refresh_from_db()
    assert (order.status, order.open_holds, order.holds.get().reason) == ("held", 1, "looks odd")
    with pytest.raises(DomainError):
        hold_one(pk=order.pk, actor=staff, reason="again", kind="fraud")
    assert order.holds.count() == 1


def test_cancelling_many_calls_the_service_for_each_row(staff: Actor, shop: Shop, tea: Any) -> None:
    order = take(shop)
    cancel_one(pk=order.pk, actor=staff, reason="buyer changed his mind")
    order.refresh_from_db()
    tea.refresh_from_db()
    assert (order.status, order.stock_status, tea.reserved) == ("cancelled", "released", 0)


def test_bulk_preview_changes_nothing_and_names_the_count(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    response = agent.post(LIST, {"do": "bulk", "action": "cancel", "row": [order.pk]})
    order.refresh_from_db()
    assert (response.status_code, response.context["count"], order.status) == (200, 1, "ready")
