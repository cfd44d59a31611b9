"""Bodies of raw inputs, covered."""

from __future__ import annotations

import json

from orders.views.desk.covered import shown_body


def test_body_keeps_what_is_about_goods_and_covers_the_rest() -> None:
    body = {
        "id": 820982911946154508,
        "currency": "CNY",
        "email": "ming@example.com",
        "phone_number": 13800138000,
        "billing_address": {"name": "王小明", "zip": "310012", "latitude": 30.27, "address2": ""},
        "line_items": [{"sku": "SKU-1", "title": "Tea", "quantity": 2, "price": "10.00", "taxable": True}],
        "tags": ["vip 王小明"],
    }
    assert json.loads(shown_body(json.dumps(body).encode(), plain=False)) == {
        "id": 820982911946154508,
        "currency": "CNY",
        "email": "***",
        "phone_number": "***",
        "billing_address": {"name": "***", "zip": "***", "latitude": 30.27, "address2": ""},
        "line_items": [{"sku": "SKU-1", "title": "Tea", "quantity": 2, "price": "10.00", "taxable": True}],
        "tags": ["***"],
    }


def test_body_that_is_no_json_is_left_out_whole() -> None:
    body = "param=王小明".encode()
    assert shown_body(body, plain=True) == "param=王小明"
    assert shown_body(body, plain=False) == "15 bytes that are no JSON. Reveal them with a reason to read them."
