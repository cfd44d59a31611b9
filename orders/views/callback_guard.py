"""What every callback door does first: find the channel, bound the body, and note refusals without flooding the log."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException

from approvals import services as approvals
from config.kit.actor import Actor
from config.kit.errors import DomainError
from orders.errors import BodyTooLarge
from stores.models import Channel

log = structlog.get_logger(__name__)
REFUSALS_PER_MINUTE = 10


def channel_of(kind: str, code: str) -> Channel | None:
    """The active channel of this kind and code, with its shop; None for a stranger."""
    return (
        Channel.objects.filter(kind=kind, code=code, is_active=True, shop__is_active=True)
        .select_related("shop")
        .first()
    )


def read_body(request: HttpRequest) -> bytes:
    """The raw body. Raises BodyTooLarge above settings.CALLBACK_MAX_BYTES, by its declared length before it is read."""
    limit = settings.CALLBACK_MAX_BYTES
    try:
        declared = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        declared = 0
    if declared > limit:
        raise BodyTooLarge(size=declared, limit=limit)
    try:
        body = request.body
    except (RequestDataTooBig, RawPostDataException) as error:
        raise BodyTooLarge(size=declared, limit=limit) from error
    if len(body) > limit:
        raise BodyTooLarge(size=len(body), limit=limit)
    return body


def note_refusal(request: HttpRequest, channel: Channel, error: DomainError) -> None:
    """Write a refusal to the log always and to the trail at most ten times a minute and channel."""
    address = request.META.get("REMOTE_ADDR", "")
    log.warning("callback_refused", channel=channel.code, code=error.code, address=address)
    counter = f"callback-refused:{channel.pk}"
    cache.add(counter, 0, timeout=60)
    if cache.incr(counter) <= REFUSALS_PER_MINUTE:
        with transaction.atomic():
            approvals.record(
                "orders.input_refused",
                channel,
                actor=Actor.client(channel.code, request_id=getattr(request, "request_id", "")),
                reason=error.describe(),
                changes={"address": [None, address]},
            )


def refusal(error: DomainError) -> HttpResponse:
    """The answer to a refused callback."""
    return JsonResponse({"code": error.code, "detail": error.describe()}, status=error.status)
