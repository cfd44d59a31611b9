"""The clock wall and the rules of stages and classes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from approvals import services
from approvals.models import ChangeRequest, ClassRule, Deadline, StageRule
from approvals.selectors.wall import Alarm, clock_wall, stages_without_people
from approvals.views.approval_rules import hours_words
from config.kit.actor import Actor
from stores.models import Employee
from tests.approvals.builders import acting
from tests.approvals.rich_notes import RICH, published, signed, simple
from tests.conftest import RoleClient

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., RoleClient]
WALL = "/approvals/clock-wall/"
LIST = "/approvals/requests/"


@pytest.fixture
def late(people: dict[str, Employee], moment: datetime) -> ChangeRequest:
    """Submitted 30 hours ago, breached by the sweep."""
    change = simple(people["CS"], moment - timedelta(hours=30), 1)
    for _round in range(6):
        services.sweep_deadlines(now=moment)
    return change


def found(client: RoleClient, query: str) -> list[int]:
    return [row.pk for row in client.get(f"{LIST}?show=all&{query}").context["rows"]]


def test_wall_counts_what_is_late_and_near_and_every_figure_opens_its_list(
    clients: dict[str, RoleClient], people: dict[str, Employee], late: ChangeRequest, moment: datetime
) -> None:
    near = signed(simple(people["CS"], moment - timedelta(hours=20), 2), people, moment)
    simple(people["CS"], moment, 3)
    wall = clock_wall(people["MGR"], now=moment)
    assert (wall.week, wall.late, wall.near, wall.no_cause) == (1, 1, 1, 1)
    assert [(bar.key, bar.open) for bar in wall.kinds] == [({"kind": RICH, "importance": "general"}, 3)]
    client = clients["MGR"]
    assert found(client, "alarm=week") == found(client, "alarm=late") == found(client, "alarm=no_cause") == [late.pk]
    assert found(client, "alarm=near") == [near.pk]
    for name, bar in [("role", bar) for bar in wall.departments] + [("stage", bar) for bar in wall.stages]:
        for alarm in (Alarm.LATE, Alarm.NEAR, Alarm.WEEK, Alarm.TODAY):
            rows = found(client, f"{name}={bar.key[name]}&alarm={alarm}")
            assert len(rows) == getattr(bar, str(alarm)), (bar, alarm)
        assert len(found(client, f"show=open&{name}={bar.key[name]}")) == bar.open or name == "kind"


def test_cause_given_takes_a_breach_from_the_list_of_those_without(
    clients: dict[str, RoleClient], people: dict[str, Employee], late: ChangeRequest, moment: datetime
) -> None:
    clock = Deadline.objects.get(subject_type="approvals.changerequest", subject_id=late.pk)
    services.give_cause(deadline_id=clock.pk, cause="The lab was closed.", actor=acting(people["MGR"]), now=moment)
    wall = clock_wall(people["MGR"], now=moment)
    assert (wall.week, wall.no_cause) == (1, 0)


def test_wall_shows_medians_with_and_without_pauses(people: dict[str, Employee], moment: datetime) -> None:
    for hours, waited in ((2, 0), (4, 1), (9, 6)):
        start = moment - timedelta(hours=hours)
        change = simple(people["CS"], start, hours)
        manager = acting(people["MGR"])
        if waited:
            services.pause_request(request_id=change.pk, reason="report", debtor="Lab", actor=manager, now=start)
            services.resume_request(request_id=change.pk, actor=manager, now=start + timedelta(hours=waited))
        signed(change, people, moment)
        services.approve(
            request_id=change.pk, content_hash=change.content_hash, actor=acting(people["PLAN"]), now=moment
        )
        services.confirm_live(
            kind=RICH, subject_type=change.subject_type, subject_id=change.subject_id, evidence="person",
            actor=acting(people["OPS"]), now=moment,
        )  # fmt: skip
    [times] = clock_wall(people["MGR"], now=moment).times
    assert (times.count, times.gross, times.net) == (3, timedelta(hours=4), timedelta(hours=3))


def test_red_rows_name_what_nobody_looks_after(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    emergency = simple(people["CS"], moment, 1)
    services.let_through(
        request_id=emergency.pk,
        content_hash=emergency.content_hash,
        reason="recall",
        actor=acting(people["MGR"]),
        now=moment,
    )
    unconfirmed = published(people, moment, {"title": "live"})
    stopped = signed(simple(people["CS"], moment, 2), people, moment)
    services.approve(request_id=stopped.pk, content_hash=stopped.content_hash, actor=acting(people["PLAN"]), now=moment)
    red = {rows.alarm: [row.pk for row in rows.rows] for rows in clock_wall(people["MGR"], now=moment).red}
    assert red[Alarm.EMERGENCY] == [emergency.pk]
    assert sorted(red[Alarm.UNCONFIRMED]) == [emergency.pk, unconfirmed.pk, stopped.pk]
    assert red[Alarm.STOPPED] == []
    assert found(clients["MGR"], "alarm=emergency") == [emergency.pk]


def test_stage_without_anybody_is_red_until_somebody_comes(
    clients: dict[str, RoleClient], client_as: ClientAs, people: dict[str, Employee], moment: datetime
) -> None:
    mine = simple(people["OPS"], moment, 1)  # the only one of operations asked for it
    other = simple(people["CS"], moment, 2)
    assert set(stages_without_people(moment).values_list("request", "role")) == {(mine.pk, "OPS")}
    people["FIN"].is_active = False
    people["FIN"].save()
    assert set(stages_without_people(moment).values_list("request", "role")) == {
        (mine.pk, "OPS"),
        (mine.pk, "FIN"),
        (other.pk, "FIN"),
    }
    assert sorted(found(clients["MGR"], "alarm=nobody")) == [mine.pk, other.pk]
    client_as("OPS"), client_as("FIN")
    assert not stages_without_people(moment).exists()


def test_deputy_keeps_a_stage_from_being_empty(people: dict[str, Employee], moment: datetime) -> None:
    simple(people["CS"], moment, 1)
    services.set_deputy(
        person_id=people["FIN"].pk, deputy_id=people["PLAN"].pk, starts_at=moment - timedelta(hours=1),
        ends_at=moment + timedelta(days=1), actor=Actor.system("tests"), now=moment - timedelta(hours=2),
    )  # fmt: skip
    assert not stages_without_people(moment).exists()
    people["PLAN"].is_active = False
    people["PLAN"].save()
    assert set(stages_without_people(moment).values_list("role", flat=True)) == {"FIN"}


@pytest.mark.parametrize("count", [1, 3])
def test_wall_asks_the_same_however_many_requests(
    count: int,
    clients: dict[str, RoleClient],
    people: dict[str, Employee],
    moment: datetime,
    django_assert_num_queries: Any,
) -> None:
    for number in range(count):
        simple(people["CS"], moment - timedelta(hours=30), number)
    services.sweep_deadlines(now=moment)
    clients["MGR"].get(WALL)
    with django_assert_num_queries(15):
        assert clients["MGR"].get(WALL).status_code == 200


def test_wall_without_anything_says_so(clients: dict[str, RoleClient]) -> None:
    html = clients["MGR"].get(WALL).content.decode()
    assert "No clock of a request runs" in html
    assert "Nothing went live in the last thirty days." in html


def test_wall_is_for_those_who_oversee(clients: dict[str, RoleClient]) -> None:
    assert clients["CS"].get(WALL).status_code == 403


# --- stages and classes


def stage_form(*stages: tuple[str, str, str, str, str], reason: str = "new way") -> dict[str, str]:
    data = {"stage-TOTAL_FORMS": str(len(stages)), "stage-INITIAL_FORMS": "0", "reason": reason}
    for at, stage in enumerate(stages):
        data |= {
            f"stage-{at}-{name}": value
            for name, value in zip(("code", "name", "mode", "role", "percent"), stage, strict=True)
        }
    return data


def test_stages_show_shares_and_hours(clients: dict[str, RoleClient]) -> None:
    response = clients["MGR"].get(reverse("approvals:stage_rules"))
    ways = {kind.label: ways for kind, ways in response.context["kinds"]}["rich note"]
    general = next(way for way in ways if way.importance == "general")
    assert [(stage.percent, stage.span) for stage in general.stages] == [
        ("50 %", timedelta(hours=12)),
        ("40 %", timedelta(hours=9, minutes=36)),
    ]
    assert general.rest == "10 %"


def test_long_spans_stand_in_hours_everywhere() -> None:
    assert [hours_words(timedelta(minutes=minutes)) for minutes in (2250, 1440, 45, 0)] == [
        "37 h 30 min", "24 h", "45 min", "0 min",
    ]  # fmt: skip


def test_form_shows_plain_percents(clients: dict[str, RoleClient]) -> None:
    html = clients["MGR"].get(reverse("approvals:stage_rule_change", args=[RICH, "general"])).content.decode()
    assert ('value="50"' in html, 'value="40"' in html) == (True, True)


def test_stages_are_set_anew_and_running_requests_keep_theirs(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    running = simple(people["CS"], moment, 1)
    url = reverse("approvals:stage_rule_change", args=[RICH, "general"])
    form = stage_form(
        ("decide", "planning decides", "decide", "PLAN", "30"), ("", "second look", "decide", "MGR", "45.5")
    )
    assert clients["MGR"].post(url, form).status_code == 303
    rules = StageRule.objects.filter(kind=RICH, importance="general").order_by("position")
    assert list(rules.values_list("code", "role", "share")) == [
        ("decide", "PLAN", Decimal("0.300")),
        ("stage-1", "MGR", Decimal("0.455")),
    ]
    assert running.stages.count() == 3


@pytest.mark.parametrize(
    "stages",
    [
        [("sign", "departments sign", "sign", "", "50")],
        [("decide", "planning decides", "decide", "PLAN", "60"), ("", "more", "decide", "MGR", "60")],
        [("decide", "planning decides", "decide", "", "60")],
        [("decide", "planning decides", "decide", "PLAN", "")],
    ],
)
def test_unsound_stages_change_nothing(clients: dict[str, RoleClient], stages: Any) -> None:
    before = list(StageRule.objects.filter(kind=RICH, importance="general").values_list("code", "share"))
    response = clients["MGR"].post(reverse("approvals:stage_rule_change", args=[RICH, "general"]), stage_form(*stages))
    assert response.status_code == 422
    assert list(StageRule.objects.filter(kind=RICH, importance="general").values_list("code", "share")) == before


def test_stages_of_an_unknown_kind_are_not_there(clients: dict[str, RoleClient]) -> None:
    assert clients["MGR"].get("/approvals/stage-rules/tests.nothing/general/").status_code == 404
    assert clients["PLAN"].get(reverse("approvals:stage_rule_change", args=[RICH, "general"])).status_code == 403


def test_class_rule_is_switched_with_a_reason(clients: dict[str, RoleClient]) -> None:
    rule = ClassRule.objects.get(code="price")
    url = reverse("approvals:class_rule_switch", args=[rule.pk])
    assert clients["MGR"].post(url, {"reason": ""}).status_code == 422
    assert ClassRule.objects.get(pk=rule.pk).is_active is True
    assert clients["MGR"].post(url, {"reason": "for the sale"}).status_code == 303
    assert ClassRule.objects.get(pk=rule.pk).is_active is False
