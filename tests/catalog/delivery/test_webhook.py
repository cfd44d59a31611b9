from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from catalog.delivery import ChannelTarget, OutgoingListing, push, read_back, verify_signature
from catalog.delivery.webhook import sign
from tests.support.channels import Fault, Receiver

Make = Callable[..., OutgoingListing]


def test_a_snapshot_is_sent_signed_and_confirmed_by_its_address(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime
):
    result = push(listing(), hook_target, now=now)

    assert (result.outcome, result.display_url, result.remote_id, result.message) == (
        "confirmed",
        "https://receiver.example/items/7",
        "item-7",
        "",
    )
    (request,) = receiver.requests
    assert (request.method, request.path) == ("POST", "/hook")
    assert request.headers["X-Zhanggui-Event"] == "listing.published"
    assert request.headers["X-Zhanggui-Delivery"] == "12-3"
    assert request.headers["X-Zhanggui-Timestamp"] == str(int(now.timestamp()))
    told = request.json()
    assert (told["listing"], told["snapshot"], told["content_hash"]) == (12, 3, "c0ffee" * 10)
    assert told["content"]["variants"][0]["price"] == "69.00" and told["content"]["currency"] == "CNY"
    assert told["content"]["blocks"][0] == {"label": "卖点", "text": "It's light.\n\nAnd [strong]."}
    assert result.proof["body_sha256"] == hashlib.sha256(request.body).hexdigest()


def test_the_signature_is_what_the_readme_says(receiver: Receiver, hook_target: ChannelTarget, listing: Make, now):
    """Reckoned here once more, without our own code."""
    push(listing(), hook_target, now=now)
    (request,) = receiver.requests
    moment = str(int(now.timestamp()))
    digest = hmac.new(b"a-secret-of-the-receiver", f"{moment}.".encode() + request.body, "sha256").hexdigest()
    assert request.headers["X-Zhanggui-Signature"] == f"t={moment},v1={digest}"


def test_taking_down_sends_no_content(receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime):
    receiver.said = {"live": {"is_visible": False}}
    result = push(listing(is_visible=False), hook_target, now=now)
    assert result.outcome == "confirmed"
    assert receiver.requests[0].headers["X-Zhanggui-Event"] == "listing.taken_down"
    assert "content" not in receiver.requests[0].json()
    receiver.said = {"live": {"is_visible": True}}
    result = push(listing(is_visible=False), hook_target, now=now)
    assert result.outcome == "sent" and [one.field for one in result.differences] == ["is_visible"]


@pytest.mark.parametrize("said", ["", "OK", [], {}, {"url": "javascript:alert(1)"}, {"url": ["x"]}, {"id": 7}])
def test_without_evidence_it_is_only_sent(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime, said: Any
):
    receiver.said = said
    result = push(listing(remote_id="old"), hook_target, now=now)
    assert (result.outcome, result.display_url) == ("sent", "")
    assert "without evidence" in result.message
    assert result.remote_id == ("7" if said == {"id": 7} else "old")


def test_a_receiver_that_shows_something_else_is_found_out(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime
):
    receiver.said |= {"live": {"title": "Another", "prices": {"CUP-RED": "59.00"}, "pictures": 2}}
    result = push(listing(), hook_target, now=now)
    assert result.outcome == "sent"
    assert [one.field for one in result.differences] == ["title", "price:CUP-RED"]


def test_an_answer_that_is_lost_is_sent_again_under_the_same_number(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime
):
    receiver.faults = [Fault("lose")]
    assert push(listing(), hook_target, now=now).outcome == "retry"
    assert push(listing(), hook_target, now=now).outcome == "confirmed"
    assert len(receiver.requests) == 2 and receiver.done == [("listing.published", "12-3")]


@pytest.mark.parametrize(
    ("fault", "outcome", "word"),
    [
        (Fault(status=429, headers={"Retry-After": "7"}), "retry", "busy"),
        (Fault(status=502), "retry", "error of its own"),
        (Fault("hang"), "retry", "in time"),
        (Fault("close"), "retry", "connection"),
        (Fault(status=401), "refused", "secret"),
        (Fault(status=410), "refused", "Nobody receives"),
        (Fault(status=422), "refused", "refuses the content"),
    ],
    ids=lambda value: f"{value.kind}{value.status}" if isinstance(value, Fault) else "",
)
def test_other_ends(
    receiver: Receiver,
    hook_target: ChannelTarget,
    listing: Make,
    now: datetime,
    fault: Fault,
    outcome: str,
    word: str,
    impatient: Any,
):
    receiver.faults = [fault]
    with impatient() if fault.kind == "hang" else nullcontext():
        result = push(listing(remote_id="old"), hook_target, now=now)
    assert result.outcome == outcome and word in result.message
    assert result.remote_id == "old" and receiver.done == []
    assert result.retry_after == (timedelta(seconds=7) if fault.status == 429 else None)


def test_without_a_secret_nothing_is_sent(receiver: Receiver, hook_target: ChannelTarget, listing: Make, now):
    result = push(listing(), replace(hook_target, secrets=()), now=now)
    assert result.outcome == "refused" and "signature" in result.message
    assert receiver.requests == []


# --- reading back


def test_reading_back_compares_what_the_receiver_shows(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime
):
    push(listing(), hook_target, now=now)
    assert read_back(listing(), hook_target, now=now).outcome == "confirmed"
    receiver.live["12"]["prices"]["CUP-RED"] = "1.00"
    result = read_back(listing(), hook_target, now=now)
    assert result.outcome == "sent" and [one.field for one in result.differences] == ["price:CUP-RED"]
    assert receiver.requests[-1].headers["X-Zhanggui-Event"] == "listing.read"
    assert len(receiver.done) == 1


def test_a_receiver_need_not_tell(receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime):
    receiver.can_tell = False
    result = read_back(listing(), hook_target, now=now)
    assert result.outcome == "sent" and "does not tell" in result.message


def test_a_query_of_the_address_is_kept_but_not_shown(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime
):
    target = replace(hook_target, address=f"{hook_target.address}?token=typed-by-somebody")
    push(listing(), target, now=now)
    result = read_back(listing(), target, now=now)
    assert result.outcome == "confirmed"
    assert {"token=typed-by-somebody"} == {request.query.split("&")[0] for request in receiver.requests}
    assert "typed-by-somebody" not in json.dumps(result.proof)


# --- signatures

BODY = b'{"listing": 12}'


def test_every_secret_of_a_rotation_is_accepted(now: datetime):
    header = sign(BODY, ["new-secret", "old-secret"], now=now)
    assert header.count("v1=") == 2
    assert verify_signature(header, BODY, ["old-secret"], now=now)
    assert verify_signature(header, BODY, ["new-secret"], now=now)
    assert verify_signature(sign(BODY, ["old-secret"], now=now), BODY, ["new-secret", "old-secret"], now=now)
    assert not verify_signature(header, BODY, ["another"], now=now)
    assert not verify_signature(header, BODY, [], now=now)


def test_another_body_or_an_old_moment_is_refused(now: datetime):
    header = sign(BODY, ["secret"], now=now)
    assert verify_signature(header, BODY, ["secret"], now=now + timedelta(minutes=5))
    assert not verify_signature(header, BODY + b" ", ["secret"], now=now)
    assert not verify_signature(header, BODY, ["secret"], now=now + timedelta(minutes=5, seconds=1))
    assert not verify_signature(header, BODY, ["secret"], now=now - timedelta(minutes=5, seconds=1))
    later = str(int(now.timestamp()) + 60)
    assert not verify_signature(header.replace(header[2:12], later), BODY, ["secret"], now=now)


@pytest.mark.parametrize(
    "header",
    ["", "t=", "t=x,v1=y", "v1=" + "0" * 64, "t=1,t=1,v1=00", "t=٣,v1=0", "t=" + "9" * 400, ",,,=", "v1=é,t=1"],
)
def test_what_cannot_be_read_is_refused(header: str, now: datetime):
    assert verify_signature(header, BODY, ["secret"], now=now) is False


def test_secrets_stay_inside(
    receiver: Receiver, hook_target: ChannelTarget, listing: Make, now: datetime, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    secret = receiver.secrets[0]
    receiver.said = {"url": f"https://receiver.example/?s={secret}", "id": "7", "echo": secret}
    result = push(listing(), hook_target, now=now)
    assert result.outcome == "confirmed" and "•••" in result.proof["answer"]
    assert secret not in json.dumps(result.proof) + repr(result) + repr(hook_target) + caplog.text
