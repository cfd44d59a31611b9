"""Who gets in, and what the others read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from config.kit.web import PUBLIC, require
from tests.config.web import demo_urls
from tests.conftest import RoleClient

pytestmark = pytest.mark.django_db


def test_require_sends_a_stranger_to_sign_in_and_back(client: Client) -> None:
    response = client.get("/trial/guarded/?a=1")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/trial/guarded/%3Fa%3D1")


def test_require_sends_the_whole_page_to_sign_in_when_a_fragment_is_asked(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/orders/?status=held"}
    response = client.get("/trial/guarded/", headers=headers)
    assert response["HX-Redirect"] == "/accounts/login/?next=/orders/%3Fstatus%3Dheld"


def test_require_names_the_missing_right_and_the_roles_that_have_it(client_as: Callable[..., RoleClient]) -> None:
    response = client_as("CS").get("/trial/guarded/")
    assert response.status_code == 403
    assert response.context["permission"] == "stores.change_employee"
    assert response.context["permission_name"] == "change employees"
    assert response.context["holders"] == ["ADMIN"]
    assert "stores.change_employee" in response.content.decode()


def test_require_tells_a_fragment_request_by_toast(client_as: Callable[..., RoleClient]) -> None:
    response = client_as("CS").get("/trial/guarded/", headers={"HX-Request": "true"})
    assert response.status_code == 403
    assert "change employees" in response["HX-Trigger"]


def test_require_lets_the_holder_in(client_as: Callable[..., RoleClient]) -> None:
    assert client_as("ADMIN").get("/trial/guarded/").status_code == 200


def test_require_none_lets_every_employee_in(client_as: Callable[..., RoleClient]) -> None:
    assert client_as("WH").get("/trial/form/").status_code == 200


def test_public_lets_strangers_in(client: Client) -> None:
    assert client.get("/trial/public/").content == b"open"


def test_views_tell_their_permission() -> None:
    views = (demo_urls.trial_guarded, demo_urls.trial_form, demo_urls.trial_public, demo_urls.PEOPLE.as_view())
    found = [view.required_permission for view in views]
    assert found == ["stores.change_employee", None, PUBLIC, "stores.view_employee"]


def test_require_refuses_a_code_without_app() -> None:
    with pytest.raises(ValueError, match="change_employee"):
        require("change_employee")
