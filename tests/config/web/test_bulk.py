"""Acts on many rows: previewed, confirmed, done one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from approvals.models import Job
from config.kit.actor import Actor
from config.kit.errors import NotPermitted
from config.kit.web import bulk
from stores.models import Employee
from tests.conftest import RoleClient
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db
URL = "/trial/people/"
People = Callable[..., list[Employee]]
RUN = {"do": "bulk", "action": "rename", "step": "run", "reason": "a new sign", "act-suffix": "!"}


def perform(job: Job, **changes: Any) -> list[bulk.BulkLine]:
    reported: list[bulk.BulkLine] = []
    facts = {
        "user": Employee.objects.get(pk=job.requested_by_id),
        "actor": Actor.system("job"),
        "reason": job.reason,
        "report": reported.append,
        **changes,
    }
    bulk.perform(job.params, **facts)
    return reported


def confirmed(client: RoleClient, rows: list[Employee]) -> Job:
    client.post(URL, {**RUN, "row": [row.pk for row in rows], "count": len(rows)})
    return Job.objects.get()


def test_preview_shows_how_many_and_which(administrator: RoleClient, people: People) -> None:
    ann, bob, _cid = people("ann", "bob", "cid")
    response = administrator.post(URL, {"do": "bulk", "action": "rename", "row": [ann.pk, bob.pk]})
    assert response.status_code == 200
    assert (response.context["count"], response.context["keys"]) == (2, [str(ann.pk), str(bob.pk)])
    html = response.content.decode()
    assert "Only the name changes." in html
    assert "cid" not in html
    assert not Job.objects.exists()


def test_preview_of_all_that_match_follows_the_filter(administrator: RoleClient, people: People) -> None:
    people("a", "b", "c", "d", language="zh-hans")
    people("e", language="en")
    response = administrator.post(f"{URL}?language=zh-hans", {"do": "bulk", "action": "rename", "all": "on"})
    assert (response.context["count"], response.context["is_all"]) == (4, True)


def test_confirmed_action_becomes_a_job_with_exactly_these_rows(administrator: RoleClient, people: People) -> None:
    ann, bob, _cid = people("ann", "bob", "cid")
    job = confirmed(administrator, [bob, ann])
    assert (job.kind, job.reason, job.total_count) == ("kit.bulk", "a new sign", 2)
    assert job.requested_by_id == administrator.employee.pk
    assert job.params["keys"] == [str(ann.pk), str(bob.pk)]
    assert job.params["form"] == urlencode({"act-suffix": "!"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"reason": " "}, "reason"), ({"act-suffix": ""}, "suffix"), ({"act-suffix": "much too long"}, "suffix")],
)
def test_an_incomplete_confirmation_is_shown_again(
    administrator: RoleClient, people: People, changes: dict[str, str], field: str
) -> None:
    [ann] = people("ann")
    response = administrator.post(URL, {**RUN, "row": [ann.pk], "count": 1, **changes})
    assert response.status_code == 422
    assert [list(form.errors) for form in response.context["forms"] if form.errors] == [[field]]
    assert not Job.objects.exists()


def test_a_list_that_changed_since_the_preview_is_shown_again(administrator: RoleClient, people: People) -> None:
    people("a", "b")
    response = administrator.post(URL, {**RUN, "all": "on", "count": "1"})
    assert response.status_code == 422
    assert response.context["notice"] == "The list changed meanwhile: it was 1 rows, now it is 2. Please look again."
    assert not Job.objects.exists()


@pytest.mark.parametrize("rows", [[], ["999999"], ["x"]])
def test_nothing_selected_is_said(administrator: RoleClient, rows: list[str]) -> None:
    response = administrator.post(URL, {**RUN, "row": rows, "count": len(rows)})
    assert response.status_code == 422
    assert response.context["notice"] == "No row is selected. Go back and tick some."


def test_more_rows_than_the_limit_are_refused(administrator: RoleClient, people: People) -> None:
    people("a", "b", "c", "d", "e")
    response = administrator.post(URL, {**RUN, "all": "on", "count": "5"})
    assert response.context["notice"] == "At most 4 rows at a time. Narrow the filter."
    assert not Job.objects.exists()


def test_rows_outside_the_scope_are_left_out(administrator: RoleClient, people: People) -> None:
    ann, hidden = people("ann", "hidden-bob")
    response = administrator.post(URL, {"do": "bulk", "action": "rename", "row": [ann.pk, hidden.pk]})
    assert response.context["keys"] == [str(ann.pk)]


def test_action_is_refused_without_its_right(reader: RoleClient, people: People) -> None:
    [ann] = people("ann")
    response = reader.post(URL, {**RUN, "row": [ann.pk], "count": 1})
    assert (response.status_code, response.context["permission"]) == (403, "stores.change_employee")
    assert not Job.objects.exists()
    assert 'name="action"' not in reader.get(URL).content.decode()


def test_an_unknown_action_is_not_found(administrator: RoleClient) -> None:
    assert administrator.post(URL, {"do": "bulk", "action": "explode"}).status_code == 404


def test_perform_goes_on_after_a_refusal_and_after_a_bug(administrator: RoleClient, people: People) -> None:
    rows = people("ann", "bug", "no", "zoe")
    found = perform(confirmed(administrator, rows))
    assert [(line.label, line.ok) for line in found] == [("Ann", True), ("Bug", False), ("No", False), ("Zoe", True)]
    assert [line.text for line in found] == [
        "job: a new sign",
        "Something went wrong here; it was reported. Nothing was changed.",
        "no says no.",
        "job: a new sign",
    ]
    assert list(
        Employee.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk").values_list("display_name", flat=True)
    ) == [
        "ann!",
        "Bug",
        "No",
        "zoe!",
    ]


def test_perform_leaves_out_what_was_done_before(administrator: RoleClient, people: People) -> None:
    ann, bob = people("ann", "bob")
    found = perform(confirmed(administrator, [ann, bob]), done={str(ann.pk)})
    assert [line.pk for line in found] == [str(bob.pk)]
    ann.refresh_from_db()
    assert ann.display_name == "Ann"


def test_perform_reports_a_row_that_is_gone(administrator: RoleClient, people: People) -> None:
    [ann] = people("ann")
    job = confirmed(administrator, [ann])
    Employee.objects.filter(pk=ann.pk).update(username="hidden-ann")
    [line] = perform(job)
    assert (line.ok, line.text) == (False, "It is not there any more, or not yours to see.")


def test_perform_is_refused_when_the_right_has_gone(administrator: RoleClient, people: People) -> None:
    [ann] = people("ann")
    job = confirmed(administrator, [ann])
    with pytest.raises(NotPermitted):
        perform(job, user=EmployeeFactory())
    ann.refresh_from_db()
    assert ann.display_name == "Ann"
