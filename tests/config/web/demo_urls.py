"""A few pages and one list for the tests of the kit, on top of the real addresses."""

from __future__ import annotations

import django_filters
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path

from config.kit.actor import Actor
from config.kit.errors import DomainError, InvalidInput
from config.kit.export import EXPORTS
from config.kit.web import (
    SCREENS,
    BulkAction,
    Chip,
    Column,
    HeaderAction,
    ListScreen,
    Preset,
    actor_of,
    domain_errors,
    mask_email,
    page,
    public,
    require,
)
from config.urls import urlpatterns as real_urlpatterns
from stores.models import Department, Employee
from tests.support.registries import reopened


class RefusedError(DomainError):
    """What the tests' bulk action says about a name that starts with "no"."""

    code = "test_refused"
    message = "%(name)s says no."


class PeopleFilter(django_filters.FilterSet):
    """Filters of the tests' list."""

    language = django_filters.ChoiceFilter(choices=[("zh-hans", "Chinese"), ("en", "English")], label="Language")
    department = django_filters.ModelChoiceFilter(queryset=Department.objects.all(), label="Department")
    joined = django_filters.DateFromToRangeFilter(field_name="date_joined", label="Joined")
    number = django_filters.NumberFilter(field_name="pk", label="Number")


class RenameForm(forms.Form):
    """The facts of the bulk action."""

    suffix = forms.CharField(label="Suffix", max_length=10)


def rename_one(*, pk: int, actor: Actor, reason: str, suffix: str) -> str:
    """Rename one employee, unless they say no."""
    employee = Employee.objects.get(pk=pk)
    if employee.username.startswith("no"):
        raise RefusedError(name=employee.username)
    if employee.username.startswith("bug"):
        raise RuntimeError("a bug")
    employee.display_name = f"{employee.username}{suffix}"
    employee.save(update_fields=["display_name"])
    return f"{actor.label}: {reason}"


with reopened(SCREENS, EXPORTS):
    PEOPLE = ListScreen(
        key="tests.people",
        title="People",
        permission="stores.view_employee",
        rows=lambda user: Employee.objects.exclude(username__startswith="hidden").select_related("department"),
        columns=(
            Column("username", "User name", kind="code", order_by="username"),
            Column("name", "Name", value="display_name", order_by="display_name"),
            Column(
                "language", "Language", kind="chip", value=lambda row: Chip(row.language, "info"), order_by="language"
            ),
            Column("department", "Department", value="department.name"),
            Column("mail", "Mail", value="email", masked_for="customers.see_personal_data", mask=mask_email),
            Column("joined", "Joined", kind="datetime", value="date_joined", order_by="date_joined"),
            Column("seen", "Seen", kind="datetime", value="last_login", order_by="last_login", shown=False),
        ),
        filters=PeopleFilter,
        search=("username", "display_name"),
        ordering="username",
        row_url=lambda row: f"/trial/people/{row.pk}/",
        presets=(Preset("Readers of Chinese", "language=zh-hans"),),
        actions=(HeaderAction("Hire", "trial_form", "stores.add_employee"),),
        bulk=(
            BulkAction(
                "rename",
                "Rename",
                run=rename_one,
                permission="stores.change_employee",
                explain="Only the name changes.",
                form=RenameForm,
                limit=4,
            ),
        ),
        empty="Everybody who works here.",
        page_size=3,
        export_permission="stores.change_employee",
    )


class NameForm(forms.Form):
    """A form with one field."""

    name = forms.CharField()


@require(None)
def trial_form(request: HttpRequest) -> HttpResponse:
    """A page with a form whose deed is refused for some names."""
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        with domain_errors(request, form) as outcome:
            if name == "field":
                raise InvalidInput(problem="that name is taken", field="name")
            if name == "form":
                raise InvalidInput(problem="not today", field="no such field")
            if name == "bug":
                raise RuntimeError("a bug")
        if not outcome.failed:
            return outcome.redirect("trial_form")
    return page(request, "kit_trial/form.html", {"form": form}, form=form, fragments={"part": "part"})


@require(None)
def trial_deed(request: HttpRequest) -> HttpResponse:
    """A deed without a form, refused."""
    with domain_errors(request) as outcome:
        raise InvalidInput(problem=f"{actor_of(request).label} may not")
    return outcome.redirect("trial_form")


@require("stores.change_employee")
def trial_guarded(request: HttpRequest) -> HttpResponseBase:
    """For holders of a right."""
    return HttpResponse(request.request_id)  # type: ignore[attr-defined]


@public
def trial_public(request: HttpRequest) -> HttpResponse:
    """For everybody."""
    return HttpResponse("open")


urlpatterns = [
    path("trial/people/", PEOPLE.as_view(), name="trial_people"),
    path("trial/form/", trial_form, name="trial_form"),
    path("trial/deed/", trial_deed, name="trial_deed"),
    path("trial/guarded/", trial_guarded, name="trial_guarded"),
    path("trial/public/", trial_public, name="trial_public"),
    *real_urlpatterns,
]
