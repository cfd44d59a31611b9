"""Webhooks of shop systems: verified, kept once, worked off by the sweep."""

import base64
import hashlib
import hmac
import json

import pytest
from django.utils import translation

from approvals.models import TrailEntry
from orders.models import Order, RawInput
from orders.services.inputs import sweep_inputs
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import stock
from tests.factories.stores import ChannelFactory

pytestmark = pytest.mark.django_db
SECRET = "hush"


@pytest.fixture
def shopify(client, monkeypatch):
    channel = ChannelFactory(kind="shopify", code="intl")
    monkeypatch.setenv("CHANNEL_SECRET_INTL", f"old-one, {SECRET}")

    def post(body, topic="orders/create", webhook_id="w-1", secret=SECRET, signature=None):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = signature or base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
        headers = {"X-Shopify-Topic": topic, "X-Shopify-Webhook-Id": webhook_id, "X-Shopify-Hmac-Sha256": signed}
        return client.post(f"/callbacks/shopify/{channel.code}/", raw, content_type="application/json", headers=headers)

    post.shop = channel.shop
    return post


def body(**changes):
    return {
        "id": 4503599627370497,
        "admin_graphql_api_id": "gid://shopify/Order/4503599627370497",
        "name": "#1001",
        "created_at": "2026-03-10T09:00:00+08:00",
        "processed_at": "2026-03-10T09:00:00+08:00",
        "updated_at": "2026-03-10T09:00:00+08:00",
        "currency": "USD",
        "financial_status": "paid",
        "total_price": "20.00",
        "email": "jo@example.com",
        "line_items": [{"id": 1, "sku": "SKU-1", "name": "Cup", "quantity": 2, "price": "10.00"}],
        "shipping_address": {"name": "Jo Lin", "address1": "1 Road", "city": "Leeds", "country": "United Kingdom"},
    } | changes


def work(now):
    with translation.override("en"):  # the request before may have spoken another language in this thread
        assert sweep_inputs(now=now).failed == 0


@pytest.fixture
def later():
    from django.utils import timezone

    return timezone.now


def test_webhook_is_kept_and_answered_then_becomes_an_order(shopify, later):
    stock(5, variant=VariantFactory(sku="SKU-1"))
    assert shopify(body()).json() == {"result": "stored"}
    assert Order.objects.count() == 0

    work(later())
    order = Order.objects.get()
    assert (order.external_id, order.external_number, order.status) == ("4503599627370497", "#1001", "ready")
    assert RawInput.objects.get().state == "done"


def test_webhook_twice_is_known(shopify, later):
    shopify(body())
    assert shopify(body()).json() == {"result": "known"}
    work(later())
    assert (RawInput.objects.count(), Order.objects.count()) == (1, 1)


@pytest.mark.parametrize("signature", ["", "wrong", "ü", base64.b64encode(b"x" * 32).decode()])
def test_webhook_with_a_bad_signature_is_refused_noted_and_not_kept(shopify, signature):
    response = shopify(body(), signature=signature or "=")

    assert (response.status_code, response.json()["code"]) == (401, "signature_refused")
    assert RawInput.objects.count() == 0
    assert TrailEntry.objects.filter(action="orders.input_refused").count() == 1


def test_webhook_refusals_do_not_flood_the_trail(shopify):
    for _n in range(15):
        shopify(body(), signature="wrong")
    assert TrailEntry.objects.filter(action="orders.input_refused").count() == 10


def test_webhook_too_large_is_refused_before_it_is_read(shopify, settings):
    settings.CALLBACK_MAX_BYTES = 100
    response = shopify(body())

    assert (response.status_code, RawInput.objects.count()) == (413, 0)


def test_webhook_of_a_stranger_is_not_found(client):
    assert client.post("/callbacks/shopify/nobody/", b"{}", content_type="application/json").status_code == 404


def test_unreadable_webhook_waits_in_quarantine_with_its_reason(shopify, later):
    shopify(b'{"id": 5')
    work(later())

    raw = RawInput.objects.get()
    assert (raw.state, raw.problem_field) == ("quarantined", "body")
    assert raw.problem.startswith("The body is no readable JSON")


def test_cancellation_cancels_what_is_not_picked_and_gives_the_stock_back(shopify, later):
    level = stock(5, variant=VariantFactory(sku="SKU-1"))
    shopify(body())
    work(later())
    cancelled = body(cancelled_at="2026-03-10T10:00:00+08:00", updated_at="2026-03-10T10:00:00+08:00")
    shopify(cancelled, topic="orders/cancelled", webhook_id="w-2")
    work(later())

    assert Order.objects.get().status == "cancelled"
    level.refresh_from_db()
    assert level.reserved == 0


def test_payment_that_comes_later_releases_the_order(shopify, later):
    stock(5, variant=VariantFactory(sku="SKU-1"))
    shopify(body(financial_status="pending"))
    work(later())
    assert Order.objects.get().status == "held"
    shopify(body(updated_at="2026-03-10T11:00:00+08:00"), topic="orders/paid", webhook_id="w-2")
    work(later())

    order = Order.objects.get()
    assert (order.status, order.payment_status, order.open_holds) == ("ready", "paid", 0)


def test_older_message_that_comes_late_changes_nothing(shopify, later):
    stock(5, variant=VariantFactory(sku="SKU-1"))
    shopify(body(updated_at="2026-03-10T12:00:00+08:00"))
    work(later())
    stale = body(cancelled_at="2026-03-10T10:00:00+08:00", updated_at="2026-03-10T10:00:00+08:00")
    shopify(stale, topic="orders/cancelled", webhook_id="w-2")
    work(later())

    assert Order.objects.get().status == "ready"
    assert RawInput.objects.order_by("pk").last().result == {
        "orders": [{"number": Order.objects.get().number, "result": "stale"}]
    }


def test_changed_content_holds_the_order_for_a_person_with_the_differences(shopify, later):
    stock(5, variant=VariantFactory(sku="SKU-1"))
    shopify(body())
    work(later())
    lines = [{"id": 1, "sku": "SKU-1", "name": "Cup", "quantity": 3, "price": "10.00"}]
    shopify(
        body(line_items=lines, total_price="30.00", updated_at="2026-03-10T12:00:00+08:00"), "orders/updated", "w-2"
    )
    work(later())

    order = Order.objects.get()
    assert (order.status, order.lines.get().quantity) == ("held", 2)
    assert "20.00 → 30.00" in order.holds.get(kind="changed").reason


def test_woocommerce_ping_is_answered_and_not_kept(client):
    ChannelFactory(kind="woocommerce", code="woo")
    response = client.post(
        "/callbacks/woocommerce/woo/", b"webhook_id=12", content_type="application/x-www-form-urlencoded"
    )

    assert (response.status_code, RawInput.objects.count()) == (200, 0)
