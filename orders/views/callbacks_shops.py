"""Webhooks of shop systems: verify, keep, answer. The work is done by the intake sweep a moment later."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from config.kit.errors import DomainError
from config.kit.web import public
from orders import services
from orders.errors import SignatureRefused
from orders.tasks import nudge_intake
from orders.views.callback_guard import channel_of, note_refusal, read_body, refusal
from stores.selectors import channel_secrets

_KEPT = ("X-Shopify-Topic", "X-Shopify-Shop-Domain", "X-Shopify-API-Version", "X-Shopify-Webhook-Id", "X-Shopify-Triggered-At",
         "X-WC-Webhook-Topic", "X-WC-Webhook-Source", "X-WC-Webhook-Resource", "X-WC-Webhook-Event", "X-WC-Webhook-ID",
         "X-WC-Webhook-Delivery-ID", "Content-Type", "User-Agent")  # fmt: skip


def hmac_matches(body: bytes, given: str, secrets: list[str]) -> bool:
    """Whether `given` is base64(HMAC-SHA256(body, secret)) for one of the secrets, compared in constant time.

    Source: Shopify and WooCommerce sign the raw body in this way (their webhook documentation).
    """
    expected = [base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()) for secret in secrets]
    # Every secret is compared, so that the time taken does not tell which one matched.
    return any(
        [  # noqa: C419
            hmac.compare_digest(digest, given.encode("utf-8", "replace")) for digest in expected
        ]
    )


@csrf_exempt
@require_POST
@public
def shopify(request: HttpRequest, code: str) -> HttpResponse:
    """`orders/*`, `refunds/create` and the other topics of one Shopify shop. Deduplicated by `X-Shopify-Webhook-Id`."""
    key = request.headers.get("X-Shopify-Webhook-Id") or request.headers.get("Shopify-Webhook-Id", "")
    signature = request.headers.get("X-Shopify-Hmac-Sha256") or request.headers.get("Shopify-Hmac-Sha256", "")
    return _receive(request, "shopify", code, signature, key, request.headers.get("X-Shopify-Topic", ""))


@csrf_exempt
@require_POST
@public
def woocommerce(request: HttpRequest, code: str) -> HttpResponse:
    """`order.*` topics of one WooCommerce shop. The ping that it sends on saving is answered and not kept."""
    topic = request.headers.get("X-WC-Webhook-Topic", "")
    if not topic and request.body.startswith(b"webhook_id="):
        return JsonResponse({"result": "pong"})
    key = request.headers.get("X-WC-Webhook-Delivery-ID", "")
    return _receive(request, "woocommerce", code, request.headers.get("X-WC-Webhook-Signature", ""), key, topic)


def _receive(request: HttpRequest, source: str, code: str, signature: str, key: str, topic: str) -> HttpResponse:
    channel = channel_of(source, code)
    if channel is None:
        raise Http404
    try:
        body = read_body(request)
        if not hmac_matches(body, signature, channel_secrets(channel.code)):
            raise SignatureRefused
    except DomainError as error:
        note_refusal(request, channel, error)
        return refusal(error)
    stored = services.store_input(
        source=source,
        shop_id=channel.shop_id,
        body=body,
        # A platform may reuse a delivery id for another topic; the topic is part of what makes a delivery one.
        key=f"{topic}:{key}" if key else "",
        topic=topic,
        headers={name: request.headers[name] for name in _KEPT if name in request.headers},
        now=timezone.now(),
    )
    if stored.is_new:
        nudge_intake()
    return JsonResponse({"result": "stored" if stored.is_new else "known"})
