"""Switches of a browser: theme, density, keys, sound."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.conftest import RoleClient

pytestmark = pytest.mark.django_db
URL = "/preferences/"


@pytest.mark.parametrize(
    ("name", "value", "attribute"),
    [
        ("theme", "dark", 'data-bs-theme="dark"'),
        ("theme", "auto", 'data-theme="auto"'),
        ("density", "compact", 'data-density="compact"'),
        ("shortcuts", "off", 'data-shortcuts="off"'),
        ("sound", "off", 'data-sound="off"'),
    ],
)
def test_preference_is_kept_and_rendered(
    client_as: Callable[..., RoleClient], name: str, value: str, attribute: str
) -> None:
    client = client_as("CS")
    assert attribute not in client.get("/trial/form/").content.decode()
    response = client.post(URL, {"name": name, "value": value, "next": "/trial/form/?a=1"})
    assert (response.status_code, response["Location"]) == (302, "/trial/form/?a=1")
    assert attribute in client.get("/trial/form/").content.decode()


@pytest.mark.parametrize(("name", "value"), [("theme", "pink"), ("session", "x"), ("", ""), ("theme", "")])
def test_preference_that_is_unknown_is_refused(client: Client, name: str, value: str) -> None:
    response = client.post(URL, {"name": name, "value": value})
    assert response.status_code == 400
    assert not response.cookies


def test_preference_does_not_lead_to_other_sites(client: Client) -> None:
    response = client.post(URL, {"name": "theme", "value": "dark", "next": "https://example.com/"})
    assert response["Location"] == "/"


def test_preference_cookie_that_was_tampered_with_means_the_default(client_as: Callable[..., RoleClient]) -> None:
    client = client_as("CS")
    client.cookies["theme"] = '"><script>'
    html = client.get("/trial/form/").content.decode()
    assert 'data-theme="light"' in html


def test_preference_needs_post(client: Client) -> None:
    assert client.get(URL).status_code == 405
