"""The order page: facts, scope, masks, one timeline, constant queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from approvals.models import TrailEntry
from config.kit.actor import Actor
from orders import services
from orders.models import Order, Parcel, TrackingEvent
from orders.states import NoteKind
from stores.models import Shop
from tests.conftest import RoleClient
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import LocationFactory, stock
from tests.orders.views.desk.conftest import mail_becomes, take

pytestmark = pytest.mark.django_db

PHONE, MASKED = "13800138000", "138****8000"
# session, person, rights, order; lines, reservations, holds, notes, parcels, payments, cancellations, confirmation, clocks;
# trail, tracking events, mails
PAGE_QUERIES = 16


def page_of(order: Order) -> str:
    return reverse("orders:order_detail", args=[order.pk])


def grow(order: Order, count: int) -> None:
    """So many notes and parcels with events."""
    now = timezone.now()
    for number in range(count):
        services.write_note(
            order_id=order.pk, kind=NoteKind.WAREHOUSE, text=f"note {number}", actor=Actor.system("t"), now=now
        )
        parcel = Parcel.objects.create(
            order=order,
            store_id=order.shop_id,
            note_number=f"N{order.pk}-{number}",
            location=LocationFactory(),
            created_at=now,
            state_at=now,
        )
        TrackingEvent.objects.create(
            parcel=parcel,
            at=now,
            state="in_transit",
            text="left Hangzhou",
            source="kuaidi100",
            fingerprint="x",
            received_at=now,
        )


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_one_part_and_three(
    client_as: Callable[..., RoleClient], shop: Shop, django_assert_num_queries: Callable[[int], Any], count: int
) -> None:
    client = client_as("MGR")
    for number in range(count):
        stock(5, variant=VariantFactory(sku=f"SKU-{number}"))
    order = take(shop, lines=[(f"SKU-{number}", 1) for number in range(count)], buyer_note="please hurry")
    grow(order, count)
    client.get(page_of(order))
    with django_assert_num_queries(PAGE_QUERIES):
        response = client.get(page_of(order))
    parts = response.context["parts"]
    assert (len(parts.lines), len(parts.notes), len(parts.parcels)) == (count, count + 1, count)


def test_page_of_another_shops_order_is_not_there(agent: RoleClient, tea: Any) -> None:
    order = take(Shop.objects.create(code="other", name="Other", kind="online"))
    before = TrailEntry.objects.count()
    names = ["order_hold", "order_release", "order_cancel", "order_map", "order_note", "order_reveal"]
    answers = [agent.post(reverse(f"orders:{name}", args=[order.pk]), {"reason": "x"}).status_code for name in names]
    assert (agent.get(page_of(order)).status_code, answers) == (404, [404] * 6)
    assert TrailEntry.objects.count() == before


def test_page_shows_where_the_stock_was_reserved(agent: RoleClient, shop: Shop, tea: Any) -> None:
    text = " ".join(agent.get(page_of(take(shop))).text.split())
    assert ("Stock checked at" in text, "reserved from Main" in text) == (True, True)


def test_page_covers_the_recipient_without_the_right(agent: RoleClient, shop: Shop, tea: Any) -> None:
    text = agent.get(page_of(take(shop))).text
    assert (MASKED in text, PHONE in text, "文三路" in text, "王小明" in text) == (True, False, False, False)


def test_page_shows_the_recipient_with_the_right(client_as: Callable[..., RoleClient], shop: Shop, tea: Any) -> None:
    text = client_as("MGR").get(page_of(take(shop))).text
    assert (PHONE in text, "文三路 1 号" in text, "王小明" in text) == (True, True, True)


def test_revealing_shows_once_and_writes_the_reason(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    response = agent.post(reverse("orders:order_reveal", args=[order.pk]), {"reason": "courier calls"})
    assert (response.status_code, PHONE in response.text, "文三路 1 号" in response.text) == (200, True, True)
    assert "no-store" in response["Cache-Control"]
    entry = TrailEntry.objects.get(action="orders.personal_data_revealed")
    assert (entry.reason, entry.actor_user_id, PHONE in str(entry.changes)) == (
        "courier calls",
        agent.employee.pk,
        False,
    )
    assert PHONE not in agent.get(page_of(order)).text


def test_revealing_without_a_reason_shows_and_writes_nothing(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    response = agent.post(reverse("orders:order_reveal", args=[order.pk]), {"reason": " "})
    written = TrailEntry.objects.filter(action="orders.personal_data_revealed").count()
    assert (response.status_code, PHONE in response.text, written) == (422, False, 0)


def test_revealing_needs_the_right(client_as: Callable[..., RoleClient], shop: Shop, tea: Any) -> None:
    order = take(shop)
    response = client_as("FIN").post(reverse("orders:order_reveal", args=[order.pk]), {"reason": "x"})
    assert (response.status_code, PHONE in response.text) == (403, False)


def test_timeline_holds_everything_in_one_place_newest_first(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop, at=timezone.now() - timedelta(minutes=5))
    grow(order, 1)
    entries = agent.get(page_of(order)).context["timeline"]
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    assert sorted((entry.kind, entry.text) for entry in entries) == [
        ("customer", "order confirmation written"),
        ("parcel", "left Hangzhou"),
        ("people", "note written"),
        ("system", "order taken in"),
    ]


def test_timeline_shows_one_kind(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    grow(order, 1)
    headers = {"HX-Request": "true", "HX-Target": "timeline"}
    response = agent.get(page_of(order), {"kind": "parcel"}, headers=headers)
    assert [entry.text for entry in response.context["timeline"]] == ["left Hangzhou"]
    assert "<html" not in response.text
    assert len(agent.get(page_of(order), {"kind": "nonsense"}).context["timeline"]) == 4


def test_timeline_shows_before_and_after_of_a_hold(agent: RoleClient, shop: Shop, tea: Any, staff: Actor) -> None:
    order = take(shop)
    services.hold_order(order_id=order.pk, kind="fraud", reason="odd", actor=staff, now=timezone.now())
    entries = agent.get(page_of(order)).context["timeline"]
    [held] = [entry for entry in entries if entry.text == "order held"]
    assert (held.who, held.reason, held.changes) == (staff.label, "odd", {"hold": ("–", "suspicion")})


def test_timeline_links_the_raw_input_for_those_who_may_read_it(
    client_as: Callable[..., RoleClient], shop: Shop, tea: Any, now: Any
) -> None:
    stored = services.store_input(source="api", shop_id=shop.pk, body=b"{}", now=now)
    order = take(shop, raw_input_id=stored.input_id)
    address = reverse("orders:input_detail", args=[stored.input_id])
    seen = [address in client_as(role, shops=[shop]).get(page_of(order)).text for role in ("SELL", "CS")]
    assert seen == [True, False]


def test_page_says_that_the_confirmation_failed_and_links_it(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    message = mail_becomes(order, "failed", error="550 no such mailbox")
    text = agent.get(page_of(order)).text
    assert ("550 no such mailbox" in text, reverse("customers:message_detail", args=[message.pk]) in text) == (
        True,
        True,
    )


def test_page_shows_the_proof_of_a_confirmation(agent: RoleClient, shop: Shop, tea: Any) -> None:
    order = take(shop)
    mail_becomes(order, "sent", sent_at=timezone.now(), proof="250 queued as 4711")
    assert "250 queued as 4711" in agent.get(page_of(order)).text


def test_page_covers_what_a_channel_changed_about_a_person(agent: RoleClient, shop: Shop, tea: Any) -> None:
    from tests.orders.views.desk.test_list import order_recipient
    from tests.support.orders import draft

    order = take(shop)
    changed = draft("A-1", recipient=order_recipient("13900139001"))
    services.apply_channel_update(order_id=order.pk, draft=changed, actor=Actor.client("shop"), now=timezone.now())
    text = agent.get(page_of(order)).text
    assert [word in text for word in ("13900139001", PHONE, "李雷", "王小明", "南京路")] == [False] * 5
    assert "139****9001" in text
