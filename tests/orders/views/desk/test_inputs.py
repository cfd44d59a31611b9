"""Raw inputs: list, covered bodies, correction, replay, setting aside."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from approvals.models import TrailEntry
from orders.models import Order, RawInput
from orders.services.inputs import store_input, sweep_inputs
from stores.models import Shop
from tests.conftest import RoleClient

pytestmark = pytest.mark.django_db

BODY = {
    "external_id": "R-1",
    "placed_at": "2026-03-10T01:00:00+00:00",
    "paid_at": "2026-03-10T01:00:00+00:00",
    "recipient": {"name": "王小明", "phone": "13800138000", "street": "文三路 1 号"},
    "lines": [{"seller_code": "SKU-1", "title": "Tea", "quantity": "many", "unit_price": "10.00"}],
}


@pytest.fixture
def raw(shop: Shop) -> RawInput:
    """An order body whose quantity cannot be read."""
    now = timezone.now()
    stored = store_input(source="api", shop_id=shop.pk, body=json.dumps(BODY, ensure_ascii=False).encode(), now=now)
    sweep_inputs(now=now)
    return RawInput.objects.get(pk=stored.input_id)


def place(name: str, raw: RawInput) -> str:
    return reverse(f"orders:input_{name}", args=[raw.pk])


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_row_and_three(
    client_as: Callable[..., RoleClient], shop: Shop, django_assert_num_queries: Callable[[int], Any], count: int
) -> None:
    for number in range(count):
        store_input(source="api", shop_id=shop.pk, body=b"%d" % number, now=timezone.now())
    client = client_as("MGR")
    client.get(reverse("orders:input_list"))
    with django_assert_num_queries(
        6
    ):  # session, person, rights, rows with their shops, saved views, shops of the filter
        assert len(client.get(reverse("orders:input_list")).context["rows"]) == count


def test_page_covers_the_body_and_names_the_problem(seller: RoleClient, raw: RawInput) -> None:
    text = seller.get(place("detail", raw)).text
    assert (raw.state, "lines.0.quantity" in text) == ("quarantined", True)
    assert [word in text for word in ("R-1", "SKU-1", "many")] == [True] * 3
    assert [word in text for word in ("王小明", "13800138000", "文三路")] == [False] * 3


def test_page_shows_the_body_to_those_with_the_right(client_as: Callable[..., RoleClient], raw: RawInput) -> None:
    assert "13800138000" in client_as("MGR").get(place("detail", raw)).text


def test_revealing_shows_the_body_once_with_the_form_to_correct_it(seller: RoleClient, raw: RawInput) -> None:
    assert seller.get(place("detail", raw)).context["correct_form"] is None
    response = seller.post(place("reveal", raw), {"reason": "to correct the quantity"})
    assert ("13800138000" in response.text, response.context["correct_form"] is not None) == (True, True)
    entry = TrailEntry.objects.get(action="orders.personal_data_revealed")
    assert (entry.reason, entry.subject_id) == ("to correct the quantity", raw.pk)


def test_revealing_without_a_reason_shows_and_writes_nothing(seller: RoleClient, raw: RawInput) -> None:
    response = seller.post(place("reveal", raw), {"reason": ""})
    assert (response.status_code, "13800138000" in response.text) == (422, False)
    assert TrailEntry.objects.filter(action="orders.personal_data_revealed").count() == 0


def test_revealing_is_not_for_those_who_may_not_see_inputs(agent: RoleClient, raw: RawInput) -> None:
    response = agent.post(place("reveal", raw), {"reason": "curious"})
    assert (response.status_code, "13800138000" in response.text) == (403, False)
    assert TrailEntry.objects.filter(action="orders.personal_data_revealed").count() == 0


def test_corrected_body_is_kept_beside_the_original_and_run(seller: RoleClient, raw: RawInput, tea: Any) -> None:
    good = json.dumps(BODY, ensure_ascii=False).replace("many", "2")
    assert seller.post(place("correct", raw), {"body": good, "reason": "typing error"}).status_code == 303
    raw.refresh_from_db()
    assert (raw.state, bytes(raw.corrected).decode(), b"many" in bytes(raw.body)) == ("quarantined", good, True)
    seller.post(place("replay", raw))
    raw.refresh_from_db()
    order = Order.objects.get()
    assert (raw.state, order.lines.get().quantity, order.raw_input_id) == ("done", 2, raw.pk)


def test_correcting_without_a_reason_changes_nothing(seller: RoleClient, raw: RawInput) -> None:
    response = seller.post(place("correct", raw), {"body": "{}", "reason": " "})
    raw.refresh_from_db()
    assert (response.status_code, raw.corrected) == (422, None)


def test_replay_that_fails_again_says_so(seller: RoleClient, raw: RawInput) -> None:
    response = seller.post(place("replay", raw), follow=True)
    raw.refresh_from_db()
    assert (raw.state, "It is quarantined again" in response.text, Order.objects.count()) == ("quarantined", True, 0)


def test_setting_aside_keeps_the_reason(seller: RoleClient, raw: RawInput) -> None:
    assert seller.post(place("aside", raw), {"reason": ""}).status_code == 422
    raw.refresh_from_db()
    assert raw.state == "quarantined"
    seller.post(place("aside", raw), {"reason": "a test of the platform"})
    raw.refresh_from_db()
    assert (raw.state, raw.problem) == ("ignored", "a test of the platform")


def test_inputs_of_other_shops_are_not_there(client_as: Callable[..., RoleClient], raw: RawInput) -> None:
    stranger = client_as("SELL")
    answers = [
        stranger.post(place(name, raw), {"reason": "x"}).status_code
        for name in ("reveal", "correct", "replay", "aside")
    ]
    assert (stranger.get(place("detail", raw)).status_code, answers) == (404, [404] * 4)
    assert len(stranger.get(reverse("orders:input_list")).context["rows"]) == 0


def test_replay_needs_the_right(client_as: Callable[..., RoleClient], raw: RawInput) -> None:
    watcher = client_as("SUP")
    answers = [watcher.post(place(name, raw), {"reason": "x"}).status_code for name in ("correct", "replay", "aside")]
    raw.refresh_from_db()
    assert (watcher.get(place("detail", raw)).status_code, answers, raw.state) == (200, [403] * 3, "quarantined")


def test_body_that_was_changed_later_is_called_out(seller: RoleClient, raw: RawInput) -> None:
    assert "does not fit its hash" not in seller.get(place("detail", raw)).text
    RawInput.objects.filter(pk=raw.pk).update(body=b"{}")
    assert "does not fit its hash" in seller.get(place("detail", raw)).text
