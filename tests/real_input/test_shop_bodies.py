"""Published bodies and signature vectors of shop systems pass their doors."""

import base64
import hashlib
import hmac
import json
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import Customer, Identity
from orders.models import Cancellation, Order, RawInput
from orders.services.inputs import sweep_inputs
from orders.views.callbacks_shops import hmac_matches
from tests.factories.stores import ChannelFactory
from tests.support.shared import shared_file

pytestmark = pytest.mark.django_db


def sign(raw):
    return base64.b64encode(hmac.new(b"hush", raw, hashlib.sha256).digest()).decode()


@pytest.fixture
def shopify(client, monkeypatch):
    channel = ChannelFactory(kind="shopify", code="intl")
    monkeypatch.setenv("CHANNEL_SECRET_INTL", "hush")

    def deliver(name, topic, raw=None):
        raw = raw or shared_file(f"channels/{name}").read_bytes()
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Webhook-Id": f"{name}-{topic}",
            "X-Shopify-Hmac-Sha256": sign(raw),
        }
        response = client.post(
            f"/callbacks/shopify/{channel.code}/", raw, content_type="application/json", headers=headers
        )
        assert response.status_code == 200
        assert sweep_inputs(now=timezone.now()).failed == 0
        return RawInput.objects.latest("pk")

    return deliver


def test_hmac_vectors_hold():
    vectors = json.loads(shared_file("channels/shopify/hmac_vectors.json").read_bytes())
    for case in vectors["cases"]:
        assert hmac_matches(case["body"].encode(), case["x_shopify_hmac_sha256"], [vectors["secret"]]) is case["valid"]


def test_shopify_order_keeps_its_exact_key_and_its_amounts(shopify):
    raw = shopify("shopify/2024-10/orders_create.json", "orders/create")

    order = Order.objects.get()
    assert (raw.state, order.external_id, order.external_number) == ("done", "820982911946154508", "#9999")
    assert (order.amount_total, order.amount_discount, order.currency) == (Decimal("359.97"), Decimal("20.00"), "USD")
    assert [line.seller_code for line in order.lines.order_by("position")] == [
        "SKU2006-001",
        "SKU2006-020",
        "SKU2006-035",
    ]
    assert order.lines.first().external_id == "487817672276298554"


def test_shopify_refund_finds_the_order_by_its_rounded_key(shopify):
    shopify("shopify/2024-10/orders_create.json", "orders/create")
    raw = shopify("shopify/2024-10/refunds_create.json", "refunds/create")

    document = Cancellation.objects.get()
    assert (raw.state, document.order, document.lines.count()) == ("done", Order.objects.get(), 3)
    assert document.external_number == "refund:890088186047892319"


@pytest.mark.parametrize(
    ("name", "topic", "state"),
    [
        ("shopify/2024-10/orders_cancelled.json", "orders/cancelled", "done"),
        ("shopify/2024-10/fulfillments_create.json", "fulfillments/create", "ignored"),
        ("shopify/2024-10/products_update.json", "products/update", "ignored"),
        ("shopify/2024-10/customers_create.json", "customers/create", "done"),
        ("shopify_rest_fixtures/webhooks.json", "webhooks/list", "ignored"),
    ],
)
def test_other_shopify_bodies_pass_the_door(shopify, name, topic, state):
    assert shopify(name, topic).state == state


def test_shopify_customer_keeps_the_exact_key(shopify):
    shopify("shopify/2024-10/customers_create.json", "customers/create")

    assert Identity.objects.get(kind="platform").value == "706405506930370084"
    assert Customer.objects.get().name == "Bob Biller"


def test_shopify_rest_order_passes_as_a_webhook_body(shopify):
    rest = json.loads(shared_file("channels/shopify_rest_fixtures/order.json").read_bytes())["order"]
    raw = shopify("shopify_rest_fixtures/order.json", "orders/create", json.dumps(rest).encode())

    assert (raw.state, Order.objects.get().amount_total) == ("done", Decimal("10.00"))


def test_woocommerce_order_passes_its_door(client, monkeypatch):
    ChannelFactory(kind="woocommerce", code="woo")
    monkeypatch.setenv("CHANNEL_SECRET_WOO", "hush")
    raw = shared_file("channels/woocommerce/wp-api-v2/orders__01_create-an-order.json").read_bytes()
    headers = {
        "X-WC-Webhook-Topic": "order.created",
        "X-WC-Webhook-Signature": sign(raw),
        "X-WC-Webhook-Delivery-ID": "d1",
    }
    assert (
        client.post("/callbacks/woocommerce/woo/", raw, content_type="application/json", headers=headers).status_code
        == 200
    )
    assert sweep_inputs(now=timezone.now()).failed == 0

    order = Order.objects.get()
    assert (order.external_id, order.amount_total, order.payment_status) == ("727", Decimal("29.35"), "paid")
    assert [(line.seller_code, line.amount_total) for line in order.lines.order_by("position")] == [
        ("woocommerce-93", Decimal("6.00")), ("Bar3", Decimal("12.00")),
    ]  # fmt: skip
    assert not order.holds.filter(kind="price").exists()


@pytest.mark.parametrize(
    "name",
    [
        "products__01_create-a-product",
        "customers__01_create-a-customer",
        "coupons__01_create-a-coupon",
        "products__02_create-a-product",
    ],
)
def test_other_woocommerce_bodies_are_kept_and_left_alone(client, monkeypatch, name):
    ChannelFactory(kind="woocommerce", code="woo")
    monkeypatch.setenv("CHANNEL_SECRET_WOO", "hush")
    raw = shared_file(f"channels/woocommerce/wp-api-v2/{name}.json").read_bytes()
    headers = {
        "X-WC-Webhook-Topic": "product.updated",
        "X-WC-Webhook-Signature": sign(raw),
        "X-WC-Webhook-Delivery-ID": name,
    }
    client.post("/callbacks/woocommerce/woo/", raw, content_type="application/json", headers=headers)
    sweep_inputs(now=timezone.now())

    assert (RawInput.objects.get().state, Order.objects.count()) == ("ignored", 0)
