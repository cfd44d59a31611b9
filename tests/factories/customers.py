"""Builders of customers and messages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from config.kit.search import tokens
from customers.models import Customer, Identity, Message
from customers.states import IdentityKind, MessageState
from tests.factories.stores import ShopFactory

LONG_AGO = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


class CustomerFactory(DjangoModelFactory):
    """A buyer; `identities=[("phone", "+8613800138000")]` adds identities."""

    class Meta:
        model = Customer
        skip_postgeneration_save = True

    name = "王小明"
    shop = factory.SubFactory(ShopFactory)
    created_at = LONG_AGO
    search_tokens = factory.LazyAttribute(lambda o: tokens(o.name))

    @factory.post_generation
    def identities(self: Customer, create: bool, extracted: Any, **kwargs: Any) -> None:
        """`identities=[("phone", "+8613800138000"), …]`."""
        for kind, value in extracted or ():
            IdentityFactory(customer=self, kind=kind, value=value)


class IdentityFactory(DjangoModelFactory):
    """A phone unless told otherwise."""

    class Meta:
        model = Identity

    customer = factory.SubFactory(CustomerFactory)
    kind = IdentityKind.PHONE
    value = factory.Sequence(lambda n: f"+86138{n:08d}")
    source = "api"
    created_at = LONG_AGO


class MessageFactory(DjangoModelFactory):
    """An order confirmation that waits since long ago."""

    class Meta:
        model = Message

    class Params:
        shop = factory.SubFactory(ShopFactory)

    key = factory.Sequence(lambda n: f"order_confirmation:{n}")
    template = "order_confirmation"
    store_id = factory.LazyAttribute(lambda o: o.shop.pk)
    subject_type = "orders.order"
    subject_id = factory.Sequence(lambda n: n)
    recipient = factory.Sequence(lambda n: f"buyer{n}@example.com")
    language = "en"
    context = factory.LazyAttribute(lambda o: confirmation_context(shop=o.shop.name))
    state = MessageState.QUEUED
    next_at = LONG_AGO
    created_at = LONG_AGO


def confirmation_context(**changes: Any) -> dict[str, Any]:
    """What intake gives the confirmation's template."""
    return {
        "number": "Z2603100001",
        "external_number": "TB-778899",
        "shop": "Tea House",
        "reply_to": "",
        "currency": "CNY",
        "total": "217.50",
        "shipping": "10.00",
        "discount": "0",
        "recipient_name": "王小明",
        "lines": [
            {"title": "龙井茶 250g", "quantity": 2, "amount": "199.00"},
            {"title": "Cup <small>", "quantity": 1, "amount": "8.50"},
        ],
    } | changes
