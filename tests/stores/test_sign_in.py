"""Signing in: lock-out, idle sessions, the second factor that some roles must have, the language."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from tests.factories.stores import EmployeeFactory

PASSWORD = "correct-horse-7"


@pytest.fixture
def employee(db):
    person = EmployeeFactory(username="wang", roles=["CS"])
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    return person


def sign_in(client, username, password):
    return client.post(reverse("account_login"), {"login": username, "password": password})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_the_right_password_signs_in(client, employee):
    response = sign_in(client, "wang", PASSWORD)
    assert response.headers["Location"] == reverse("home")
    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_name_read_the_same(client, employee):
    known, unknown = (sign_in(client, name, "wrong").context["form"].non_field_errors() for name in ("wang", "nobody"))
    assert len(known) == 1
    assert known == unknown
    assert not is_signed_in(client)


def test_five_failures_lock_and_then_the_right_password_does_not_help(client, employee):
    answers = [sign_in(client, "wang", "wrong").status_code for _attempt in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    locked = sign_in(client, "wang", PASSWORD)
    assert locked.status_code == 429
    assert "account/locked.html" in [template.name for template in locked.templates]
    assert not is_signed_in(client)


def test_a_lock_holds_for_the_name_that_was_tried_only(client, employee):
    for _attempt in range(5):
        sign_in(client, "somebody", "wrong")
    assert sign_in(client, "wang", PASSWORD).status_code == 302


def test_a_success_forgets_the_failures_before_it(client, employee):
    for _attempt in range(4):
        sign_in(client, "wang", "wrong")
    sign_in(client, "wang", PASSWORD)
    client.logout()
    assert [sign_in(client, "wang", "wrong").status_code for _attempt in range(4)] == [200] * 4


def test_an_account_that_is_off_cannot_sign_in_nor_go_on(client, employee):
    sign_in(client, "wang", PASSWORD)
    employee.is_active = False
    employee.save(update_fields=["is_active"])
    assert client.get(reverse("home")).status_code == 302
    other = Client()
    sign_in(other, "wang", PASSWORD)
    assert not is_signed_in(other)


def test_nobody_signs_up(client, db):
    response = client.post(reverse("account_signup"), {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert not is_signed_in(client)
    assert "_auth_user_id" not in client.session
    assert response.status_code == 200


def test_an_idle_session_ends(client_as, settings):
    client = client_as("CS")
    assert client.get(reverse("home")).status_code == 200
    session = client.session
    session["seen_at"] = int(time.time()) - settings.SESSION_IDLE_SECONDS - 1
    session.save()
    response = client.get(reverse("home"))
    assert response.headers["Location"] == reverse("account_login")
    assert not is_signed_in(client)


def test_a_session_in_use_goes_on(client_as, settings):
    client = client_as("CS")
    client.get(reverse("home"))
    session = client.session
    before = session["seen_at"] = int(time.time()) - settings.SESSION_IDLE_SECONDS + 60
    session.save()
    assert client.get(reverse("home")).status_code == 200
    assert client.session["seen_at"] > before


@pytest.fixture
def manager(db):
    client = Client()
    person = EmployeeFactory(roles=["MGR"])
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.person = person
    return client


@pytest.mark.parametrize("name", ["home", "search", "profile", "admin:index", "catalog:product_list", "mfa_index"])
def test_a_role_that_needs_a_second_factor_reaches_nothing_without_one(manager, name):
    response = manager.get(reverse(name))
    assert response.headers["Location"] == reverse("mfa_activate_totp")


def test_the_page_that_sets_the_second_factor_up_and_the_way_out_are_open(manager):
    assert reverse("mfa_activate_totp") not in manager.get(reverse("mfa_activate_totp")).headers.get("Location", "")
    assert manager.post(reverse("account_logout")).headers["Location"] == reverse("account_login")


def test_with_a_second_factor_the_way_is_free(manager):
    Authenticator.objects.create(user=manager.person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert manager.get(reverse("home")).status_code == 200


def test_roles_without_the_duty_need_none(client_as, settings):
    client = Client()
    client.force_login(EmployeeFactory(roles=["CS"]), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert settings.MFA_REQUIRED_ROLES == ["MGR", "SUP", "FIN"]
    assert client.get(reverse("home")).status_code == 200


def test_the_account_s_language_is_used_until_this_browser_chose_another(client_as, settings):
    client = client_as("CS")
    client.employee.language = "zh-hans"
    client.employee.save(update_fields=["language"])
    assert client.get(reverse("home")).headers["Content-Language"] == "zh-hans"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert client.get(reverse("home")).headers["Content-Language"] == "en"


def test_the_profile_keeps_the_language(client_as, settings):
    client = client_as("CS")
    response = client.post(reverse("profile"), {"language": "zh-hans"})
    client.employee.refresh_from_db()
    assert response.status_code == 303
    assert client.employee.language == "zh-hans"
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "zh-hans"


def test_a_language_that_nobody_translated_is_refused(client_as):
    client = client_as("CS")
    assert client.post(reverse("profile"), {"language": "tlh"}).status_code == 422
    client.employee.refresh_from_db()
    assert client.employee.language == "en"
