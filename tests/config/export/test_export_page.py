"""The page of one export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django import forms
from django.test import override_settings
from django.urls import path

from approvals.models import Job
from config.kit.export import EXPORTS, ExportColumn, ExportDeclaration
from config.kit.web.export_view import export_page
from config.urls import urlpatterns as real_urlpatterns
from stores.models import Department, Employee
from tests.conftest import RoleClient
from tests.factories.stores import DepartmentFactory, EmployeeFactory
from tests.support.registries import reopened

pytestmark = pytest.mark.django_db
URL = "/trial/export/"


class PeriodForm(forms.Form):
    """Whom, and since when."""

    department = forms.ModelChoiceField(queryset=Department.objects.all())
    since = forms.DateField()


def rows_of(params: Mapping[str, Any], user: Any) -> Any:
    return Employee.objects.filter(department_id=params["department"], date_joined__date__gte=params["since"])


with reopened(EXPORTS):
    EXPORTS.register(
        "tests.people",
        ExportDeclaration(
            key="tests.people",
            title="People",
            columns=(ExportColumn("username", "User name", "id"),),
            permission="stores.view_employee",
            rows=rows_of,
            form=PeriodForm,
        ),
    )
urlpatterns = [path("trial/export/", export_page("tests.people"), name="trial_export"), *real_urlpatterns]


@pytest.fixture(autouse=True)
def trial_site() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def query() -> dict[str, Any]:
    desk = DepartmentFactory(code="desk")
    EmployeeFactory(username="ann", department=desk)
    EmployeeFactory(username="bob", department=DepartmentFactory(code="other"))
    return {"department": desk.pk, "since": "2020-01-01"}


def test_export_page_previews_what_the_form_asks(client_as: Callable[..., RoleClient], query: dict[str, Any]) -> None:
    response = client_as("MGR").get(URL, query)
    assert response.context["preview"].rows == [["ann"]]


def test_export_page_without_parameters_shows_the_form_only(client_as: Callable[..., RoleClient]) -> None:
    response = client_as("MGR").get(URL)
    assert response.status_code == 200
    assert "preview" not in response.context


def test_export_page_with_a_parameter_that_cannot_be_read_answers_422(
    client_as: Callable[..., RoleClient], query: dict[str, Any]
) -> None:
    assert client_as("MGR").get(URL, {**query, "since": "soon"}).status_code == 422


def test_export_page_streams_csv(client_as: Callable[..., RoleClient], query: dict[str, Any]) -> None:
    response = client_as("MGR").get(URL, {**query, "export": "csv"})
    assert b"".join(response.streaming_content).decode() == "\ufeffUser name\r\nann\r\n"


def test_export_page_asks_for_a_job(client_as: Callable[..., RoleClient], query: dict[str, Any]) -> None:
    response = client_as("MGR").post(f"{URL}?department={query['department']}&since=2020-01-01")
    job = Job.objects.get()
    assert (response.status_code, response["Location"]) == (303, job.get_absolute_url())
    assert job.params["params"] == query


def test_export_page_is_refused_without_its_right(client_as: Callable[..., RoleClient], query: dict[str, Any]) -> None:
    client = client_as("WH")
    assert [client.get(URL, query).status_code, client.post(URL, query).status_code] == [403, 403]
    assert not Job.objects.exists()
