"""The one list-screen kit, through a list of employees."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from approvals.models import Job
from config.kit.web import SCREENS
from stores.models import Employee, SavedView
from tests.config.web.demo_urls import PEOPLE
from tests.conftest import RoleClient
from tests.factories.stores import DepartmentFactory

pytestmark = pytest.mark.django_db
URL = "/trial/people/"
TABLE = {"HX-Request": "true", "HX-Target": "list-table"}
People = Callable[..., list[Employee]]


def shown(response: Any) -> list[str]:
    """The first cell of each row of the page."""
    return [row.label for row in response.context["rows"]]


def lines(response: Any) -> list[list[str]]:
    """The rows of a CSV download without its byte order mark."""
    text = b"".join(response.streaming_content).decode()
    assert text[0] == "\ufeff"
    return list(csv.reader(io.StringIO(text[1:])))


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_however_many_rows(
    reader: RoleClient, people: People, django_assert_num_queries: Any, count: int
) -> None:
    people(*"abc"[:count])
    reader.get(URL)
    # person, their rights by group, their own rights, saved views, departments of the filter, rows (session: cache)
    with django_assert_num_queries(6):
        response = reader.get(URL)
    assert len(shown(response)) == count


def test_list_is_for_holders_of_its_permission(client_as: Callable[..., RoleClient]) -> None:
    response = client_as("WH").get(URL)
    assert (response.status_code, response.context["permission"]) == (403, "stores.view_employee")


def test_list_sends_strangers_to_sign_in(client: Client) -> None:
    assert client.get(URL)["Location"] == "/accounts/login/?next=/trial/people/"


def test_list_shows_only_the_scope(reader: RoleClient, people: People) -> None:
    people("ann", "hidden-bob")
    assert shown(reader.get(URL)) == ["Ann"]


def test_list_walks_through_pages(reader: RoleClient, people: People) -> None:
    people("a", "b", "c", "d", "e")
    first = reader.get(URL)
    people("aa", "bb")
    second = reader.get(URL, {"after": first.context["page"].next})
    back = reader.get(URL, {"before": second.context["page"].previous})
    assert [shown(page) for page in (first, second, back)] == [["A", "B", "C"], ["D", "E"], ["B", "Bb", "C"]]


def test_list_sorts_by_offered_columns_only(reader: RoleClient, people: People) -> None:
    people("a", "b", "c")
    assert shown(reader.get(URL, {"sort": "-username"})) == ["C", "B", "A"]
    assert shown(reader.get(URL, {"sort": "-password"})) == ["A", "B", "C"]


def test_list_filters_and_shows_what_is_active(reader: RoleClient, people: People) -> None:
    people("a", language="zh-hans")
    people("b", language="en")
    response = reader.get(URL, {"language": "zh-hans", "q": "a"})
    assert shown(response) == ["A"]
    active = [(item.label, item.text, item.query_without) for item in response.context["query"].active]
    assert active == [("Search", "a", "?language=zh-hans"), ("Language", "Chinese", "?q=a")]


def test_list_names_a_span_of_days_and_a_chosen_row(reader: RoleClient, people: People) -> None:
    department = DepartmentFactory(code="desk", name="Desk")
    people("a", department=department)
    today = timezone.localdate()
    data = {"department": department.pk, "joined_after": today - timedelta(days=1)}
    response = reader.get(URL, data)
    active = [(item.label, item.text, item.query_without) for item in response.context["query"].active]
    assert shown(response) == ["A"]
    assert active == [
        ("Department", "Desk", f"?joined_after={data['joined_after']}"),
        ("Joined", f"from {data['joined_after']}", f"?department={department.pk}"),
    ]


def test_list_with_a_filter_that_cannot_be_read_is_empty_and_says_so(reader: RoleClient, people: People) -> None:
    people("a")
    response = reader.get(URL, {"number": "seven"})
    assert shown(response) == []
    assert "Enter a number." in response.content.decode()


def test_list_searches_words(reader: RoleClient, people: People) -> None:
    people("anna", "bert")
    assert shown(reader.get(URL, {"q": " NN\x00"})) == ["Anna"]


def test_list_says_what_would_be_here(reader: RoleClient) -> None:
    assert "Everybody who works here." in reader.get(URL).content.decode()


def test_list_escapes_what_people_typed(reader: RoleClient, people: People) -> None:
    people("a", display_name="<script>alert(1)</script>")
    html = reader.get(URL, {"q": "<b>"}).content.decode() + reader.get(URL).content.decode()
    assert "<script>alert" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_fragment_request_gets_the_table_and_the_address_to_share(reader: RoleClient, people: People) -> None:
    people("a")
    response = reader.get(URL, {"language": "en", "q": "", "number": ""}, headers=TABLE)
    assert response.content.decode().strip().startswith('<div id="list-table"')
    assert response["HX-Push-Url"] == "/trial/people/?language=en"


def test_masked_column_is_covered_without_the_right(
    reader: RoleClient, administrator: RoleClient, people: People
) -> None:
    people("a", email="anna@example.com")
    assert "anna@example.com" in reader.get(URL).content.decode()
    html = administrator.get(URL).content.decode()
    assert "anna@example.com" not in html
    assert "a***@example.com" in html


def test_columns_are_kept_for_the_person_and_the_address_overrides_them(reader: RoleClient, people: People) -> None:
    people("a")
    response = reader.post(
        f"{URL}?q=a&columns=name&after=x", {"do": "columns", "column": ["username", "seen", "nonsense"]}
    )
    assert (response.status_code, response["Location"]) == (303, f"{URL}?q=a")
    assert reader.get(URL).context["shown_keys"] == ["username", "seen"]
    assert reader.get(URL, {"columns": "name,nonsense"}).context["shown_keys"] == ["name"]
    reader.post(URL, {"do": "columns"})
    assert reader.get(URL).context["shown_keys"] == ["username", "name", "language", "department", "mail", "joined"]


def test_saved_view_is_kept_with_its_filter_and_columns(reader: RoleClient, people: People) -> None:
    people("a")
    response = reader.post(f"{URL}?language=en&after=x", {"do": "save_view", "name": "Readers", "is_shared": "on"})
    view = SavedView.objects.get()
    expected = "language=en&columns=username%2Cname%2Clanguage%2Cdepartment%2Cmail%2Cjoined"
    assert (view.screen, view.name, view.query, view.owner_id) == (
        "tests.people",
        "Readers",
        expected,
        reader.employee.pk,
    )
    assert view.department_id == reader.employee.department_id
    assert response["Location"] == f"{URL}?{expected}"
    assert "Readers" in reader.get(URL).content.decode()


def test_saved_view_without_a_name_is_refused(reader: RoleClient) -> None:
    reader.post(URL, {"do": "save_view", "name": "  "})
    assert not SavedView.objects.exists()


def test_saved_view_is_deleted_by_its_owner_only(
    reader: RoleClient, client_as: Callable[..., RoleClient], people: People
) -> None:
    reader.post(URL, {"do": "save_view", "name": "Mine"})
    view = SavedView.objects.get()
    client_as("MGR").post(URL, {"do": "delete_view", "view": view.pk})
    assert SavedView.objects.count() == 1
    reader.post(URL, {"do": "delete_view", "view": view.pk})
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("data", [{}, {"do": "nonsense"}, {"do": "delete_view", "view": "x"}])
def test_an_unknown_deed_is_not_found(reader: RoleClient, data: dict[str, str]) -> None:
    assert reader.post(URL, data).status_code == 404


def test_csv_holds_exactly_what_is_filtered_with_the_columns_shown(administrator: RoleClient, people: People) -> None:
    people("a", "b", "c", "d", language="en")
    people("x", language="zh-hans")
    response = administrator.get(
        URL, {"language": "en", "columns": "username,mail", "sort": "-username", "export": "csv"}
    )
    expected = [["User name", "Mail"], *[[name, f"{name}***@example.com"] for name in "dcba"]]
    assert lines(response) == expected


def test_csv_is_refused_without_the_right_to_export(reader: RoleClient, people: People) -> None:
    people("a")
    response = reader.get(URL, {"export": "csv"})
    assert (response.status_code, response.context["permission"]) == (403, "stores.change_employee")
    assert "export=csv" not in reader.get(URL).content.decode()


def test_xlsx_is_asked_of_a_job_with_the_same_filter(administrator: RoleClient, people: People) -> None:
    people("a")
    response = administrator.post(f"{URL}?language=en&after=x&columns=username", {"do": "xlsx"})
    job = Job.objects.get()
    assert (response.status_code, response["Location"]) == (303, job.get_absolute_url())
    assert (job.kind, job.requested_by_id) == ("kit.export", administrator.employee.pk)
    assert job.params["export"] == "list.tests.people"
    assert job.params["params"] == {"query": "language=en&columns=username", "columns": ["username"]}


def test_xlsx_is_refused_without_the_right_to_export(reader: RoleClient) -> None:
    assert reader.post(URL, {"do": "xlsx"}).status_code == 403
    assert not Job.objects.exists()


def test_header_actions_are_for_those_who_may(reader: RoleClient, administrator: RoleClient) -> None:
    assert [action.label for action in reader.get(URL).context["header_actions"]] == []
    assert [action.label for action in administrator.get(URL).context["header_actions"]] == ["Hire"]


def test_screens_are_found_by_key() -> None:
    assert SCREENS.get("tests.people") is PEOPLE
