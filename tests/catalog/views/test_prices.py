"""The page of a variant's prices, and the list over the catalogue."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from approvals.models import TrailEntry
from catalog.models import Price, Variant
from tests.factories.catalog import VariantFactory
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LIST = reverse("catalog:price_list")


@pytest.fixture
def variant():
    return VariantFactory(sku="CUP", price=Decimal("10.00"))


@pytest.fixture
def address(variant):
    return reverse("catalog:variant_prices", args=[variant.pk])


def _local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_a_price_from_now_on_keeps_the_reason_in_the_trail(client_as, variant, address):
    assert client_as("OPS").post(address, {"amount": "12.50", "reason": "cost rose"}).status_code == 303
    entry = TrailEntry.objects.get()
    assert (entry.action, entry.reason, entry.changes) == (
        "catalog.price_set",
        "cost rose",
        {"price": ["10.00", "12.50"]},
    )
    assert Variant.objects.get().price == Decimal("12.50")


def test_a_sale_of_one_shop_is_planned_with_its_end(client_as, address):
    shop, start = ShopFactory(name="Tea house"), timezone.now() + DAY
    data = {
        "amount": "8",
        "shop": shop.pk,
        "starts_at": _local(start),
        "ends_at": _local(start + DAY),
        "reason": "sale",
    }
    assert client_as("FIN").post(address, data).status_code == 303
    price = Price.objects.get()
    assert (price.shop, price.amount, price.ends_at - price.starts_at) == (shop, 8, DAY)
    html = client_as("WH").get(address).content.decode()
    assert "Tea house" not in html, "another shop's prices are not the warehouse's"
    html = client_as("FIN").get(address).content.decode()
    assert [words in html for words in ("Tea house", "planned", "Take back")] == [True] * 3


def test_a_refused_price_comes_back_with_what_was_written(client_as, variant, address):
    client = client_as("OPS")
    start = _local(timezone.now() + DAY)
    for data, field in (
        ({"amount": "-1", "reason": "x"}, "amount"),
        ({"amount": "9", "reason": ""}, "reason"),
        ({"amount": "9", "reason": "x", "starts_at": start, "ends_at": start}, "ends_at"),
        ({"amount": "9", "reason": "x", "starts_at": "2020-01-01T00:00"}, "starts_at"),
    ):
        response = client.post(address, data)
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert not Price.objects.exists()
    assert not TrailEntry.objects.exists()


@pytest.mark.parametrize("amount", ["0", "5", "20", "100000"])
def test_a_slip_of_the_finger_is_asked_about_first(client_as, variant, address, amount):
    client = client_as("OPS")
    response = client.post(address, {"amount": amount, "reason": "x"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["is_sure"])
    assert Variant.objects.get().price == Decimal("10.00")
    assert not Price.objects.exists()
    assert client.post(address, {"amount": amount, "reason": "x", "is_sure": "on"}).status_code == 303
    assert Variant.objects.get().price == Decimal(amount)


def test_the_page_tells_what_was_set_and_taken_back(client_as, variant, address):
    client = client_as("OPS")
    client.post(address, {"amount": "9", "reason": "sale", "starts_at": _local(timezone.now() + DAY)})
    client.post(reverse("catalog:price_withdraw", args=[Price.objects.get().pk]), {"reason": "no sale"})
    lines = client.get(address).context["lines"]
    assert [(line.text, line.reason) for line in lines] == [
        ("planned price taken back", "no sale"),
        ("price set", "sale"),
    ]
    assert lines[1].changes["price"] == ("10.00", "9.00")


def test_who_may_not_set_prices_reads_them(client_as, variant, address):
    response = client_as("CS").get(address)
    assert (response.status_code, response.context["form"]) == (200, None)
    assert client_as("CS").post(address, {"amount": "1", "reason": "x"}).status_code == 200
    assert not Price.objects.exists()


def test_a_plan_is_taken_back_with_a_reason(client_as, variant, address):
    client = client_as("OPS")
    start = timezone.now() + DAY
    client.post(address, {"amount": "9", "reason": "sale", "starts_at": _local(start)})
    price = Price.objects.get()
    take_back = reverse("catalog:price_withdraw", args=[price.pk])
    assert client.post(take_back, {"reason": ""}).status_code == 422
    assert client_as("CS").post(take_back, {"reason": "x"}).status_code == 403
    assert Price.objects.get() == price
    assert client.post(take_back, {"reason": "no sale"}).status_code == 303
    assert not Price.objects.exists()


def test_the_list_finds_what_is_planned(client_as, variant):
    now = timezone.now()
    over = Price.objects.create(variant=variant, amount=9, starts_at=now - DAY, ends_at=now, created_at=now)
    planned = Price.objects.create(variant=variant, amount=8, starts_at=now + DAY, created_at=now, reason="spring")
    client = client_as("PLAN")

    def found(**query):
        return [row.pk for row in client.get(LIST, query).context["rows"]]

    assert found() == [planned.pk, over.pk]
    assert found(stage="planned", q="spring") == [planned.pk]
    assert (found(stage="over"), found(stage="holds")) == ([over.pk], [])


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_holds_its_query_count(client_as, django_assert_num_queries, count):
    now = timezone.now()
    for _number in range(count):
        Price.objects.create(variant=VariantFactory(), shop=ShopFactory(), amount=9, starts_at=now, created_at=now)
    client = client_as("PLAN")
    client.get(LIST)
    with django_assert_num_queries(6):
        client.get(LIST)
