"""The REST door: what it makes, answers and refuses."""

import json

import pytest

from orders.models import Order, RawInput
from stores.models import ShopApiKey
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import stock
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def call(client, shop):
    _key, secret = ShopApiKey.objects.create_key(name="till", shop=shop)
    stock(10, variant=VariantFactory(sku="SKU-1"))

    def post(body, path="/api/v1/orders", **headers):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return client.post(path, data, content_type="application/json", headers={"X-Api-Key": secret} | headers)

    return post


def order_body(external_id="W-1", **changes):
    return {
        "external_id": external_id,
        "placed_at": "2026-03-10T09:00:00+08:00",
        "paid_at": "2026-03-10T09:01:00+08:00",
        "lines": [{"seller_code": "SKU-1", "title": "Cup", "quantity": 2, "unit_price": "9.90"}],
        "buyer": {"name": "王小明", "email": "w@example.com"},
        "recipient": {"name": "王小明", "phone": "13800138000", "city": "杭州", "street": "文三路 1 号"},
    } | changes


def codes(response):
    return sorted((error["code"], error["attr"]) for error in response.json()["errors"])


def test_post_order_makes_a_ready_order_and_keeps_the_body(call):
    response = call(order_body())

    order = Order.objects.get()
    assert (response.status_code, response.json()) == (
        201,
        {"external_id": "W-1", "number": order.number, "result": "created", "status": "ready", "holds": []},
    )
    raw = RawInput.objects.get()
    assert (raw.state, json.loads(bytes(raw.body))["external_id"], order.raw_input_id) == ("done", "W-1", raw.pk)


def test_post_order_again_is_unchanged(call):
    call(order_body())
    response = call(order_body())

    assert (response.status_code, response.json()["result"]) == (200, "unchanged")
    assert response.headers["Idempotent-Replayed"] == "true"
    assert Order.objects.count() == 1


def test_post_order_same_id_with_another_body_is_a_conflict_that_names_the_difference(call):
    call(order_body())
    other = order_body(lines=[{"seller_code": "SKU-1", "title": "Cup", "quantity": 3, "unit_price": "9.90"}])
    response = call(other)

    assert (response.status_code, codes(response)) == (409, [("order_differs", "external_id")])
    fields = {item["field"]: (item["here"], item["sent"]) for item in response.json()["meta"]["differences"]}
    assert fields["amount_total"] == ("19.80", "29.70")
    assert Order.objects.get().lines.get().quantity == 2


def test_post_order_idempotency_key_with_another_body_is_refused(call):
    call(order_body(), **{"Idempotency-Key": "k1"})
    response = call(order_body("W-2"), **{"Idempotency-Key": "k1"})

    assert (response.status_code, codes(response)) == (422, [("idempotency_key_reused", "Idempotency-Key")])
    assert Order.objects.count() == 1


@pytest.mark.parametrize("headers", [{"X-Api-Key": "wrong.key"}, {"X-Api-Key": ""}])
def test_post_order_without_a_valid_key_is_refused_and_keeps_nothing(call, headers):
    response = call(order_body(), **headers)

    assert response.status_code == 401
    assert (Order.objects.count(), RawInput.objects.count()) == (0, 0)


def test_post_order_bad_fields_are_all_named_and_nothing_is_made(call):
    bad = order_body(
        placed_at="yesterday", currency="yuan", lines=[{"seller_code": "", "quantity": 0, "unit_price": "-1"}]
    )
    response = call(bad)

    assert response.status_code == 400
    assert {attr for _code, attr in codes(response)} == {
        "placed_at", "currency", "lines.0.seller_code", "lines.0.quantity", "lines.0.unit_price",
    }  # fmt: skip
    assert Order.objects.count() == 0
    assert RawInput.objects.get().state == "ignored"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff\xfe", b'{"lines": ' + b"[" * 5000])
def test_post_order_unreadable_body_is_refused_with_words(call, body):
    response = call(body)

    assert (response.status_code, codes(response)) == (422, [("invalid", "body")])
    assert Order.objects.count() == 0


def test_post_batch_checks_all_before_it_makes_one(call):
    body = {"orders": [order_body("B-1"), order_body("B-2", lines=[])]}
    response = call(body, "/api/v1/orders/batch")

    assert (response.status_code, codes(response)) == (400, [("empty", "orders.1.lines.non_field_errors")])
    assert Order.objects.count() == 0


def test_post_batch_answers_one_entry_per_order(call):
    call(order_body("B-1"))
    differing = order_body("B-1", note="please ring")
    body = {"orders": [differing, order_body("B-2"), order_body("B-3")]}
    response = call(body, "/api/v1/orders/batch")

    assert response.status_code == 200
    assert [(e["external_id"], e["result"]) for e in response.json()["orders"]] == [
        ("B-1", "differs"), ("B-2", "created"), ("B-3", "created"),
    ]  # fmt: skip
    assert Order.objects.count() == 3


def test_post_order_takes_at_most_fourteen_statements(call, django_assert_max_num_queries):
    call(order_body("warm-up"))
    lines = [{"seller_code": "SKU-1", "title": "Cup", "quantity": 1, "unit_price": "1.00"} for _n in range(2)]
    with django_assert_max_num_queries(14):
        response = call(order_body("W-2", lines=lines, buyer={"name": "李雷", "email": "new@example.com"}))
    assert response.json()["status"] == "ready"


def test_schema_and_docs_are_served_under_the_content_policy(client, client_as):
    assert client.get("/api/schema/").status_code == 200
    docs = client.get("/api/docs/")
    assert docs.status_code == 200
    assert b"<script>" not in docs.content
