"""Finding customers by what people type."""

from __future__ import annotations

from datetime import datetime

import pytest

from customers.models import Customer
from customers.search import find_customers
from customers.selectors import customers_matching
from customers.services import Buyer, find_or_make_customers
from tests.factories.customers import CustomerFactory
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ming(now: datetime) -> Customer:
    """A customer as intake makes one, and a stranger beside."""
    shop = ShopFactory(code="tea")
    buyers = [
        Buyer(platform_id="TB-1", name="王小明", email="Ming@Example.com", phone="138 0013 8000"),
        Buyer(platform_id="TB-2", name="李雷", email="lei@example.com", phone="139 0013 9111"),
    ]
    found = find_or_make_customers(
        buyers=buyers, store_id=shop.pk, shop_code=shop.code, language="zh-hans", source="api", now=now
    )
    return Customer.objects.get(pk=found[0])


@pytest.mark.parametrize(
    "words",
    [
        "小明",
        "王",
        "xm",
        "xiaoming",
        "8000",
        "13800138000",
        "+86 138-0013-8000",
        "ming@example.com",
        "Ming@Example.com",
        "TB-1",
    ],
)
def test_customer_is_found(ming: Customer, words: str) -> None:
    assert list(customers_matching(Customer.objects.all(), words)) == [ming]


@pytest.mark.parametrize("words", ["小红", "王明", "1380013", "TB", "example.com", "!"])
def test_customer_is_not_found(ming: Customer, words: str) -> None:
    assert list(customers_matching(Customer.objects.all(), words)) == []


def test_top_search_stays_in_scope_and_covers_names() -> None:
    mine, other = CustomerFactory(), CustomerFactory()
    person = EmployeeFactory(roles=["CS"], shops=[mine.shop])
    hits = find_customers(person, "小明")
    assert [(hit.title, hit.url) for hit in hits] == [("王**", f"/customers/{mine.pk}/")]
    assert other.pk != mine.pk


def test_top_search_names_people_to_those_who_may_see_them() -> None:
    CustomerFactory()
    assert [hit.title for hit in find_customers(EmployeeFactory(roles=["MGR"]), "小明")] == ["王小明"]
