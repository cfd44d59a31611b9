"""The inbox of approvals: order, scope, what is approved together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from approvals import services
from approvals.models import ChangeRequest, Decision, Job
from config.kit.web import bulk
from stores.models import Employee
from tests.approvals.builders import acting
from tests.approvals.kinds import KIND
from tests.approvals.rich_notes import published, signed, simple, submitted
from tests.conftest import RoleClient
from tests.factories.stores import ShopFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
ClientAs = Callable[..., RoleClient]
URL = "/approvals/requests/"


def numbers(response: Any) -> list[int]:
    return [row.pk for row in response.context["rows"]]


def test_inbox_holds_what_waits_for_me_important_first_then_least_time(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    late = signed(simple(people["CS"], moment - timedelta(hours=20), 1), people, moment)
    fresh = signed(simple(people["CS"], moment, 2), people, moment)
    not_yet = simple(people["CS"], moment, 3)
    own = signed(simple(people["CS"], moment, 4), people, moment)
    services.raise_importance(request_id=own.pk, reason="recall", actor=acting(people["CS"]), now=moment)
    assert numbers(clients["PLAN"].get(URL)) == [own.pk, late.pk, fresh.pk]
    assert numbers(clients["OPS"].get(URL)) == [not_yet.pk]
    assert numbers(clients["CS"].get(URL)) == []
    assert numbers(clients["CS"].get(f"{URL}?show=mine")) == [own.pk, late.pk, fresh.pk, not_yet.pk]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("show=open", ["waiting"]),
        ("show=unconfirmed", ["published"]),
        ("show=closed", ["refused"]),
        ("state=refused", ["refused"]),
    ],
)
def test_views_of_the_inbox(
    query: str, expected: list[str], clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    refused = signed(simple(people["CS"], moment, 1), people, moment)
    services.refuse(
        request_id=refused.pk, content_hash=refused.content_hash, reason="no", actor=acting(people["PLAN"]), now=moment
    )
    rows = {
        "waiting": simple(people["CS"], moment, 2).pk,
        "published": published(people, moment, {"title": "live"}).pk,
        "refused": refused.pk,
    }
    assert numbers(clients["MGR"].get(f"{URL}?{query}")) == [rows[name] for name in expected]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=tests.rich", 2),
        ("kind=tests.note", 1),
        ("risk=low", 1),
        ("importance=important", 1),
        ("role=OPS", 3),
        ("role=MGR", 0),
    ],
)
def test_filters_narrow(
    query: str, found: int, clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    simple(people["CS"], moment, 1)
    submitted(people["CS"], moment)
    note = submitted(people["CS"], moment, {"title": "a"}, kind=KIND)
    services.raise_importance(request_id=note.pk, reason="recall", actor=acting(people["CS"]), now=moment)
    assert len(numbers(clients["MGR"].get(f"{URL}?show=all&{query}"))) == found


def test_shop_narrows_and_a_stranger_shop_is_not_seen(
    clients: dict[str, RoleClient], client_as: ClientAs, people: dict[str, Employee], moment: datetime
) -> None:
    here, there = ShopFactory(), ShopFactory()
    mine = submitted(people["OPS"], moment, {"title": "here"}, store_id=here.pk)
    submitted(people["OPS"], moment, {"title": "there"}, store_id=there.pk)
    assert numbers(clients["MGR"].get(f"{URL}?show=all&store_id={here.pk}")) == [mine.pk]
    assert numbers(client_as("CS", shops=[here]).get(f"{URL}?show=all")) == []


def test_row_says_class_with_its_rule_stage_money_and_fields(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    first = published(people, moment - timedelta(hours=2), {"title": "tea", "price": "10.00"})
    submitted(people["CS"], moment, {"title": "tea", "price": "12.00"}, subject_id=first.subject_id)
    html = clients["OPS"].get(f"{URL}?show=open").content.decode()
    for words in ('title="the price changes"', "rich note", "facts", "¥10.00", str(people["CS"]), ">price<"):
        assert words in html, words


def test_paused_request_says_for_whom_instead_of_a_clock(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    change = simple(people["CS"], moment, 1)
    services.pause_request(
        request_id=change.pk, reason="report", debtor="Laboratory", actor=acting(people["MGR"]), now=moment
    )
    assert "waits for Laboratory" in clients["OPS"].get(URL).content.decode()


def test_number_and_words_are_found(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    change = submitted(people["CS"], moment, {"title": "龙井茶"})
    simple(people["CS"], moment, 2)
    for words in (change.number, str(change.pk), "龙井"):
        assert numbers(clients["MGR"].get(URL, {"show": "all", "q": words})) == [change.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_asks_the_same_however_many_rows(
    count: int,
    clients: dict[str, RoleClient],
    people: dict[str, Employee],
    moment: datetime,
    django_assert_num_queries: Any,
) -> None:
    for number in range(count):
        signed(simple(people["CS"], moment, number), people, moment)
    clients["PLAN"].get(URL)
    with django_assert_num_queries(12):
        assert len(numbers(clients["PLAN"].get(URL))) == count


def test_panel_of_the_home_page_is_a_bare_fragment(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    change = simple(people["CS"], moment, 1)
    html = clients["OPS"].get(reverse("approvals:request_panel")).content.decode()
    assert change.number in html
    assert "<html" not in html
    assert clients["OPS"].get("/").content.decode().count("/approvals/requests/panel/") == 1
    assert clients["CS"].get(reverse("approvals:request_panel")).content.decode().count("Nothing waits") == 1


# --- several at once


def chosen(changes: list[ChangeRequest], **more: Any) -> dict[str, Any]:
    return {
        "do": "bulk",
        "action": "approve",
        "row": [change.pk for change in changes],
        "stamp": [f"{change.pk}={change.content_hash}" for change in changes],
        **more,
    }


def confirmed(changes: list[ChangeRequest], **more: Any) -> dict[str, Any]:
    return chosen(changes, step="run", count=len(changes), reason="seasonal titles", **more)


@pytest.fixture
def waiting(people: dict[str, Employee], moment: datetime) -> list[ChangeRequest]:
    """Six of low risk that planning decides."""
    return [signed(simple(people["CS"], moment, number), people, moment) for number in range(6)]


def test_sample_must_be_opened_before_several_are_approved(
    clients: dict[str, RoleClient], waiting: list[ChangeRequest]
) -> None:
    client = clients["PLAN"]
    client.get(waiting[0].get_absolute_url())
    response = client.post(URL, confirmed(waiting))
    assert response.status_code == 422
    assert response.context["notice"].startswith("Open at least 2 of them first")
    assert not Job.objects.exists()
    clients["MGR"].get(waiting[1].get_absolute_url())  # somebody else's look does not count
    assert client.post(URL, confirmed(waiting)).status_code == 422
    client.get(waiting[1].get_absolute_url())
    assert client.post(URL, confirmed(waiting)).status_code == 303
    assert Job.objects.get().params["stamps"] == {str(one.pk): one.content_hash for one in waiting}


def test_approved_together_means_each_as_it_was_shown(
    clients: dict[str, RoleClient], people: dict[str, Employee], waiting: list[ChangeRequest]
) -> None:
    client = clients["PLAN"]
    for one in waiting[:2]:
        client.get(one.get_absolute_url())
    client.post(URL, confirmed(waiting))
    job = Job.objects.get()
    job.params["stamps"][str(waiting[5].pk)] = "0" * 64
    lines: list[bulk.BulkLine] = []
    bulk.perform(
        job.params, user=client.employee, actor=acting(client.employee), reason=job.reason, report=lines.append
    )
    assert [line.ok for line in sorted(lines, key=lambda line: int(line.pk))] == [True] * 5 + [False]
    assert Decision.objects.filter(is_bulk=True, reason="seasonal titles").count() == 5
    assert ChangeRequest.objects.get(pk=waiting[5].pk).state == "in_review"


def test_mixed_kinds_and_risk_are_not_approved_together(
    clients: dict[str, RoleClient], people: dict[str, Employee], waiting: list[ChangeRequest], moment: datetime
) -> None:
    client = clients["PLAN"]
    other = signed(submitted(people["CS"], moment, {"title": "x"}, kind=KIND), people, moment)
    risky = signed(submitted(people["CS"], moment), people, moment)
    for one in (*waiting, other, risky):
        client.get(one.get_absolute_url())
    said = [client.post(URL, confirmed([waiting[0], one])).context["notice"] for one in (other, risky)]
    assert [words.split(".")[0] for words in said] == [
        "Only requests of one kind are approved together",
        "Only requests of low risk are approved together",
    ]
    assert not Job.objects.exists()


def test_rows_that_were_not_shown_cannot_be_chosen(
    clients: dict[str, RoleClient], waiting: list[ChangeRequest]
) -> None:
    client = clients["PLAN"]
    for one in waiting:
        client.get(one.get_absolute_url())
    response = client.post(URL, {**confirmed(waiting), "all": "on", "stamp": []})
    assert response.context["notice"].startswith("Only rows that were shown to you")
    assert not Job.objects.exists()


def test_list_carries_the_hash_of_every_row(clients: dict[str, RoleClient], waiting: list[ChangeRequest]) -> None:
    html = clients["PLAN"].get(URL).content.decode()
    assert [f'name="stamp" value="{one.pk}={one.content_hash}"' in html for one in waiting] == [True] * 6
    assert "data-bulk-all" not in html
