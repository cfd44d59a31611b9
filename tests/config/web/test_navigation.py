"""The side navigation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from config.kit.registry import Registry
from config.kit.web import navigation
from config.kit.web.navigation import NAVIGATION, NavItem, Section, navigation_for
from stores.models import Employee
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(monkeypatch: pytest.MonkeyPatch) -> Registry[NavItem]:
    """A navigation of the tests' own."""
    registry: Registry[NavItem] = Registry("navigation", module="no_such_module")
    monkeypatch.setattr(navigation, "NAVIGATION", registry)
    registry.register("people", NavItem(Section.SERVICE, "People", "trial_people", "users", "stores.view_employee", 20))
    registry.register("form", NavItem(Section.SERVICE, "Form", "trial_form", "forms", order=10))
    registry.register("open", NavItem(Section.TODAY, "Open", "trial_public", "door"))
    return registry


def request_of(person: Employee, path: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = person
    return request


def test_navigation_shows_sections_and_items_in_order(items: Registry[NavItem]) -> None:
    sections = navigation_for(request_of(EmployeeFactory(roles=["MGR"]), "/"))
    found = [(section.key, [item.label for item in section.items]) for section in sections]
    assert found == [("today", ["Open"]), ("service", ["Form", "People"])]


def test_navigation_hides_what_the_person_may_not_open(items: Registry[NavItem]) -> None:
    sections = navigation_for(request_of(EmployeeFactory(roles=["WH"]), "/"))
    assert [item.label for section in sections for item in section.items] == ["Open", "Form"]


def test_navigation_marks_the_longest_address_that_fits(items: Registry[NavItem]) -> None:
    sections = navigation_for(request_of(EmployeeFactory(roles=["MGR"]), "/trial/people/7/"))
    assert [item.label for section in sections for item in section.items if item.is_active] == ["People"]
    assert [section.is_active for section in sections] == [False, True]


def test_navigation_names_the_item_whose_address_is_missing(items: Registry[NavItem]) -> None:
    items.register("lost", NavItem(Section.TODAY, "Lost", "no_such_page", "question-mark"))
    with pytest.raises(NoReverseMatch, match="Lost"):
        navigation_for(request_of(EmployeeFactory(), "/"))


def test_every_declared_item_leads_somewhere() -> None:
    assert [
        reverse(item.url_name) for _key, item in NAVIGATION.items() if not reverse(item.url_name).startswith("/")
    ] == []


def test_every_shortcut_is_declared_once() -> None:
    shortcuts = [item.shortcut for _key, item in NAVIGATION.items() if item.shortcut]
    assert sorted(shortcuts) == sorted(set(shortcuts))


def test_shell_runs_no_query_of_its_own(
    client_as: Callable[..., object], django_assert_num_queries: Callable[..., object]
) -> None:
    client = client_as("CS")
    client.get("/trial/form/")  # type: ignore[attr-defined]
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        client.get("/trial/form/")  # type: ignore[attr-defined]
