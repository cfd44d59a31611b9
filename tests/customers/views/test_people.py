"""The customer list and page: scope, masks, reveal, erase."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from approvals.models import TrailEntry
from config.kit.export import EXPORTS
from customers.models import Customer, Identity
from tests.conftest import RoleClient
from tests.factories.customers import CustomerFactory, MessageFactory
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db

# session, person, rights, rows with their shops, identities, saved views, shops of the filter
LIST_QUERIES = 7
PHONE, MASKED = "+8613800138000", "+86 138****8000"


@pytest.fixture
def ming() -> Customer:
    return CustomerFactory(identities=[("phone", PHONE), ("email", "ming@example.com")])


@pytest.fixture
def agent(client_as: Callable[..., RoleClient], ming: Customer) -> RoleClient:
    return client_as("CS", shops=[ming.shop])


def page_of(customer: Customer) -> str:
    return reverse("customers:customer_detail", args=[customer.pk])


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_one_row_and_three(
    client_as: Callable[..., RoleClient], django_assert_num_queries: Callable[[int], Any], count: int
) -> None:
    client = client_as("MGR")
    for number in range(count):
        CustomerFactory(identities=[("phone", f"+861380013800{number}")])
    client.get(reverse("customers:customer_list"))
    with django_assert_num_queries(LIST_QUERIES):
        response = client.get(reverse("customers:customer_list"))
    assert len(response.context["rows"]) == count


def test_list_shows_customers_of_own_shops_covered(agent: RoleClient, ming: Customer) -> None:
    CustomerFactory(name="李雷")
    response = agent.get(reverse("customers:customer_list"))
    assert [row.pk for row in response.context["rows"]] == [ming.pk]
    text = response.text
    assert ("王**" in text, MASKED in text, "m***@example.com" in text) == (True, True, True)
    assert ("王小明" in text, PHONE in text, "ming@example.com" in text) == (False, False, False)


def test_list_finds_by_two_characters(client_as: Callable[..., RoleClient], ming: Customer) -> None:
    CustomerFactory(name="李雷")
    response = client_as("MGR").get(reverse("customers:customer_list"), {"q": "小明"})
    assert [row.pk for row in response.context["rows"]] == [ming.pk]
    assert "王小明" in response.text


@pytest.mark.parametrize(("role", "name", "phone"), [("CS", "王**", MASKED), ("MGR", "王小明", PHONE)])
def test_export_is_covered_like_the_screen(ming: Customer, role: str, name: str, phone: str) -> None:
    person = EmployeeFactory(roles=[role], shops=[ming.shop])
    declaration = EXPORTS.get("list.customers.customers")
    params = {"query": "", "columns": ["name", "phone"]}
    rows = [
        [column.of(row) for column in declaration.columns_for(params, person)]
        for row in declaration.rows(params, person)
    ]
    assert rows == [[name, phone]]


def test_page_of_another_shops_customer_is_not_there(agent: RoleClient) -> None:
    stranger = CustomerFactory(name="李雷", identities=[("phone", "+8613900139000")])
    identity = stranger.identities.get()
    places = [
        agent.get(page_of(stranger)),
        agent.post(reverse("customers:identity_reveal", args=[stranger.pk, identity.pk]), {"reason": "call"}),
        agent.post(reverse("customers:name_reveal", args=[stranger.pk]), {"reason": "call"}),
    ]
    assert [response.status_code for response in places] == [404, 404, 404]
    assert TrailEntry.objects.count() == 0


def test_page_covers_who_it_is(agent: RoleClient, ming: Customer) -> None:
    text = agent.get(page_of(ming)).text
    assert ("王**" in text, MASKED in text, "from api" in " ".join(text.split())) == (True, True, True)
    assert ("王小明" in text, PHONE in text, "ming@example.com" in text) == (False, False, False)


def test_page_shows_everything_to_those_with_the_right(client_as: Callable[..., RoleClient], ming: Customer) -> None:
    text = client_as("MGR").get(page_of(ming)).text
    assert ("王小明" in text, PHONE in text) == (True, True)


def test_page_takes_the_same_queries_for_one_message_and_three(
    client_as: Callable[..., RoleClient], ming: Customer, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client = client_as("MGR")
    MessageFactory(customer=ming)
    client.get(page_of(ming))
    for _round in range(2):
        with django_assert_num_queries(7):  # session, person, rights, customer, identities, messages, trail
            client.get(page_of(ming))
        MessageFactory.create_batch(2, customer=ming)


@pytest.mark.parametrize("fragment", [True, False])
def test_revealing_shows_one_value_once_and_writes_the_reason(
    agent: RoleClient, ming: Customer, fragment: bool
) -> None:
    phone = ming.identities.get(kind="phone")
    headers = {"HX-Request": "true", "HX-Target": f"identity-{phone.pk}"} if fragment else {}
    response = agent.post(
        reverse("customers:identity_reveal", args=[ming.pk, phone.pk]), {"reason": "wants a call"}, headers=headers
    )
    assert (response.status_code, PHONE in response.text, "ming@example.com" in response.text) == (200, True, False)
    assert ("<html" in response.text) is not fragment
    assert "no-store" in response["Cache-Control"]
    entry = TrailEntry.objects.get()
    assert (entry.action, entry.reason, entry.actor_user_id) == (
        "customers.personal_data_revealed",
        "wants a call",
        agent.employee.pk,
    )
    assert PHONE not in agent.get(page_of(ming)).text


def test_revealing_without_a_reason_shows_and_writes_nothing(agent: RoleClient, ming: Customer) -> None:
    phone = ming.identities.get(kind="phone")
    response = agent.post(reverse("customers:identity_reveal", args=[ming.pk, phone.pk]), {"reason": " "})
    assert (response.status_code, PHONE in response.text, TrailEntry.objects.count()) == (422, False, 0)


def test_revealing_takes_a_post(agent: RoleClient, ming: Customer) -> None:
    phone = ming.identities.get(kind="phone")
    response = agent.get(reverse("customers:identity_reveal", args=[ming.pk, phone.pk]), {"reason": "call"})
    assert (response.status_code, TrailEntry.objects.count()) == (405, 0)


def test_revealing_needs_the_right(client_as: Callable[..., RoleClient], ming: Customer) -> None:
    phone = ming.identities.get(kind="phone")
    response = client_as("FIN").post(reverse("customers:identity_reveal", args=[ming.pk, phone.pk]), {"reason": "call"})
    assert (response.status_code, PHONE in response.text, TrailEntry.objects.count()) == (403, False, 0)


def test_identity_of_another_customer_is_not_shown_on_this_page(agent: RoleClient, ming: Customer) -> None:
    other = CustomerFactory(name="李雷", identities=[("phone", "+8613900139000")]).identities.get()
    response = agent.post(reverse("customers:identity_reveal", args=[ming.pk, other.pk]), {"reason": "call"})
    assert (response.status_code, TrailEntry.objects.count()) == (404, 0)


def test_revealing_the_name_shows_it_once(agent: RoleClient, ming: Customer) -> None:
    response = agent.post(reverse("customers:name_reveal", args=[ming.pk]), {"reason": "letter"})
    assert ("王小明" in response.text, TrailEntry.objects.get().reason) == (True, "letter")
    assert "no-store" in response["Cache-Control"]


@pytest.fixture
def eraser(client_as: Callable[..., RoleClient]) -> RoleClient:
    client = client_as("MGR")
    client.employee.user_permissions.add(Permission.objects.get(codename="erase_customer"))
    return client


def test_erasing_asks_for_number_and_reason(eraser: RoleClient, ming: Customer) -> None:
    address = reverse("customers:customer_erase", args=[ming.pk])
    refused = [
        eraser.post(address, {"number": ming.pk + 1, "reason": "asked for it"}),
        eraser.post(address, {"number": ming.pk, "reason": ""}),
    ]
    assert [response.status_code for response in refused] == [422, 422]
    ming.refresh_from_db()
    assert (ming.name, Identity.objects.count()) == ("王小明", 2)
    done = eraser.post(address, {"number": ming.pk, "reason": "asked for it"})
    assert (done.status_code, done["Location"]) == (303, page_of(ming))
    ming.refresh_from_db()
    assert (ming.name, Identity.objects.count()) == ("", 0)
    text = eraser.get(page_of(ming)).text
    assert ("asked for it" in text, "Erase personal data" in text) == (True, False)


def test_erasing_needs_the_right(agent: RoleClient, ming: Customer) -> None:
    response = agent.post(reverse("customers:customer_erase", args=[ming.pk]), {"number": ming.pk, "reason": "x"})
    ming.refresh_from_db()
    assert (response.status_code, ming.name) == (403, "王小明")
