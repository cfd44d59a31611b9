"""The signed generic webhook: what any system that shows listings can receive (format: README, “Generic webhook”)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.utils.translation import gettext as _

from catalog.delivery.compare import compare
from catalog.delivery.contract import OutgoingListing, PushResult
from catalog.delivery.http import Answer, Client, Undelivered, encode, is_web_address

PUBLISHED, TAKEN_DOWN, READ = "listing.published", "listing.taken_down", "listing.read"
TOLERANCE = timedelta(minutes=5)


def push(listing: OutgoingListing, client: Client) -> PushResult:
    """Send the snapshot or its take-down. Raises Undelivered."""
    event = PUBLISHED if listing.is_visible else TAKEN_DOWN
    body = encode(payload(listing, event))
    headers = _headers(listing, event, body, client)
    return _judged(listing, client, client.send("POST", client.address, body=body, headers=headers))


def read_back(listing: OutgoingListing, client: Client) -> PushResult:
    """Ask the receiver what it shows; one that does not tell gives “sent”. Raises Undelivered."""
    query = urlencode({"listing": listing.listing_id, "id": listing.remote_id})
    parts = urlsplit(client.address)
    url = urlunsplit(parts._replace(query="&".join(part for part in (parts.query, query) if part), fragment=""))
    # A GET has no body; its query is signed in its place, as it stands in the address.
    signed = urlsplit(url).query.encode()
    answer = client.send("GET", url, headers=_headers(listing, READ, signed, client))
    if answer.status in {404, 405, 501}:
        return PushResult(
            outcome="sent",
            status=answer.status,
            remote_id=listing.remote_id,
            proof=client.proof(),
            message=_("The receiver does not tell what it shows. Look at the page and keep its address as evidence."),
        )
    return _judged(listing, client, answer)


def payload(listing: OutgoingListing, event: str) -> dict[str, Any]:
    """The body; prices are texts, because JSON numbers are floats for many readers."""
    told: dict[str, Any] = {
        "event": event,
        "listing": listing.listing_id,
        "id": listing.remote_id,
        "snapshot": listing.snapshot_number,
        "content_hash": listing.content_hash,
        "is_visible": listing.is_visible,
    }
    if listing.is_visible:
        told["content"] = {
            "title": listing.title,
            "brief": listing.brief,
            "slogan": listing.slogan,
            "blocks": [{"label": label, "text": text} for label, text in listing.blocks],
            "service_text": listing.service_text,
            "category": listing.category,
            "attributes": [{"name": name, "value": value} for name, value in listing.attributes],
            "currency": listing.currency,
            "variants": [
                {
                    "sku": variant.sku,
                    "id": variant.remote_id,
                    "name": variant.name,
                    "price": f"{variant.price:f}",
                    "weight_grams": variant.weight_grams,
                    "barcode": variant.barcode,
                }
                for variant in listing.variants
            ],
            "pictures": [
                {"url": picture.url, "role": picture.role, "sha256": picture.sha256, "alt": picture.alt}
                for picture in listing.pictures
            ],
        }
    return told


def sign(body: bytes, secrets: Sequence[str], *, now: datetime) -> str:
    """`t=<unix seconds>,v1=<hex>`, one v1 for each secret: HMAC-SHA256 of "<t>." and the body."""
    moment = str(int(now.timestamp()))
    return ",".join([f"t={moment}", *(f"v1={_digest(secret, moment, body)}" for secret in secrets)])


def verify_signature(
    header: str, body: bytes, secrets: Sequence[str], *, now: datetime, tolerance: timedelta = TOLERANCE
) -> bool:
    """What a receiver does: is one of the signatures made with one of our secrets, and is it fresh?

    `body` is the body as it came, before it is read as JSON; for a GET it is the query of the address. False for
    everything that cannot be read.
    """
    pairs = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _mark, value in pairs if name == "t"]
    given = [value for name, _mark, value in pairs if name == "v1"]
    if len(moments) != 1 or not (moments[0].isascii() and moments[0].isdigit()) or len(moments[0]) > 12:
        return False
    if abs(now.timestamp() - int(moments[0])) > tolerance.total_seconds():
        return False
    # Every pair is compared, so that the time taken does not tell which one came close.
    fits = [
        hmac.compare_digest(_digest(secret, moments[0], body).encode(), one.encode("utf-8", "replace"))
        for secret in secrets
        for one in given
    ]
    return any(fits)


def _digest(secret: str, moment: str, body: bytes) -> str:
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def _headers(listing: OutgoingListing, event: str, body: bytes, client: Client) -> dict[str, str]:
    if not client.target.secrets:
        raise Undelivered("refused", _("No secret is set up for this channel; nothing is sent without a signature."))
    return {
        "X-Zhanggui-Event": event,
        "X-Zhanggui-Delivery": f"{listing.listing_id}-{listing.snapshot_number}",
        "X-Zhanggui-Timestamp": str(int(client.now.timestamp())),
        "X-Zhanggui-Signature": sign(body, client.target.secrets, now=client.now),
    }


def _judged(listing: OutgoingListing, client: Client, answer: Answer) -> PushResult:
    """What the receiver's answer proves."""
    if not answer.is_ok:
        raise Undelivered("refused", _refusal(answer), status=answer.status, answer=answer)
    said = answer.json()
    said = said if isinstance(said, dict) else {}
    url = said.get("url")
    url = url if is_web_address(url) else ""
    told = said.get("live")
    live = dict(told) if isinstance(told, Mapping) else {}
    differences = tuple(compare(listing, live))
    # A page that is taken down has no address to show: the receiver says so with "live".
    has_evidence = bool(url) if listing.is_visible else live.get("is_visible") is False
    number = said.get("id")
    if differences:
        message = _("The shop shows something else than was approved. Look at the differences.")
    elif not has_evidence:
        message = _("The receiver took it without evidence. Look at the page and keep its address.")
    else:
        message = ""
    return PushResult(
        outcome="confirmed" if has_evidence and not differences else "sent",
        status=answer.status,
        remote_id=str(number)[:100] if isinstance(number, str | int) and number else listing.remote_id,
        display_url=client.without_secrets(str(url)),
        differences=differences,
        proof=client.proof(),
        message=message,
    )


def _refusal(answer: Answer) -> str:
    """What staff must do about a refusal."""
    if answer.status in {401, 403}:
        return _(
            "The receiver does not accept the signature (%(status)s). Both sides must use the same secret, and their clocks"
            " must be right."
        ) % {"status": answer.status}
    if answer.status in {404, 410}:
        return _("Nobody receives at this address (%(status)s). Correct it at the shop.") % {"status": answer.status}
    return _("The receiver refuses the content (%(status)s). Its words stand in the proof; ask who runs it.") % {
        "status": answer.status
    }
