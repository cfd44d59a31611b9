"""Home, search, profile and the demo's sign-in."""

from __future__ import annotations

from django.urls import reverse

from tests.factories.stores import EmployeeFactory


def test_home_is_for_every_employee(client_as):
    assert client_as("ART").get(reverse("home")).status_code == 200


def test_home_asks_a_stranger_to_sign_in(client):
    response = client.get(reverse("home"))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("account_login"))


def test_demo_sign_in_is_not_there_outside_the_demo(client, db):
    EmployeeFactory(username="ops")
    assert client.post(reverse("demo_sign_in"), {"username": "ops"}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_demo_sign_in_signs_the_named_person_in(client, db, settings):
    settings.DEMO = True
    employee = EmployeeFactory(username="ops", roles=["OPS"])
    response = client.post(reverse("demo_sign_in"), {"username": "ops"})
    assert response.headers["Location"] == reverse("home")
    assert client.session["_auth_user_id"] == str(employee.pk)


def test_demo_sign_in_knows_demo_accounts_only(client, db, settings):
    settings.DEMO = True
    EmployeeFactory(username="wang.li")
    EmployeeFactory(username="mgr", is_active=False)
    assert client.post(reverse("demo_sign_in"), {"username": "wang.li"}).status_code == 404
    assert client.post(reverse("demo_sign_in"), {"username": "mgr"}).status_code == 404
    assert "_auth_user_id" not in client.session
