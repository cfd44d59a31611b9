"""Refusals of the core on their way to the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages

from tests.conftest import RoleClient

pytestmark = pytest.mark.django_db
URL = "/trial/form/"


def test_refusal_with_a_field_stands_at_the_field(client_as: Callable[..., RoleClient]) -> None:
    response = client_as("CS").post(URL, {"name": "field"})
    assert response.status_code == 422
    assert response.context["form"].errors == {"name": ["that name is taken"]}
    assert 'aria-describedby="id_name_error"' in response.content.decode()


def test_refusal_with_an_unknown_field_stands_above_the_form(client_as: Callable[..., RoleClient]) -> None:
    response = client_as("CS").post(URL, {"name": "form"})
    assert response.status_code == 422
    assert response.context["form"].errors == {"__all__": ["not today"]}


def test_an_invalid_form_answers_422(client_as: Callable[..., RoleClient]) -> None:
    assert client_as("CS").post(URL, {"name": ""}).status_code == 422


def test_success_goes_on_with_303(client_as: Callable[..., RoleClient]) -> None:
    response = client_as("CS").post(URL, {"name": "fine"})
    assert (response.status_code, response["Location"]) == (303, URL)


def test_a_bug_rises(client_as: Callable[..., RoleClient]) -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        client_as("CS").post(URL, {"name": "bug"})


def test_refusal_without_a_form_becomes_a_message(client_as: Callable[..., RoleClient]) -> None:
    client = client_as("CS")
    response = client.post("/trial/deed/")
    assert response.status_code == 303
    assert [str(message) for message in get_messages(response.wsgi_request)] == [f"{client.employee} may not"]


def test_page_gives_the_fragment_that_was_asked_for(client_as: Callable[..., RoleClient]) -> None:
    response = client_as("CS").get(URL, headers={"HX-Request": "true", "HX-Target": "part"})
    assert response.content.decode().strip() == '<p id="part">a part</p>'
    assert {"HX-Request", "HX-Target"} <= {name.strip() for name in response["Vary"].split(",")}


def test_page_gives_the_whole_page_for_an_unknown_target(client_as: Callable[..., RoleClient]) -> None:
    response = client_as("CS").get(URL, headers={"HX-Request": "true", "HX-Target": "other"})
    assert "<html" in response.content.decode()


def test_page_gives_the_whole_page_when_history_is_restored(client_as: Callable[..., RoleClient]) -> None:
    headers = {"HX-Request": "true", "HX-Target": "part", "HX-History-Restore-Request": "true"}
    assert "<html" in client_as("CS").get(URL, headers=headers).content.decode()
