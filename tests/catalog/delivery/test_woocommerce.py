from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from catalog.delivery import ChannelTarget, OutgoingListing, push, read_back
from catalog.delivery.woocommerce.payload import as_html
from tests.catalog.delivery.conftest import BLUE, RED
from tests.support.channels import API, KEY, Fault, WooShop

Make = Callable[..., OutgoingListing]


def only_product(woo: WooShop) -> dict[str, Any]:
    assert len(woo.products) == 1
    return next(iter(woo.products.values()))


# --- what arrives


def test_a_new_product_is_made_and_confirmed(woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime):
    result = push(listing(), woo_target, now=now)

    assert (result.outcome, result.differences, result.status) == ("confirmed", (), 201)
    product = only_product(woo)
    assert result.remote_id == str(product["id"])
    assert result.display_url == product["permalink"]
    assert product["status"] == "publish" and product["type"] == "simple" and product["sku"] == "CUP-RED"
    assert (product["regular_price"], product["sale_price"], product["weight"]) == ("69.00", "", "0.35")
    assert product["name"] == 'Cup "Morning" &amp; &lt;saucer&gt;'
    assert product["description"].startswith("<h3>卖点</h3>\n<p>It&#x27;s light.</p>\n<p>And &#91;strong&#93;.</p>")
    assert "&lt;b&gt;by hand" in product["description"] and "用途" not in product["description"]
    assert product["short_description"].startswith("<p>早安</p>\n<p>Holds 300 ml -- keeps warm...<br />Second line</p>")
    assert {row["key"]: row["value"] for row in product["meta_data"]} == {
        "_zhanggui_snapshot": "3",
        "_zhanggui_hash": "c0ffee" * 10,
    }
    assert product["attributes"] == [{"name": "材质", "visible": True, "variation": False, "options": ["瓷 / 竹"]}]


def test_texts_become_harmless_html():
    assert as_html("<script>\n[gallery]\r\n\r\n\r\n'x'") == (
        "<p>&lt;script&gt;<br />&#91;gallery&#93;</p>\n<p>&#x27;x&#x27;</p>"
    )


def test_a_known_product_is_changed_and_its_pictures_are_not_copied_again(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime
):
    first = push(listing(), woo_target, now=now)
    assert woo.uploads == 2
    only_product(woo)["sale_price"] = "1.00"  # an offer that nobody approved

    changed = listing(remote_id=first.remote_id, title="Cup", snapshot_number=4, content_hash="beef")
    result = push(changed, woo_target, now=now)

    assert (result.outcome, result.remote_id) == ("confirmed", first.remote_id)
    assert only_product(woo)["name"] == "Cup" and only_product(woo)["sale_price"] == ""
    assert woo.uploads == 2
    assert woo.asked[-2:] == [f"GET /products/{first.remote_id}", f"PUT /products/{first.remote_id}"]


def test_several_variants_become_variations_and_only_then_the_product_shows(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime
):
    statuses: list[str] = []
    woo.alter = lambda said: [statuses.append(row["status"]) for row in woo.products.values()] and said

    result = push(listing(variants=(RED, BLUE)), woo_target, now=now)

    assert (result.outcome, result.differences) == ("confirmed", ())
    product = only_product(woo)
    assert (product["type"], product["sku"], product["status"]) == ("variable", "ZG-12", "publish")
    assert product["attributes"][-1]["options"] == ["红色", "蓝色"] and product["attributes"][-1]["variation"]
    rows = woo.variations[product["id"]].values()
    assert [(row["sku"], row["regular_price"], row["attributes"][0]["option"]) for row in rows] == [
        ("CUP-RED", "69.00", "红色"),
        ("CUP-BLUE", "72.50", "蓝色"),
    ]
    assert statuses == ["draft", "draft", "draft", "publish"]
    assert result.proof["variants"] == {row["sku"]: str(row["id"]) for row in rows}


def test_a_variant_that_is_left_out_cannot_be_bought_any_more(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime
):
    green = replace(BLUE, sku="CUP-GREEN", name="绿色")
    number = push(listing(variants=(RED, BLUE, green)), woo_target, now=now).remote_id
    result = push(listing(variants=(RED, BLUE), remote_id=number), woo_target, now=now)
    assert result.outcome == "confirmed"
    states = {row["sku"]: row["status"] for row in woo.variations[int(number)].values()}
    assert states == {"CUP-RED": "publish", "CUP-BLUE": "publish", "CUP-GREEN": "private"}


def test_a_product_that_loses_and_gains_variants_stays_one(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime
):
    for variants in [(RED,), (RED, BLUE), (BLUE,), (RED,)]:
        result = push(listing(variants=variants), woo_target, now=now)
        assert (result.outcome, result.differences) == ("confirmed", ())
        rows = woo.variations[int(result.remote_id)].values()
        sold = {row["sku"] for row in rows if row["status"] == "publish"} or {only_product(woo)["sku"]}
        assert sold == {variant.sku for variant in variants}


def test_variants_of_one_name_stay_apart(woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime):
    push(listing(variants=(RED, replace(BLUE, name="红色"))), woo_target, now=now)
    assert only_product(woo)["attributes"][-1]["options"] == ["红色 (CUP-RED)", "红色 (CUP-BLUE)"]


def test_more_variants_than_fit_into_one_request(woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime):
    many = tuple(replace(RED, sku=f"CUP-{place}", name=f"Cup {place}") for place in range(130))
    first = push(listing(variants=many), woo_target, now=now)
    second = push(listing(variants=many, remote_id=first.remote_id), woo_target, now=now)
    assert (first.outcome, second.outcome) == ("confirmed", "confirmed")
    assert len(woo.variations[int(first.remote_id)]) == 130


# --- taking down


def test_taking_down_hides_the_product_and_keeps_its_content(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime
):
    number = push(listing(), woo_target, now=now).remote_id
    result = push(listing(remote_id=number, is_visible=False, snapshot_number=4), woo_target, now=now)
    assert (result.outcome, result.differences) == ("confirmed", ())
    assert only_product(woo)["status"] == "draft" and only_product(woo)["regular_price"] == "69.00"


def test_what_is_not_there_is_taken_down_already(woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime):
    assert push(listing(is_visible=False), woo_target, now=now).outcome == "confirmed"
    assert push(listing(is_visible=False, remote_id="999"), woo_target, now=now).outcome == "confirmed"
    assert woo.products == {}


def test_a_wrong_address_is_no_proof_of_a_take_down(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime
):
    woo.faults = [Fault(status=404, body={"code": "rest_no_route", "message": "No route"})]
    assert push(listing(is_visible=False, remote_id="999"), woo_target, now=now).outcome == "refused"


# --- what goes wrong


@pytest.mark.parametrize(
    ("fault", "status", "wait"),
    [
        (Fault(status=429, headers={"Retry-After": "90"}), 429, timedelta(seconds=90)),
        (Fault(status=503, headers={"Retry-After": "Tue, 10 Mar 2026 01:40:00 GMT"}), 503, timedelta(minutes=10)),
        (Fault(status=500, body="<h1>Fatal error</h1>"), 500, None),
        (Fault("hang"), None, None),
        (Fault("close"), None, None),
        (Fault("cut"), 200, None),
        (Fault("drip"), 200, None),
    ],
    ids=lambda value: f"{value.kind}{value.status}" if isinstance(value, Fault) else "",
)
def test_trouble_that_passes_is_tried_again(
    woo: WooShop,
    woo_target: ChannelTarget,
    listing: Make,
    now: datetime,
    fault: Fault,
    status: int,
    wait: timedelta,
    impatient: Any,
):
    woo.faults = [fault]
    with impatient() if fault.kind in {"hang", "drip"} else nullcontext():
        result = push(listing(), woo_target, now=now)
    assert (result.outcome, result.retry_after) == ("retry", wait)
    assert result.proof["status"] == status
    assert result.message and woo.products == {}
    assert push(listing(), woo_target, now=now).outcome == "confirmed"
    assert len(woo.products) == 1


@pytest.mark.parametrize("kind", ["lose", "hang"])
@pytest.mark.parametrize(
    ("variants", "step"),
    [((RED,), 0), ((RED, BLUE), 0), ((RED, BLUE), 1), ((RED, BLUE), 2)],
    ids=["product", "product of two", "variations", "showing"],
)
def test_an_answer_that_is_lost_makes_no_second_product(
    woo: WooShop,
    woo_target: ChannelTarget,
    listing: Make,
    now: datetime,
    kind: str,
    variants: Any,
    step: int,
    impatient: Any,
):
    """The shop did the work (lose) or not (hang), at each of the writes: the next attempt ends with one product."""
    offer = listing(variants=variants)
    seen = iter(range(99))
    original = woo.next_fault
    woo.next_fault = lambda method: (  # type: ignore[method-assign]
        original(method) if method == "GET" or next(seen) != step else Fault(kind)
    )
    with impatient() if kind == "hang" else nullcontext():
        assert push(offer, woo_target, now=now).outcome == "retry"
    again = push(offer, woo_target, now=now)
    assert (again.outcome, again.differences) == ("confirmed", ())
    assert len(woo.products) == 1 and woo.uploads == 2
    assert len(woo.variations[int(again.remote_id)]) == (0 if len(variants) == 1 else 2)


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (401, {"code": "woocommerce_rest_cannot_edit"}, "does not know the key"),
        (403, "<html>firewall</html>", "firewall"),
        (404, {"code": "woocommerce_rest_product_invalid_id"}, "no longer in the shop"),
        (404, "<html>Not found</html>", "permalinks"),
        (400, {"code": "product_invalid_sku", "message": "Invalid <b>SKU</b>"}, "uses the SKU"),
        (400, {"code": "woocommerce_product_image_upload_error", "message": "no"}, "could not fetch a picture"),
        (400, {"code": "rest_invalid_param", "message": "Invalid: weight"}, "Invalid: weight"),
        (418, "tea", "does not take"),
        (200, "<html>Log in</html>", "not WooCommerce's"),
        (200, [1, 2], "not WooCommerce's"),
        (200, {"name": "no number"}, "not WooCommerce's"),
    ],
)
def test_refusals_tell_staff_what_to_do(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime, status: int, body: Any, word: str
):
    woo.faults = [Fault(status=status, body=body, method="POST")]
    result = push(listing(), woo_target, now=now)
    assert result.outcome == "refused"
    assert word in result.message
    assert result.proof["status"] == status and woo.products == {}


def test_a_variation_that_is_refused_refuses_the_push(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime
):
    push(listing(listing_id=1, variants=(replace(RED, sku="OTHER"),)), woo_target, now=now)
    woo.alter = lambda said: (
        {"create": [{"id": 0, "error": {"code": "product_invalid_sku", "message": "dup"}}]}
        if "create" in said
        else said
    )
    result = push(listing(variants=(RED, BLUE)), woo_target, now=now)
    assert result.outcome == "refused" and "dup" in result.message
    assert [row["status"] for row in woo.products.values()] == ["publish", "draft"]  # the half-made one is not shown


def test_skus_in_several_products_are_not_guessed(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime
):
    push(listing(), woo_target, now=now)
    push(listing(variants=(BLUE,)), woo_target, now=now)
    before = json.dumps(woo.products)
    result = push(listing(variants=(RED, BLUE)), woo_target, now=now)
    assert result.outcome == "refused" and "CUP-RED" in result.message and "CUP-BLUE" in result.message
    assert json.dumps(woo.products) == before


@pytest.mark.parametrize("number", ["1/../../users/1", "7?force=true", "٣", "x"])
def test_a_product_number_cannot_lead_elsewhere(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime, number: str
):
    assert push(listing(remote_id=number), woo_target, now=now).outcome == "refused"
    assert woo.requests == []


def test_the_next_key_is_tried_while_keys_are_rotated(woo: WooShop, listing: Make, now: datetime):
    target = ChannelTarget("woocommerce", woo.url, ("ck_new:cs_not_known_yet", KEY))
    assert push(listing(), target, now=now).outcome == "confirmed"
    target = ChannelTarget("woocommerce", woo.url, ("ck_new:cs_not_known_yet", "ck_x:cs_never_known"))
    assert push(listing(), target, now=now).status == 401


@pytest.mark.parametrize("secrets", [(), ("no-colon-in-it",)])
def test_without_a_key_nothing_is_sent(woo: WooShop, listing: Make, now: datetime, secrets: tuple[str, ...]):
    result = push(listing(), ChannelTarget("woocommerce", woo.url, secrets), now=now)
    assert result.outcome == "refused" and "No key" in result.message
    assert woo.requests == []


def test_a_key_does_not_travel_unprotected(woo: WooShop, woo_target: ChannelTarget, listing: Make, settings, now):
    settings.CHANNELS_MAY_BE_LOCAL = False
    result = push(listing(), woo_target, now=now)
    assert result.outcome == "refused" and "https://" in result.message
    assert woo.requests == []


# --- what is live


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Cup of somebody else"}, "title"),
        ({"description": '<p>Buy <a href="https://elsewhere.example">here</a></p>'}, "description"),
        ({"price": "59.00"}, "price:CUP-RED"),
        ({"status": "draft"}, "is_visible"),
        ({"catalog_visibility": "hidden"}, "is_visible"),
        ({"images": []}, "pictures"),
        ({"weight": "0.5"}, "weight:CUP-RED"),
        ({"attributes": []}, "attribute:材质"),
        ({"meta_data": []}, "content_hash"),
    ],
)
def test_a_shop_that_shows_something_else_is_found_out(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime, change: dict[str, Any], field: str
):
    woo.alter = lambda said: said | change if isinstance(said, dict) else said
    result = push(listing(), woo_target, now=now)
    assert result.outcome == "sent" and "Look at the differences" in result.message
    assert field in [difference.field for difference in result.differences]


def test_reading_back_sees_what_was_changed_in_the_shop(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime
):
    offer = listing(variants=(RED, BLUE))
    number = push(offer, woo_target, now=now).remote_id
    offer = replace(offer, remote_id=number)
    writes = len([row for row in woo.requests if row.method != "GET"])
    assert read_back(offer, woo_target).outcome == "confirmed"

    next(iter(woo.variations[int(number)].values()))["sale_price"] = "9.90"
    result = read_back(offer, woo_target)
    assert (result.outcome, result.remote_id) == ("sent", number)
    assert [(one.field, one.approved, one.live) for one in result.differences] == [("price:CUP-RED", "69.00", "9.90")]
    assert len([row for row in woo.requests if row.method != "GET"]) == writes


def test_reading_back_what_is_not_there(woo: WooShop, woo_target: ChannelTarget, listing: Make):
    absent = read_back(listing(), woo_target)
    assert absent.outcome == "sent" and [one.field for one in absent.differences] == ["is_visible"]
    assert read_back(listing(is_visible=False), woo_target).outcome == "confirmed"
    assert read_back(listing(is_visible=False, remote_id="999"), woo_target).outcome == "confirmed"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", 7, None, "https://a b"])
def test_only_web_addresses_become_links(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime, address: Any
):
    woo.alter = lambda said: said | {"permalink": address} if isinstance(said, dict) else said
    assert push(listing(), woo_target, now=now).display_url == ""


# --- secrets


@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_secrets_stay_inside(
    woo: WooShop,
    woo_target: ChannelTarget,
    listing: Make,
    now: datetime,
    caplog: pytest.LogCaptureFixture,
    status: int,
):
    """Even a shop that sends back the whole request leaves no key in the proof, the message or the log."""
    caplog.set_level(logging.DEBUG)
    for method in ("GET", "POST"):
        woo.faults = [Fault(status=status, method=method, body={"message": f"{KEY} {_basic()} {KEY.split(':')[1]}"})]
        result = push(listing(), woo_target, now=now)
        kept = json.dumps(result.proof) + result.message + repr(result) + repr(woo_target) + caplog.text
        assert "•••" in result.proof["answer"]
        for secret in (KEY, *KEY.split(":"), _basic()):
            assert secret not in kept
        assert _basic() in woo.requests[-1].headers["Authorization"]  # it was sent


def test_half_a_secret_at_the_edge_of_the_excerpt_is_blotted_too(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime
):
    woo.faults = [Fault(status=500, body="x" * 1990 + KEY)]
    answer = push(listing(), woo_target, now=now).proof["answer"]
    assert answer.rstrip("•") == "x" * 1990 and len(answer) <= 2000


def test_proof_names_the_last_request_and_those_before(
    woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime
):
    proof = push(listing(), woo_target, now=now).proof
    assert (proof["method"], proof["url"], proof["status"]) == ("POST", f"{woo.url}{API}/products", 201)
    assert len(proof["body_sha256"]) == 64 and len(proof["answer"]) <= 2000
    assert [row["method"] for row in proof["before"]] == ["GET", "GET"]
    json.dumps(proof)


def test_prices_keep_their_digits(woo: WooShop, woo_target: ChannelTarget, listing: Make, now: datetime):
    push(listing(variants=(replace(RED, price=Decimal("1E+3")),)), woo_target, now=now)
    assert only_product(woo)["regular_price"] == "1000"


def _basic() -> str:
    return base64.b64encode(KEY.encode()).decode()
