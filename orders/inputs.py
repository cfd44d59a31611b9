"""The processors of raw inputs, one per source."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from config.kit.actor import Actor
from config.kit.errors import InvalidInput
from customers import services as customers
from customers.models import Identity
from customers.states import IdentityKind
from orders import services
from orders.drafts import OrderDraft
from orders.formats import api, shopify, woocommerce
from orders.formats.reading import parse_json
from orders.inputs_tracking import process_easypost, process_kuaidi100
from orders.models import RawInput
from orders.registries import InputProcessor, input_processors
from orders.selectors.lookups import find_external
from orders.services.inputs import body_of, settle
from orders.services.intake import TakenResult
from orders.states import CancellationKind, InputState
from stores.models import Shop

_CHANNEL = {"api": "api", "hand": "hand", "shopify": "shopify", "woocommerce": "woocommerce"}


def _take_api(raw: RawInput, now: datetime) -> None:
    """One order or a batch of the REST door (or of hand entry), after the door itself did not get to it."""
    data = parse_json(body_of(raw))
    drafts = api.drafts(data, raw_input_id=raw.pk)
    taken = services.take_orders(
        shop_id=_shop_id(raw), channel=_CHANNEL[raw.source], drafts=drafts, actor=_actor(raw), now=now
    )
    differing = [
        draft.external_id for draft, one in zip(drafts, taken, strict=True) if one.result == TakenResult.DIFFERS
    ]
    if differing:
        raise InvalidInput(
            field="external_id", problem=_("Here already with other content: %s") % ", ".join(differing[:10])
        )
    _done(raw, taken, now)


def _take_shopify(raw: RawInput, now: datetime) -> None:
    data = parse_json(body_of(raw))
    topic = raw.topic
    if topic.startswith("orders/") and topic != "orders/delete":
        _take_or_update(raw, shopify.order_draft(data), now)
    elif topic == "refunds/create":
        _take_refund(raw, data, now)
    elif topic in ("customers/create", "customers/update"):
        _take_buyer(raw, data, now)
    elif topic == "customers/redact":
        _redact_buyer(raw, data, now)
    elif topic in ("customers/data_request", "shop/redact"):
        settle(
            raw,
            InputState.QUARANTINED,
            now=now,
            problem=_("A privacy request of the platform: a person must carry it out and set it aside with a note."),
        )
    else:
        settle(raw, InputState.IGNORED, now=now, problem=_("Nothing is done with the topic “%s”.") % topic)


def _take_woocommerce(raw: RawInput, now: datetime) -> None:
    data = parse_json(body_of(raw))
    if raw.topic == "order.deleted":
        _cancel_deleted(raw, str(data.get("id", "")), now)
    elif raw.topic.startswith("order."):
        _take_or_update(raw, woocommerce.order_draft(data), now)
    else:
        settle(raw, InputState.IGNORED, now=now, problem=_("Nothing is done with the topic “%s”.") % raw.topic)


def _take_or_update(raw: RawInput, draft: OrderDraft, now: datetime) -> None:
    """A channel's order body makes the order, or brings the one that is here into step with it."""
    draft = replace(draft, raw_input_id=raw.pk)
    [taken] = services.take_orders(
        shop_id=_shop_id(raw), channel=_CHANNEL[raw.source], drafts=[draft], actor=_actor(raw), now=now
    )
    if taken.result == TakenResult.CREATED:
        _done(raw, [taken], now)
        return
    update = services.apply_channel_update(order_id=taken.order_id, draft=draft, actor=_actor(raw), now=now)
    settle(raw, InputState.DONE, now=now, result={"orders": [{"number": update.number, "result": str(update.applied)}]})


def _take_refund(raw: RawInput, data: dict[str, Any], now: datetime) -> None:
    order_key, draft = shopify.refund_draft(data)
    order = find_external(_shop_id(raw), order_key)
    if order is None:
        raise InvalidInput(field="order_id", problem=_("No order of this shop has the key %s.") % order_key)
    variants = {line.seller_code: line.variant_id for line in order.lines.all()}
    document, _lines = services.take_cancellation(
        shop_id=order.shop_id,
        draft=draft,
        kind=CancellationKind.REFUND,
        order_id=order.pk,
        customer_id=order.customer_id,
        variant_ids=[variants.get(line.seller_code) for line in draft.lines],
        currency=draft.currency or order.currency,
        amount=shopify.refunded_amount(data),
        actor=_actor(raw),
        now=now,
    )
    result = "refund" if document else "nothing"
    settle(raw, InputState.DONE, now=now, result={"orders": [{"number": order.number, "result": result}]})


def _take_buyer(raw: RawInput, data: dict[str, Any], now: datetime) -> None:
    shop = Shop.objects.get(pk=_shop_id(raw))
    buyer = shopify.buyer_draft(data)
    customers.find_or_make_customers(
        buyers=[customers.Buyer(buyer.platform_id, buyer.name, buyer.email, buyer.phone, "", buyer.country)],
        store_id=shop.pk,
        shop_code=shop.code,
        language=shop.language,
        source=raw.source,
        now=now,
    )
    settle(raw, InputState.DONE, now=now)


def _redact_buyer(raw: RawInput, data: dict[str, Any], now: datetime) -> None:
    """The platform asks us to forget a buyer: the person is made anonymous; orders stay for the books."""
    key = shopify.exact_id(data.get("customer") or {})
    identity = Identity.objects.filter(kind=IdentityKind.PLATFORM, value=key, customer__shop_id=_shop_id(raw)).first()
    if identity is None:
        settle(raw, InputState.IGNORED, now=now, problem=_("The buyer was never here."))
        return
    customers.anonymise_customer(
        customer_id=identity.customer_id, reason=_("Asked for by the platform."), actor=_actor(raw), now=now
    )
    settle(raw, InputState.DONE, now=now)


def _cancel_deleted(raw: RawInput, external_id: str, now: datetime) -> None:
    order = find_external(_shop_id(raw), external_id)
    if order is None:
        settle(raw, InputState.IGNORED, now=now, problem=_("The deleted order was never here."))
        return
    applied = services.cancel_by_channel(order_id=order.pk, actor=_actor(raw), now=now)
    settle(raw, InputState.DONE, now=now, result={"orders": [{"number": order.number, "result": str(applied)}]})


def _done(raw: RawInput, taken: list[services.Taken], now: datetime) -> None:
    numbers = [{"number": one.number, "status": one.status, "result": str(one.result)} for one in taken]
    raw.refresh_from_db(fields=["state"])
    if raw.state != InputState.DONE:
        settle(raw, InputState.DONE, now=now, result={"orders": numbers})


def _shop_id(raw: RawInput) -> int:
    if raw.shop_id is None:
        raise InvalidInput(problem=_("The input belongs to no shop."))
    return raw.shop_id


def _actor(raw: RawInput) -> Actor:
    return Actor.client(raw.source, request_id=f"input-{raw.pk}")


input_processors.register("api", InputProcessor(_take_api))
input_processors.register("hand", InputProcessor(_take_api))
input_processors.register("shopify", InputProcessor(_take_shopify))
input_processors.register("woocommerce", InputProcessor(_take_woocommerce))
input_processors.register("kuaidi100", InputProcessor(process_kuaidi100))
input_processors.register("easypost", InputProcessor(process_easypost))
