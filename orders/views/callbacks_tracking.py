"""Couriers' callbacks: verify, keep, answer. The work is done by the intake sweep a moment later."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

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
from stores.models import Channel
from stores.selectors import channel_secrets


def kuaidi100_sign_matches(param: str, given: str, salts: list[str]) -> bool:
    """Whether `given` is the upper-case MD5 of the text and one of the salts. Source: the official SDK's callback example."""
    expected = [hashlib.md5(f"{param}{salt}".encode(), usedforsecurity=False).hexdigest().upper() for salt in salts]
    return _is_one_of(given.upper(), expected)


def easypost_signature_matches(body: bytes, given: str, secrets: list[str]) -> bool:
    """Whether `given` is the prefixed hex HMAC-SHA256 of the raw body. The secret is NFKD-normalised, as EasyPost's clients do."""
    keys = [unicodedata.normalize("NFKD", secret).encode() for secret in secrets]
    expected = [f"hmac-sha256-hex={hmac.new(key, body, hashlib.sha256).hexdigest()}" for key in keys]
    return _is_one_of(given, expected)


@csrf_exempt
@require_POST
@public
def kuaidi100(request: HttpRequest, code: str) -> HttpResponse:
    """A push of 快递100: form fields `param` (JSON text, kept as the body) and `sign`. It wants its own words as the answer."""
    channel = _channel("kuaidi100", code)
    try:
        read_body(request)
        param, sign = request.POST.get("param", ""), request.POST.get("sign", "")
        if not param or not kuaidi100_sign_matches(param, sign, channel_secrets(channel.code)):
            raise SignatureRefused
    except DomainError as error:
        note_refusal(request, channel, error)
        answer = {"result": False, "returnCode": str(error.status), "message": error.describe()}
        return JsonResponse(answer, status=error.status)
    _keep(channel, param.encode(), {"sign": sign[:64]})
    return JsonResponse(
        {"result": True, "returnCode": "200", "message": "成功"}, json_dumps_params={"ensure_ascii": False}
    )


@csrf_exempt
@require_POST
@public
def easypost(request: HttpRequest, code: str) -> HttpResponse:
    """An event of EasyPost, signed in `X-Hmac-Signature`. What comes again is known and changes nothing."""
    channel = _channel("easypost", code)
    try:
        body = read_body(request)
        signature = request.headers.get("X-Hmac-Signature", "")
        if not easypost_signature_matches(body, signature, channel_secrets(channel.code)):
            raise SignatureRefused
    except DomainError as error:
        note_refusal(request, channel, error)
        return refusal(error)
    is_new = _keep(channel, body, {"X-Hmac-Signature": signature[:120]})
    return JsonResponse({"result": "stored" if is_new else "known"})


def _is_one_of(given: str, expected: list[str]) -> bool:
    # All are compared, however soon one fits: the time tells nothing about the secrets.
    fits = [hmac.compare_digest(digest.encode(), given.encode("utf-8", "replace")) for digest in expected]
    return any(fits)


def _channel(kind: str, code: str) -> Channel:
    channel = channel_of(kind, code)
    if channel is None:
        raise Http404
    return channel


def _keep(channel: Channel, body: bytes, headers: dict[str, str]) -> bool:
    # Without a key the body's hash is the key: the same body again is the same input.
    stored = services.store_input(
        source=str(channel.kind), shop_id=channel.shop_id, body=body, headers=headers, now=timezone.now()
    )
    if stored.is_new:
        nudge_intake()
    return stored.is_new
