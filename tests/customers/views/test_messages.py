"""Message lists and page: scope, masks, preview, the three decisions, bulk actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from approvals.models import Deadline, Job, TrailEntry
from config.kit.actor import Actor
from customers import services
from customers.models import Message
from customers.policies import LEASE
from customers.states import MessageState
from customers.views.messages import FAILURES
from stores.models import Shop
from tests.conftest import RoleClient
from tests.factories.customers import MessageFactory
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db

LIST_QUERIES = 5  # session, person, rights, rows with the shops' names, saved views


@pytest.fixture
def shop() -> Shop:
    return ShopFactory(name="Tea House")


@pytest.fixture
def agent(client_as: Callable[..., RoleClient], shop: Shop) -> RoleClient:
    return client_as("CS", shops=[shop])


@pytest.fixture
def doubtful(shop: Shop, actor: Actor, now: datetime) -> Message:
    """A message whose sender died, with its clock running."""
    message = MessageFactory(
        shop=shop, state=MessageState.SENDING, attempts=1, next_at=now - LEASE, recipient="ming@example.com"
    )
    services.expire_claims(actor=actor, now=now)
    message.refresh_from_db()
    return message


def page_of(message: Message) -> str:
    return reverse("customers:message_detail", args=[message.pk])


@pytest.mark.parametrize("screen", ["customers:message_list", "customers:message_failures"])
@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_queries_for_one_row_and_three(
    client_as: Callable[..., RoleClient], django_assert_num_queries: Callable[[int], Any], screen: str, count: int
) -> None:
    client = client_as("MGR")
    MessageFactory.create_batch(count, state=MessageState.FAILED)
    client.get(reverse(screen))
    with django_assert_num_queries(LIST_QUERIES):
        response = client.get(reverse(screen))
    assert len(response.context["rows"]) == count


def test_failures_hold_what_waits_for_a_person_in_own_shops(agent: RoleClient, shop: Shop, now: datetime) -> None:
    rows = {state: MessageFactory(shop=shop, state=state, sent_at=now) for state in MessageState}
    MessageFactory(state=MessageState.FAILED)
    found = agent.get(reverse("customers:message_failures")).context["rows"]
    assert {row.pk for row in found} == {rows[MessageState.FAILED].pk, rows[MessageState.UNCONFIRMED].pk}


def test_list_covers_the_address_and_finds_by_number(agent: RoleClient, shop: Shop) -> None:
    message = MessageFactory(shop=shop, recipient="ming@example.com")
    MessageFactory(shop=shop, context={"number": "Z9"})
    response = agent.get(reverse("customers:message_list"), {"q": "z2603100001"})
    assert [row.pk for row in response.context["rows"]] == [message.pk]
    assert ("m***@example.com" in response.text, "ming@example.com" in response.text) == (True, False)


def test_page_shows_trouble_clock_words_and_history(agent: RoleClient, doubtful: Message) -> None:
    text = agent.get(page_of(doubtful)).text
    assert "The sender stopped before it wrote down the outcome" in text
    assert "thank you for your order at Shop" in text or "thank you for your order at Tea House" in text
    assert ("clock-due" in text, "message: outcome unknown" in text) == (True, True)
    assert ("m***@example.com" in text, "ming@example.com" in text, "王小明" in text) == (True, False, False)


def test_page_of_another_shops_message_is_not_there(agent: RoleClient) -> None:
    message = MessageFactory(state=MessageState.FAILED)
    decide = reverse("customers:message_decide", args=[message.pk, "drop"])
    assert [agent.get(page_of(message)).status_code, agent.post(decide, {"reason": "x"}).status_code] == [404, 404]
    message.refresh_from_db()
    assert message.state == MessageState.FAILED


@pytest.mark.parametrize(
    ("decision", "state"),
    [("confirm", MessageState.SENT), ("retry", MessageState.QUEUED), ("drop", MessageState.DROPPED)],
)
def test_decision_with_a_reason_is_done(
    agent: RoleClient, doubtful: Message, decision: str, state: MessageState
) -> None:
    response = agent.post(reverse("customers:message_decide", args=[doubtful.pk, decision]), {"reason": "in the log"})
    assert (response.status_code, response["Location"]) == (303, page_of(doubtful))
    doubtful.refresh_from_db()
    entry = TrailEntry.objects.order_by("-pk")[0]
    assert (doubtful.state, entry.reason, entry.actor_user_id) == (state, "in the log", agent.employee.pk)


def test_decision_without_a_reason_is_refused_on_the_page(agent: RoleClient, doubtful: Message) -> None:
    response = agent.post(reverse("customers:message_decide", args=[doubtful.pk, "retry"]), {"reason": ""})
    doubtful.refresh_from_db()
    assert (response.status_code, doubtful.state) == (422, MessageState.UNCONFIRMED)


def test_decision_that_came_too_late_says_so(agent: RoleClient, shop: Shop, now: datetime) -> None:
    message = MessageFactory(shop=shop, state=MessageState.SENT, sent_at=now)
    response = agent.post(reverse("customers:message_decide", args=[message.pk, "retry"]), {"reason": "again"})
    message.refresh_from_db()
    assert (response.status_code, message.state) == (422, MessageState.SENT)


def test_decision_needs_the_right(client_as: Callable[..., RoleClient], doubtful: Message) -> None:
    response = client_as("FIN").post(reverse("customers:message_decide", args=[doubtful.pk, "drop"]), {"reason": "x"})
    doubtful.refresh_from_db()
    assert (response.status_code, doubtful.state) == (403, MessageState.UNCONFIRMED)


@pytest.mark.parametrize(("action", "state"), [("retry", MessageState.QUEUED), ("drop", MessageState.DROPPED)])
def test_bulk_action_decides_row_by_row(staff: Actor, action: str, state: MessageState) -> None:
    message = MessageFactory(state=MessageState.FAILED)
    FAILURES.bulk_action(action).run(pk=message.pk, actor=staff, reason="server was down")
    message.refresh_from_db()
    assert (message.state, TrailEntry.objects.get().reason) == (state, "server was down")


def test_bulk_action_is_confirmed_with_a_reason_and_becomes_a_job(agent: RoleClient, doubtful: Message) -> None:
    chosen = {"do": "bulk", "action": "retry", "row": [doubtful.pk]}
    preview = agent.post(reverse("customers:message_failures"), chosen)
    assert (preview.status_code, "may reach its buyer twice" in preview.text, Job.objects.count()) == (200, True, 0)
    agent.post(
        reverse("customers:message_failures"), chosen | {"step": "run", "count": "1", "reason": "server was down"}
    )
    assert Job.objects.get().reason == "server was down"
    assert Deadline.objects.get().state == "running"


def test_page_of_an_erased_customers_message_opens(agent: RoleClient, shop: Shop, now: datetime) -> None:
    message = MessageFactory(shop=shop, state=MessageState.SENT, sent_at=now, recipient="", context={})
    assert "were erased" in agent.get(page_of(message)).text


def test_page_with_a_broken_template_opens(agent: RoleClient, shop: Shop) -> None:
    message = MessageFactory(shop=shop, state=MessageState.FAILED, template="no_such_template")
    assert "cannot be put together" in agent.get(page_of(message)).text
