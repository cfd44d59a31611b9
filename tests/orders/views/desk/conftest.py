"""Orders as the desk meets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from config.kit.actor import Actor
from customers.models import Message
from orders import services
from orders.models import Order
from orders.states import OrderMode
from stores.models import Shop
from tests.conftest import RoleClient
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import stock
from tests.factories.stores import ShopFactory
from tests.support.orders import draft


@pytest.fixture
def shop(db: None) -> Shop:
    return ShopFactory(name="Tea House", ship_within_minutes=120)


@pytest.fixture
def tea(db: None) -> Any:
    """A variant with five pieces in stock."""
    return stock(5, variant=VariantFactory(sku="SKU-1", price="10.00"))


@pytest.fixture
def agent(client_as: Callable[..., RoleClient], shop: Shop) -> RoleClient:
    return client_as("CS", shops=[shop])


@pytest.fixture
def seller(client_as: Callable[..., RoleClient], shop: Shop) -> RoleClient:
    return client_as("SELL", shops=[shop])


def take(
    shop: Shop, external_id: str = "A-1", *, at: datetime | None = None, mode: OrderMode = OrderMode.LIVE, **facts: Any
) -> Order:
    """An order through the intake, now."""
    [taken] = services.take_orders(
        shop_id=shop.pk,
        channel="api",
        drafts=[draft(external_id, **facts)],
        actor=Actor.client("shop api"),
        now=at or timezone.now(),
        mode=mode,
    )
    return Order.objects.get(pk=taken.order_id)


def mail_becomes(order: Order, state: str, **facts: Any) -> Message:
    """The order's confirmation after its way through the sender."""
    messages = Message.objects.filter(subject_type="orders.order", subject_id=order.pk)
    messages.update(state="sending")
    messages.update(state=state, **facts)
    return messages.get()
