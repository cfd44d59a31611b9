"""What the REST door takes and answers. Checks all fields at once, so that a client sees every mistake in one answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from orders.policies import MAX_LINES, MAX_QUANTITY

MAX_BATCH = 500
_MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "min_value": Decimal(0)}


class ExactInteger(serializers.IntegerField):
    """A whole number; `true` and `1.0` are not."""

    def to_internal_value(self, data: Any) -> int:
        """The number itself."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class BuyerSerializer(serializers.Serializer[Any]):
    """Who bought; every field helps to know the person again."""

    platform_id = serializers.CharField(required=False, allow_blank=True, max_length=120)
    name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=190)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    language = serializers.ChoiceField(required=False, choices=["zh-hans", "en"])
    country = serializers.CharField(required=False, allow_blank=True, max_length=60)


class RecipientSerializer(serializers.Serializer[Any]):
    """Where the goods go."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40)
    country = serializers.CharField(required=False, allow_blank=True, max_length=60)
    region = serializers.CharField(required=False, allow_blank=True, max_length=60)
    city = serializers.CharField(required=False, allow_blank=True, max_length=60)
    district = serializers.CharField(required=False, allow_blank=True, max_length=60)
    street = serializers.CharField(required=False, allow_blank=True, max_length=200)
    postcode = serializers.CharField(required=False, allow_blank=True, max_length=20)


class LineSerializer(serializers.Serializer[Any]):
    """One position; `amount_discount` is for the whole line."""

    seller_code = serializers.CharField(max_length=120)
    title = serializers.CharField(required=False, allow_blank=True, max_length=300)
    quantity = ExactInteger(min_value=1, max_value=MAX_QUANTITY)
    unit_price = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal(0))
    amount_discount = serializers.DecimalField(required=False, **_MONEY)
    external_id = serializers.CharField(required=False, allow_blank=True, max_length=64)


class OrderSerializer(serializers.Serializer[Any]):
    """An order. `external_id` identifies it in the shop: the same id with the same content changes nothing."""

    external_id = serializers.CharField(max_length=120)
    external_number = serializers.CharField(required=False, allow_blank=True, max_length=120)
    placed_at = serializers.DateTimeField(help_text="ISO 8601 with a time zone.")
    paid_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Missing: the order waits for its payment."
    )
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    lines = LineSerializer(many=True, allow_empty=False, max_length=MAX_LINES)  # type: ignore[call-arg]
    buyer = BuyerSerializer(required=False)
    recipient = RecipientSerializer(required=False)
    amount_shipping = serializers.DecimalField(required=False, **_MONEY)
    amount_discount = serializers.DecimalField(required=False, **_MONEY)
    amount_tax = serializers.DecimalField(required=False, **_MONEY)
    amount_total = serializers.DecimalField(required=False, **_MONEY)
    payment_reference = serializers.CharField(required=False, allow_blank=True, max_length=120)
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class BatchSerializer(serializers.Serializer[Any]):
    """Up to 500 orders of one shop; all are checked before one is made."""

    orders = OrderSerializer(many=True, allow_empty=False, max_length=MAX_BATCH)  # type: ignore[call-arg]


class DifferenceSerializer(serializers.Serializer[Any]):
    """One field in which what was sent differs from what is here."""

    field = serializers.CharField()
    here = serializers.CharField()
    sent = serializers.CharField()


class TakenSerializer(serializers.Serializer[Any]):
    """What became of an order."""

    external_id = serializers.CharField()
    number = serializers.CharField(help_text=_("Our own number."))
    result = serializers.ChoiceField(choices=["created", "unchanged", "differs"])
    status = serializers.CharField()
    holds = serializers.ListField(child=serializers.CharField())
    differences = DifferenceSerializer(many=True, required=False)


class TakenBatchSerializer(serializers.Serializer[Any]):
    """One entry per order, in the order of the request."""

    orders = TakenSerializer(many=True)


class RefusalSerializer(serializers.Serializer[Any]):
    """A refusal: each error with its code, words and field. Of an id that is here already, `meta.differences` lists the fields."""

    type = serializers.CharField()
    errors = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]
    meta = serializers.DictField(required=False)
