"""Absences from a phone: for oneself, by a manager for others; what moves is shown before it is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from approvals import services
from approvals.models import Deputyship, TrailEntry
from tests.approvals.builders import make_deadline, make_rule
from tests.factories import proposals as make
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Any]


def times(start: int = 0, end: int = 48) -> dict[str, str]:
    moments = {"starts_at": start, "ends_at": end}
    return {
        name: (timezone.localtime() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")
        for name, hours in moments.items()
    }


def test_manager_sees_what_moves_then_the_deputy_decides_in_both_names(client_as: ClientAs) -> None:
    manager, clerk, planner, deputy = (
        client_as("MGR"),
        EmployeeFactory(),
        EmployeeFactory(roles=["PLAN"]),
        EmployeeFactory(),
    )
    now = timezone.now()
    request = make.sent(make.discussed(clerk, planner, now=now), planner, now=now)
    make_rule()
    make_deadline(now=now, subject_id=7, owner_id=manager.employee.pk, owner_role="")
    sent = {"person": manager.employee.pk, "deputy": deputy.pk, "reason": "fair", **times(-1)}
    looked = manager.post(reverse("approvals:absences"), sent)
    assert looked.status_code == 200
    moves = looked.context["moves"]
    assert [(one.request, one.is_own_work) for one in moves.requests] == [(request, False)]
    assert [duty.subject_id for duty in moves.duties] == [7]
    assert Deputyship.objects.count() == 0
    assert manager.post(reverse("approvals:absences"), {**sent, "confirmed": "yes"}).status_code == 303
    make.decided(request, deputy, now=timezone.now())
    decision = request.decisions.get()
    assert (decision.decider, decision.acts_for) == (deputy, manager.employee)


def test_deputys_own_request_is_marked(client_as: ClientAs) -> None:
    manager, clerk, planner = client_as("MGR"), EmployeeFactory(), EmployeeFactory(roles=["PLAN"])
    now = timezone.now()
    make.sent(make.discussed(clerk, planner, now=now), planner, now=now)
    looked = manager.post(
        reverse("approvals:absences"), {"person": manager.employee.pk, "deputy": clerk.pk, "reason": "", **times()}
    )
    assert [one.is_own_work for one in looked.context["moves"].requests] == [True]


def test_clerk_sets_only_their_own_and_a_manager_anybodys(client_as: ClientAs) -> None:
    clerk, manager, other, deputy = client_as("CS"), client_as("MGR"), EmployeeFactory(), EmployeeFactory()
    sent = {"person": other.pk, "deputy": deputy.pk, "reason": "", "confirmed": "yes", **times()}
    assert clerk.post(reverse("approvals:absences"), sent).status_code == 303
    assert list(Deputyship.objects.values_list("person", "deputy")) == [(clerk.employee.pk, deputy.pk)]
    assert manager.post(reverse("approvals:absences"), sent).status_code == 303
    assert set(Deputyship.objects.values_list("person", flat=True)) == {clerk.employee.pk, other.pk}


@pytest.mark.parametrize(("field", "change"), [("deputy", None), ("ends_at", times(5, 4)), ("starts_at", times(1, 9))])
def test_impossible_absence_is_refused_at_its_field(client_as: ClientAs, field: str, change: Any) -> None:
    clerk, deputy = client_as("CS"), EmployeeFactory()
    now = timezone.now()
    services.set_deputy(
        person_id=clerk.employee.pk,
        deputy_id=deputy.pk,
        starts_at=now + timedelta(hours=2),
        ends_at=now + timedelta(hours=3),
        actor=make.as_actor(clerk.employee),
        now=now,
    )
    before = list(Deputyship.objects.values_list()), TrailEntry.objects.count()
    sent = {"deputy": deputy.pk, "reason": "", "confirmed": "yes", **times(8, 9), **(change or {})}
    if change is None:
        sent["deputy"] = clerk.employee.pk
    answer = clerk.post(reverse("approvals:absences"), sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (list(Deputyship.objects.values_list()), TrailEntry.objects.count()) == before


def test_absence_is_ended_by_the_person_or_a_manager_only(client_as: ClientAs) -> None:
    clerk, manager, deputy = client_as("CS"), client_as("MGR"), client_as("CS")
    now = timezone.now()

    def away() -> Deputyship:
        return services.set_deputy(
            person_id=clerk.employee.pk,
            deputy_id=deputy.employee.pk,
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=3),
            actor=make.as_actor(clerk.employee),
            now=now - timedelta(hours=1),
        )

    row = away()
    assert "away now" in deputy.get(reverse("approvals:absences")).content.decode()
    assert deputy.post(reverse("approvals:absence_end", args=[row.pk])).status_code == 404
    row.refresh_from_db()
    assert row.ends_at == now + timedelta(hours=3)
    assert clerk.post(reverse("approvals:absence_end", args=[row.pk])).status_code == 303
    row.refresh_from_db()
    assert row.ends_at <= timezone.now()
    row.delete()
    assert manager.post(reverse("approvals:absence_end", args=[away().pk])).status_code == 303


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_however_many_are_away(
    client_as: ClientAs, count: int, django_assert_num_queries: Any
) -> None:
    manager = client_as("MGR")
    now = timezone.now()
    for _number in range(count):
        people = EmployeeFactory(), EmployeeFactory()
        Deputyship.objects.create(person=people[0], deputy=people[1], starts_at=now, ends_at=now + timedelta(1))
    manager.get(reverse("approvals:absences"))
    with django_assert_num_queries(6):
        assert manager.get(reverse("approvals:absences")).status_code == 200
