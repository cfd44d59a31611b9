"""Entering an order by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from approvals.models import TrailEntry
from catalog.models import Variant
from orders.models import Order, RawInput
from stores.models import Shop
from tests.conftest import RoleClient
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db

NEW = reverse("orders:order_new")


def typed(shop: Shop, *lines: dict[str, str], **changes: str) -> dict[str, str]:
    """The form as a browser sends it."""
    data = {
        "key": "H-00000000A1",
        "shop": str(shop.pk),
        "buyer_name": "王小明",
        "buyer_phone": "13800138000",
        "city": "杭州",
        "street": "文三路 1 号",
        "is_paid": "on",
        "lines-TOTAL_FORMS": str(len(lines) + 1),
        "lines-INITIAL_FORMS": "0",
        f"lines-{len(lines)}-quantity": "1",
    }
    for number, line in enumerate(lines):
        data |= {f"lines-{number}-{name}": value for name, value in ({"quantity": "1"} | line).items()}
    return data | changes


def test_entry_makes_an_order_and_types_nothing_twice(agent: RoleClient, shop: Shop, tea: Any) -> None:
    response = agent.post(NEW, typed(shop, {"code": "SKU-1", "quantity": "2"}))
    order = Order.objects.get()
    assert (response.status_code, response["Location"]) == (302, reverse("orders:order_detail", args=[order.pk]))
    assert (order.channel, order.status, order.amount_total) == ("hand", "ready", Decimal("20.00"))
    assert (order.recipient_name, order.recipient_phone, order.address["street"]) == (
        "王小明",
        "13800138000",
        "文三路 1 号",
    )
    line = order.lines.get()
    assert (line.title, line.unit_price, line.variant_id) == (
        tea.variant.product.name,
        Decimal("10.00"),
        tea.variant_id,
    )


def test_entry_is_kept_raw_first_and_names_the_person(agent: RoleClient, shop: Shop, tea: Any) -> None:
    agent.post(NEW, typed(shop, {"code": "SKU-1"}))
    raw, order = RawInput.objects.get(), Order.objects.get()
    assert (raw.source, raw.state, order.raw_input_id) == ("hand", "done", raw.pk)
    body = json.loads(bytes(raw.body))
    assert (body["lines"][0]["seller_code"], body["recipient"]["name"], body["recipient"]["phone"]) == (
        "SKU-1",
        "王小明",
        "13800138000",
    )
    entry = TrailEntry.objects.get(subject_type="orders.order")
    assert (entry.action, entry.actor_user_id) == ("orders.entered", agent.employee.pk)


def test_entry_sent_twice_makes_one_order(agent: RoleClient, shop: Shop, tea: Any) -> None:
    first, again = (agent.post(NEW, typed(shop, {"code": "SKU-1"})) for _round in range(2))
    assert (first["Location"], Order.objects.count()) == (again["Location"], 1)
    assert list(RawInput.objects.values_list("state", flat=True)) == ["done", "done"]


def test_entry_with_a_used_key_and_other_goods_is_refused(agent: RoleClient, shop: Shop, tea: Any) -> None:
    agent.post(NEW, typed(shop, {"code": "SKU-1"}))
    response = agent.post(NEW, typed(shop, {"code": "SKU-1", "quantity": "3"}))
    assert (response.status_code, Order.objects.get().lines.get().quantity) == (422, 1)
    assert sorted(RawInput.objects.values_list("state", flat=True)) == ["done", "ignored"]


def test_entry_takes_barcodes(agent: RoleClient, shop: Shop, tea: Any) -> None:
    Variant.objects.filter(pk=tea.variant_id).update(barcode="6901234567892")
    agent.post(NEW, typed(shop, {"code": "6901234567892"}))
    line = Order.objects.get().lines.get()
    assert (line.seller_code, line.variant_id) == ("SKU-1", tea.variant_id)


def test_entry_without_payment_and_address_waits_with_its_holds(agent: RoleClient, shop: Shop, tea: Any) -> None:
    data = typed(shop, {"code": "SKU-1"}, street="")
    data.pop("is_paid")
    agent.post(NEW, data)
    order = Order.objects.get()
    assert (order.status, sorted(order.holds.values_list("kind", flat=True))) == ("held", ["address", "payment"])


def test_entry_of_an_unknown_code_asks_for_its_price(agent: RoleClient, shop: Shop) -> None:
    response = agent.post(NEW, typed(shop, {"code": "NOBODY"}))
    assert (response.status_code, Order.objects.count(), RawInput.objects.count()) == (422, 0, 0)
    assert list(response.context["lines"].forms[0].errors) == ["unit_price"]


def test_entry_without_lines_is_refused(agent: RoleClient, shop: Shop) -> None:
    response = agent.post(NEW, typed(shop))
    assert (response.status_code, Order.objects.count(), RawInput.objects.count()) == (422, 0, 0)
    assert response.context["form"].non_field_errors() == ["An order needs at least one line."]


def test_refusal_of_the_intake_lands_on_its_line(agent: RoleClient, shop: Shop, tea: Any, monkeypatch: Any) -> None:
    """The form's own limits are as wide as the policy's, so the policy is narrowed."""
    monkeypatch.setattr("orders.policies.MAX_QUANTITY", 10)
    response = agent.post(NEW, typed(shop, {"code": "SKU-1"}, {"code": "SKU-1", "quantity": "11"}))
    assert [list(form.errors) for form in response.context["lines"].forms] == [[], ["quantity"], []]
    raw = RawInput.objects.get()
    assert (response.status_code, Order.objects.count(), raw.state) == (422, 0, "ignored")
    assert raw.problem == "A quantity must be between 1 and 10."


def test_more_lines_keeps_what_was_typed_and_judges_nothing(agent: RoleClient, shop: Shop) -> None:
    response = agent.post(NEW, typed(shop, {"code": "SKU-1"}, buyer_name="", more="1"))
    assert (response.status_code, len(response.context["lines"].forms), Order.objects.count()) == (200, 5, 0)
    assert ('value="SKU-1"' in response.text, "field-error" in response.text) == (True, False)


def test_entry_into_a_strangers_shop_is_refused(agent: RoleClient, tea: Any) -> None:
    response = agent.post(NEW, typed(ShopFactory(), {"code": "SKU-1"}))
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["shop"])
    assert (Order.objects.count(), RawInput.objects.count()) == (0, 0)


def test_entry_needs_the_right(client_as: Callable[..., RoleClient], shop: Shop, tea: Any) -> None:
    response = client_as("FIN").post(NEW, typed(shop, {"code": "SKU-1"}))
    assert (response.status_code, Order.objects.count()) == (403, 0)


def test_form_comes_with_a_fresh_key_and_the_only_shop(agent: RoleClient, shop: Shop) -> None:
    first, second = (agent.get(NEW).context["form"] for _round in range(2))
    assert first.initial["key"] != second.initial["key"]
    assert first.fields["shop"].initial == shop.pk


def test_goods_tell_what_a_code_means(agent: RoleClient, shop: Shop, tea: Any) -> None:
    address = reverse("orders:order_new_goods")
    known = agent.get(address, {"lines-0-code": "SKU-1", "shop": shop.pk})
    part = agent.get(address, {"lines-0-code": "SKU", "shop": shop.pk})
    unknown = agent.get(address, {"lines-0-code": "NOBODY", "shop": shop.pk})
    assert ("5 available" in known.text, "¥10.00" in known.text) == (True, True)
    assert [variant.sku for variant in part.context["suggestions"]] == ["SKU-1"]
    assert "Nobody knows this code" in unknown.text
