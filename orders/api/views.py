"""`POST /api/v1/orders` and `/orders/batch`: keep the body, check it, take the orders in, answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from config.kit.actor import Actor
from config.kit.errors import DomainError
from orders import services
from orders.api.access import HasShopKey, ShopKeyAuthentication, key_of
from orders.api.serializers import (
    BatchSerializer,
    OrderSerializer,
    RefusalSerializer,
    TakenBatchSerializer,
    TakenSerializer,
)
from orders.drafts import OrderDraft
from orders.errors import ExternalIdTaken, KeyReused
from orders.formats import api
from orders.formats.reading import parse_json
from orders.models import Order
from orders.selectors.differences import differences
from orders.services.inputs import Stored, settle_input
from orders.services.intake import Taken, TakenResult
from orders.states import InputState

_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="At most 120 characters. The same key with the same body is answered again, with another body refused (422).",
)
_REFUSALS: dict[int, OpenApiResponse] = {
    400: OpenApiResponse(RefusalSerializer, description="Fields are missing or wrong; all of them are named."),
    401: OpenApiResponse(RefusalSerializer, description="The key is missing, wrong, revoked or expired."),
    422: OpenApiResponse(
        RefusalSerializer,
        description="The body cannot be read or stored, or the Idempotency-Key was used with another body.",
    ),
    503: OpenApiResponse(
        RefusalSerializer, description="Somebody works on the same goods; nothing was changed, send it again."
    ),
}


class Intake(APIView):
    """What both doors share."""

    authentication_classes = [ShopKeyAuthentication]
    permission_classes = [HasShopKey]
    serializer_class: type[Serializer[Any]]
    topic: str

    def take(self, request: Request) -> tuple[list[OrderDraft], list[Taken], Stored]:
        """Store the body, check it and take its orders in. Raises what the answer's error is made of; then nothing was made."""
        now, key = timezone.now(), key_of(request)
        stored = services.store_input(
            source="api",
            shop_id=key.shop_id,
            body=request._request.body,
            key=self._idempotency_key(request),
            topic=self.topic,
            worked_off_by_caller=True,
            now=now,
        )
        self._refuse_reused_key(request, stored)
        try:
            data = parse_json(request._request.body)
            self.serializer_class(data=data).is_valid(raise_exception=True)
            drafts = api.drafts(data, raw_input_id=stored.input_id)
            taken = services.take_orders(
                shop_id=key.shop_id,
                channel="api",
                drafts=drafts,
                actor=Actor.client(key.name, request_id=getattr(request._request, "request_id", "")),
                now=now,
            )
        except Exception as error:
            # The client is told and mends it; the body stays, with the reason, for whoever asks what was sent.
            settle_input(input_id=stored.input_id, state=InputState.IGNORED, problem=_words(error), now=now)
            raise
        if not any(one.result == TakenResult.CREATED for one in taken):
            settle_input(input_id=stored.input_id, state=InputState.DONE, problem="", now=now)
        return drafts, taken, stored

    def answer(self, draft: OrderDraft, taken: Taken) -> dict[str, Any]:
        """One order's entry."""
        entry: dict[str, Any] = {
            "external_id": draft.external_id,
            "number": taken.number,
            "result": str(taken.result),
            "status": taken.status,
            "holds": list(taken.holds),
        }
        if taken.result == TakenResult.DIFFERS:
            order = Order.objects.get(pk=taken.order_id)
            entry["differences"] = [
                {"field": item.field, "here": item.here, "sent": item.sent} for item in differences(order, draft)
            ]
        return entry

    def _idempotency_key(self, request: Request) -> str:
        key = request.headers.get("Idempotency-Key", "").strip()[:120]
        return f"key:{key}" if key else ""

    def _refuse_reused_key(self, request: Request, stored: Stored) -> None:
        if not stored.is_new and stored.body_hash != hashlib.sha256(request._request.body).hexdigest():
            raise KeyReused(field="Idempotency-Key")


class OrdersView(Intake):
    """Take in one order."""

    serializer_class = OrderSerializer
    topic = "order"

    @extend_schema(
        operation_id="take_order",
        summary="Send an order",
        parameters=[_KEY],
        request=OrderSerializer,
        responses={
            201: TakenSerializer,
            200: OpenApiResponse(TakenSerializer, description="It was here already with the same content."),
            409: OpenApiResponse(RefusalSerializer, description="It is here with other content; nothing was changed."),
            **_REFUSALS,
        },
    )
    def post(self, request: Request) -> Response:
        """Make an order of the body."""
        [draft], [taken], stored = self.take(request)
        entry = self.answer(draft, taken)
        if taken.result == TakenResult.DIFFERS:
            raise ExternalIdTaken(
                field="external_id",
                external_id=draft.external_id,
                number=taken.number,
                differences=entry["differences"],
            )
        return _response(entry, 201 if taken.result == TakenResult.CREATED else 200, stored)


class OrdersBatchView(Intake):
    """Take in many orders."""

    serializer_class = BatchSerializer
    topic = "batch"

    @extend_schema(
        operation_id="take_orders",
        summary="Send up to 500 orders",
        parameters=[_KEY],
        request=BatchSerializer,
        responses={
            200: OpenApiResponse(
                TakenBatchSerializer, description="One entry per order; an entry that “differs” changed nothing."
            ),
            **_REFUSALS,
        },
    )
    def post(self, request: Request) -> Response:
        """Make orders of the body's drafts: all of them are checked before one is made."""
        drafts, taken, stored = self.take(request)
        entries = [self.answer(draft, one) for draft, one in zip(drafts, taken, strict=True)]
        return _response({"orders": entries}, 200, stored)


def _response(body: Mapping[str, Any], status: int, stored: Stored) -> Response:
    headers = None if stored.is_new else {"Idempotent-Replayed": "true"}
    return Response(body, status=status, headers=headers)


def _words(error: Exception) -> str:
    if isinstance(error, DomainError):
        return error.describe()
    return str(getattr(error, "detail", error))[:2000]
