"""The control of the API measurement: one view that writes the rows of one order by plain ORM, and does nothing else.

No key, no checks, no idempotency, no held orders, no retries: what a quick hand would write for the happy path. Everything that our
own door does beyond this has to fit into the ratio that `script/bench` prints.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from approvals.models import Deadline, TimeRule, TrailEntry
from catalog.models import Variant
from config.kit.search import tokens
from customers.models import Customer, Identity, Message
from inventory.models import Reservation, StockLevel, StockMovement
from orders.models import Order, OrderLine, Payment, RawInput
from stores.models import Shop


@csrf_exempt
def take(request: HttpRequest) -> JsonResponse:
    """Write the rows of one order of two lines."""
    body, now = json.loads(request.body), timezone.now()
    with transaction.atomic():
        order = _write(request.body, body, now)
    answer = {
        "external_id": order.external_id,
        "number": order.number,
        "result": "created",
        "status": order.status,
        "holds": [],
    }
    return JsonResponse(answer, status=201)


def _write(raw_body: bytes, body: dict, now: datetime) -> Order:
    shop = Shop.objects.get(code=body["shop"])
    digest = hashlib.sha256(raw_body).hexdigest()
    raw = RawInput.objects.create(
        source="api", shop=shop, key=f"sha256:{digest}", topic="order", body=raw_body, body_hash=digest, state="done",
        result={"orders": [{"external_id": body["external_id"], "status": "ready"}]}, received_at=now, done_at=now,
    )  # fmt: skip
    buyer, recipient = body["buyer"], body["recipient"]
    customer = Customer.objects.create(
        name=buyer["name"], language=shop.language, shop=shop, created_at=now,
        search_tokens=tokens(f"{buyer['name']} {buyer['phone'][-4:]}"),
    )  # fmt: skip
    identities = [
        ("platform", shop.code, buyer["platform_id"]),
        ("phone", "", f"+86{buyer['phone']}"),
        ("email", "", buyer["email"]),
    ]
    Identity.objects.bulk_create(
        Identity(customer=customer, kind=kind, scope=scope, value=value, source="api", created_at=now)
        for kind, scope, value in identities
    )
    total = sum((Decimal(line["unit_price"]) * line["quantity"] for line in body["lines"]), Decimal(0))
    due_at = now + timedelta(minutes=shop.ship_within_minutes)
    order = Order.objects.create(
        number=f"C{body['external_id']}", shop=shop, external_id=body["external_id"], external_number=body["external_id"],
        channel="api", customer=customer, status="ready", stock_status="reserved", payment_status="paid", currency=shop.currency,
        amount_goods=total, amount_total=total, language=shop.language, email=buyer["email"],
        recipient_name=recipient["name"], recipient_phone=recipient["phone"], phone_tail=recipient["phone"][-4:],
        address={"city": recipient["city"], "street": recipient["street"]}, content_hash=digest, raw_input=raw,
        placed_at=body["placed_at"], paid_at=body["paid_at"], received_at=now, stock_checked_at=now, ship_by=due_at, status_at=now,
    )  # fmt: skip
    variant_of = {v.sku: v for v in Variant.objects.filter(sku__in=[line["seller_code"] for line in body["lines"]])}
    lines = OrderLine.objects.bulk_create(
        OrderLine(
            order=order, store_id=shop.pk, position=position, seller_code=line["seller_code"], title=line["title"],
            variant=variant_of[line["seller_code"]], quantity=line["quantity"], unit_price=line["unit_price"],
            amount_total=Decimal(line["unit_price"]) * line["quantity"],
        )
        for position, line in enumerate(body["lines"], start=1)
    )  # fmt: skip
    Payment.objects.create(
        order=order, store_id=shop.pk, currency=shop.currency, amount_captured=total, captured_at=body["paid_at"]
    )
    _reserve(lines, shop, now)
    Message.objects.create(
        key=f"order_confirmation:{order.pk}", template="order_confirmation", customer=customer, store_id=shop.pk,
        subject_type="orders.order", subject_id=order.pk, recipient=buyer["email"], language=shop.language,
        context=_words(order, shop, lines), next_at=now, created_at=now,
    )  # fmt: skip
    Deadline.objects.create(
        rule=TimeRule.objects.get(code="order_ship", is_current=True), subject_type="orders.order", subject_id=order.pk,
        subject_label=order.number, store_id=shop.pk, owner_role="WH", started_at=now, due_at=due_at,
        next_at=now + (due_at - now) / 2, planned_at=now + (due_at - now) / 2,
    )  # fmt: skip
    TrailEntry.objects.create(
        at=now, action="orders.taken", subject_type="orders.order", subject_id=order.pk, store_id=shop.pk, actor_kind="client",
        actor_label="bench", changes={"status": [None, "ready"], "stock": [None, "reserved"]},
    )  # fmt: skip
    return order


def _words(order: Order, shop: Shop, lines: list[OrderLine]) -> dict[str, object]:
    return {
        "number": order.number, "external_number": order.external_number, "shop": shop.name, "reply_to": shop.contact_email,
        "currency": order.currency, "total": str(order.amount_total), "shipping": "0", "discount": "0",
        "recipient_name": order.recipient_name,
        "lines": [{"title": line.title, "quantity": line.quantity, "amount": str(line.amount_total)} for line in lines],
    }  # fmt: skip


def _reserve(lines: list[OrderLine], shop: Shop, now: datetime) -> None:
    levels = {
        level.variant_id: level
        for level in StockLevel.objects.select_for_update()
        .filter(variant__in=[line.variant_id for line in lines])
        .order_by("pk")
    }
    for line in lines:
        levels[line.variant_id].reserved += line.quantity
    StockLevel.objects.bulk_update(levels.values(), ["reserved"])
    Reservation.objects.bulk_create(
        Reservation(
            level=levels[line.variant_id],
            line_id=line.pk,
            store_id=shop.pk,
            quantity=line.quantity,
            state="held",
            created_at=now,
        )
        for line in lines
    )
    StockMovement.objects.bulk_create(
        StockMovement(
            variant_id=line.variant_id, location_id=levels[line.variant_id].location_id, store_id=shop.pk, kind="reserve",
            on_hand_delta=0, reserved_delta=line.quantity, source_type="orders.orderline", source_id=line.pk, actor_label="bench",
            at=now,
        )
        for line in lines
    )  # fmt: skip


urlpatterns = [path("api/v1/orders", take)]
