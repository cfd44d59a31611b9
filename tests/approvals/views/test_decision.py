"""The decision page: what it shows, and every act on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from approvals import services
from approvals.models import ChangeRequest, Comment, Decision, RequestView, SecurityEvent, Signature
from approvals.registries import approval_kinds
from approvals.selectors.decision_page import Against, difference
from approvals.selectors.inbox import next_waiting
from stores.models import Employee
from tests.approvals.builders import acting
from tests.approvals.kinds import NOTES, write_note
from tests.approvals.rich_notes import RICH, V1, V2, finding, published, signed, simple, submitted
from tests.conftest import RoleClient
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., RoleClient]


@pytest.fixture
def change(people: dict[str, Employee], moment: datetime) -> ChangeRequest:
    """A second version, signed by both departments: planning decides."""
    first = published(people, moment - timedelta(hours=3))
    return signed(submitted(people["CS"], moment - timedelta(hours=1), subject_id=first.subject_id), people, moment)


def act(client: RoleClient, change: ChangeRequest, verb: str, **data: Any) -> Any:
    facts = {"content_hash": change.content_hash, **data}
    return client.post(reverse(f"approvals:request_{verb}", args=[change.pk]), facts)


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def fresh(change: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=change.pk)


# --- the difference


def test_difference_is_against_live_word_by_word_side_by_side_and_in_percent(change: ChangeRequest) -> None:
    diff = difference(change, Against.LIVE)
    assert [(block.name, block.shape) for block in diff.changed] == [
        ("title", "text"),
        ("blocks.intro", "text"),
        ("prices", "value"),
        ("photos", "picture"),
        ("tags", "list"),
    ]
    title, intro, prices, photos, tags = diff.changed
    assert [(run.kind, run.text) for run in title.rows[0].runs] == [
        ("same", "龙井茶 250 克 "),
        ("removed", "明前特级"),
        ("added", "雨前一等"),
    ]
    assert ("removed", "清明") in [(run.kind, run.text) for run in intro.rows[0].runs]
    assert [(row.label, row.before, row.after, row.percent) for row in prices.rows] == [
        ("TEA-250", "128.00", "118.00", "−7.8 %"),
        ("TEA-500", None, "218.00", ""),
    ]
    assert [(row.kind, bool(row.before), bool(row.after)) for row in photos.rows] == [
        ("changed", True, True),
        ("removed", True, False),
        ("added", False, True),
    ]
    assert tags.rows[0].items == (("same", "green"), ("removed", "spring"), ("added", "gift"))
    assert [label for label, _words in diff.same] == ["service"]


def test_difference_against_nothing_and_against_the_version_approved_last(
    change: ChangeRequest, people: dict[str, Employee], moment: datetime
) -> None:
    services.take_down(
        kind=RICH, subject_type=change.subject_type, subject_id=change.subject_id, reason="recall",
        actor=acting(people["MGR"]), now=moment,
    )  # fmt: skip
    names = {against: [block.name for block in difference(change, against).changed] for against in Against.ALL}
    everything = ["title", "blocks.intro", "blocks.story", "prices", "photos", "service", "tags"]
    assert names["approved"] == ["title", "blocks.intro", "prices", "photos", "tags"]
    assert (names["live"], names["nothing"]) == (everything, everything)


def test_difference_of_a_decided_request_stays_what_was_decided(
    change: ChangeRequest, clients: dict[str, RoleClient]
) -> None:
    before = [block.name for block in difference(change, Against.LIVE).changed]
    act(clients["PLAN"], change, "approve")
    assert fresh(change).state == "published"
    assert [block.name for block in difference(fresh(change), Against.LIVE).changed] == before


def test_page_shows_everything_around_the_difference(
    clients: dict[str, RoleClient], people: dict[str, Employee], change: ChangeRequest, moment: datetime
) -> None:
    other = submitted(people["CS"], moment, {**V2, "title": "Another title"}, subject_id=change.subject_id)
    services.comment(request_id=change.pk, text="The lab has answered.", actor=acting(people["FIN"]), now=moment)
    html = clients["PLAN"].get(change.get_absolute_url()).content.decode()
    for words in (
        "<ins>雨前一等</ins>", "<del>明前特级</del>", 'alt="新茶罐"', "−7.8 %", "margin", "26 %", "¥10.00", "The lab has answered.",
        other.number, "Both change:", str(people["OPS"]), "stays as it is", "v1",
    ):  # fmt: skip
        assert words in html, words
    assert html.index("What changes") < html.index("Checks") < html.index("Stages and signatures")


def test_findings_stand_with_their_severity(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    pk = write_note(content={"title": "tea"})
    NOTES[pk].findings = [finding("similar", "info", "title", "71 % like another title.")]
    change = services.submit(kind=RICH, draft_id=pk, actor=acting(people["CS"]), now=moment)
    response = clients["MGR"].get(change.get_absolute_url())
    assert [(one["chip"].text, one["field"], one["text"]) for one in response.context["findings"]] == [
        ("for information", "title", "71 % like another title.")
    ]


def test_opening_is_kept_once_with_the_content_seen(clients: dict[str, RoleClient], change: ChangeRequest) -> None:
    for _time in range(2):
        clients["PLAN"].get(change.get_absolute_url())
    looks = RequestView.objects.filter(request=change).values_list("person_id", "content_hash")
    assert list(looks) == [(clients["PLAN"].employee.pk, change.content_hash)]


def test_clock_tells_who_owed_what(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    change = submitted(people["CS"], moment - timedelta(hours=6))
    manager = acting(people["MGR"])
    services.pause_request(
        request_id=change.pk, reason="test report", debtor="Laboratory", actor=manager, now=moment - timedelta(hours=5)
    )
    services.resume_request(request_id=change.pk, actor=manager, now=moment - timedelta(hours=3))
    clock = clients["MGR"].get(change.get_absolute_url()).context["clock"]
    assert [(pause.debtor, pause.reason, pause.until) for pause in clock.pauses] == [
        ("Laboratory", "test report", moment - timedelta(hours=3))
    ]
    assert clock.times.paused == timedelta(hours=2)
    assert clock.times.gross - clock.times.net == timedelta(hours=2)


# --- who may what


def test_author_sees_no_approve_button_and_the_service_refuses(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    services.set_deputy(
        person_id=people["PLAN"].pk, deputy_id=people["OPS"].pk, starts_at=moment - timedelta(days=1),
        ends_at=moment + timedelta(days=1), actor=acting(people["MGR"]), now=moment - timedelta(days=2),
    )  # fmt: skip
    change = submitted(people["OPS"], moment, {"title": "my own"})
    html = clients["OPS"].get(change.get_absolute_url()).content.decode()
    assert reverse("approvals:request_approve", args=[change.pk]) not in html
    assert reverse("approvals:request_sign", args=[change.pk]) not in html
    assert "somebody else decides" in html
    response = act(clients["OPS"], change, "approve")
    assert said(response)[0].startswith("Nobody decides about their own work")
    assert (fresh(change).state, Decision.objects.count()) == ("in_review", 0)
    assert SecurityEvent.objects.filter(code="own_work").exists()


def test_stranger_finds_nothing(clients: dict[str, RoleClient], client_as: ClientAs, change: ChangeRequest) -> None:
    stranger = client_as("WH")
    assert stranger.get(change.get_absolute_url()).status_code == 404
    assert act(stranger, change, "comment", text="hello").status_code == 404
    assert Comment.objects.count() == 0


def test_page_of_another_shop_is_not_there(client_as: ClientAs, people: dict[str, Employee], moment: datetime) -> None:
    here, there = ShopFactory(), ShopFactory()
    seller = client_as("CS", shops=[here])
    change = submitted(people["OPS"], moment, store_id=there.pk)
    assert seller.get(change.get_absolute_url()).status_code == 404


def test_without_the_right_nobody_decides(
    clients: dict[str, RoleClient], client_as: ClientAs, change: ChangeRequest
) -> None:
    watcher = client_as("SUP")
    assert watcher.get(change.get_absolute_url()).status_code == 200
    assert act(watcher, change, "approve").status_code == 403
    assert fresh(change).state == "in_review"


def test_deputy_opens_and_decides_under_both_names(
    clients: dict[str, RoleClient], people: dict[str, Employee], change: ChangeRequest, moment: datetime
) -> None:
    services.set_deputy(
        person_id=people["PLAN"].pk, deputy_id=people["FIN"].pk, starts_at=moment - timedelta(days=1),
        ends_at=moment + timedelta(days=1), actor=acting(people["MGR"]), now=moment - timedelta(days=2),
    )  # fmt: skip
    html = clients["FIN"].get(change.get_absolute_url()).content.decode()
    assert f"you decide as deputy of {people['PLAN']}" in html
    act(clients["FIN"], change, "approve")
    decision = Decision.objects.get(request=change)
    assert (decision.decider_id, decision.acts_for_id) == (people["FIN"].pk, people["PLAN"].pk)
    assert f"as deputy of {people['PLAN']}" in clients["MGR"].get(change.get_absolute_url()).content.decode()


# --- deciding


def test_approval_is_of_what_was_shown_and_the_next_one_opens(
    clients: dict[str, RoleClient], people: dict[str, Employee], change: ChangeRequest, moment: datetime
) -> None:
    following = signed(simple(people["CS"], moment, 1), people, moment)
    response = act(clients["PLAN"], change, "approve")
    assert (response.status_code, response.url) == (303, following.get_absolute_url())
    assert said(response) == [f"{change.number} approved; next: {following}"]
    assert fresh(change).state == "published"
    response = act(clients["PLAN"], following, "approve")
    assert response.url == reverse("approvals:request_list")
    assert said(response)[-1] == f"{following.number} approved. Nothing else waits for you."


def test_approval_of_something_else_than_was_shown_is_refused(
    clients: dict[str, RoleClient], change: ChangeRequest
) -> None:
    response = act(clients["PLAN"], change, "approve", content_hash="0" * 64)
    assert "was changed after it was shown to you" in said(response)[0]
    assert (fresh(change).state, Decision.objects.filter(request=change).count()) == ("in_review", 0)


def test_second_manager_is_told_by_name(
    clients: dict[str, RoleClient], client_as: ClientAs, change: ChangeRequest
) -> None:
    second = client_as("PLAN")
    act(clients["PLAN"], change, "approve")
    response = act(second, change, "approve")
    assert said(response)[0].startswith(f"{clients['PLAN'].employee} decided {change.number} meanwhile")
    assert response.url == change.get_absolute_url()
    assert Decision.objects.filter(request=change).count() == 1
    html = second.get(change.get_absolute_url()).content.decode()
    assert f"<strong>{clients['PLAN'].employee}</strong>: approved" in html


def test_refusal_keeps_a_reason_beside_each_field(clients: dict[str, RoleClient], change: ChangeRequest) -> None:
    response = act(
        clients["PLAN"], change, "refuse", **{"field-title": "Too long.", "field-prices": "  ", "against": "live"}
    )
    assert response.status_code == 303
    decision = Decision.objects.get(request=change)
    assert (decision.outcome, decision.reason, decision.field_reasons) == ("refuse", "", {"title": "Too long."})
    html = clients["CS"].get(change.get_absolute_url()).content.decode()
    assert "Too long." in html


def test_refusal_without_a_reason_is_asked_for_one(clients: dict[str, RoleClient], change: ChangeRequest) -> None:
    response = act(clients["PLAN"], change, "refuse", reason=" ")
    assert response.status_code == 422
    assert "A refusal needs a reason" in response.content.decode()
    assert (fresh(change).state, Decision.objects.filter(request=change).count()) == ("in_review", 0)


def test_signing_one_section_leads_on_and_keeps_who_signed(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    change = submitted(people["CS"], moment)
    response = act(clients["OPS"], change, "sign", section="facts")
    assert said(response) == [f"{change.number} signed. Nothing else waits for you."]
    assert Signature.objects.get().signer_id == people["OPS"].pk
    rows = {row.stage.code: row for row, _fields in clients["MGR"].get(change.get_absolute_url()).context["stages"]}
    assert (rows["facts"].who, rows["price"].people) == (str(people["OPS"]), (str(people["FIN"]),))
    response = act(clients["OPS"], change, "sign", section="facts")
    assert said(response)[-1] == "“facts” has been signed already."


def test_emergency_has_two_names_and_an_after_review_by_a_third(
    clients: dict[str, RoleClient], client_as: ClientAs, people: dict[str, Employee], moment: datetime
) -> None:
    change = simple(people["CS"], moment, 1)
    refused = act(clients["MGR"], change, "emergency", reason="")
    assert (refused.status_code, fresh(change).state) == (422, "in_review")
    act(clients["MGR"], change, "emergency", reason="recall of a batch")
    assert (fresh(change).state, fresh(change).is_emergency) == ("published", True)
    url = reverse("approvals:request_review", args=[change.pk])
    assert url not in clients["MGR"].get(change.get_absolute_url()).content.decode()
    third = client_as("MGR")
    assert url in third.get(change.get_absolute_url()).content.decode()
    act(third, change, "review", good="yes", note="The recall was right.")
    outcomes = list(Decision.objects.filter(request=change).order_by("pk").values_list("outcome", "decider_id"))
    assert outcomes == [("emergency", people["MGR"].pk), ("review_good", third.employee.pk)]


def test_after_review_waits_only_for_whoever_may_do_it_and_the_page_of_others_names_them(
    clients: dict[str, RoleClient], client_as: ClientAs, people: dict[str, Employee], moment: datetime
) -> None:
    third, overseer, deputy = client_as("MGR"), client_as("SUP"), clients["FIN"]
    services.set_deputy(
        person_id=people["MGR"].pk, deputy_id=people["FIN"].pk, starts_at=moment - timedelta(days=1),
        ends_at=moment + timedelta(days=1), actor=acting(third.employee), now=moment - timedelta(days=2),
    )  # fmt: skip
    services.set_deputy(
        person_id=people["CS"].pk, deputy_id=people["OPS"].pk, starts_at=moment - timedelta(days=1),
        ends_at=moment + timedelta(days=1), actor=acting(third.employee), now=moment - timedelta(days=2),
    )  # fmt: skip
    change = simple(people["CS"], moment, 1)
    act(clients["MGR"], change, "emergency", reason="recall of a batch")
    inbox, panel = reverse("approvals:request_list"), reverse("approvals:request_panel")
    review = reverse("approvals:request_review", args=[change.pk])
    for browser in (third, overseer):
        assert [row.pk for row in browser.get(inbox).context["rows"]] == [change.pk]
        assert review in browser.get(change.get_absolute_url()).content.decode()
    assert change.number in third.get(panel).content.decode()
    assert next_waiting(third.employee, moment) == change
    for browser in (clients["MGR"], clients["CS"], clients["OPS"], deputy):
        assert list(browser.get(inbox).context["rows"]) == []
        assert next_waiting(browser.employee, moment) is None
    assert change.number not in clients["MGR"].get(panel).content.decode()
    names = ", ".join(str(browser.employee) for browser in (third, overseer))
    for browser in (clients["MGR"], clients["CS"], deputy):
        html = browser.get(change.get_absolute_url()).content.decode()
        assert review not in html
        assert f"A third person has to look at it: {names}." in html


def test_deputy_of_the_requester_gets_no_turn_that_the_page_refuses(
    clients: dict[str, RoleClient], client_as: ClientAs, people: dict[str, Employee], moment: datetime
) -> None:
    asks, other = client_as("PLAN"), clients["PLAN"]
    services.set_deputy(
        person_id=asks.employee.pk, deputy_id=people["CS"].pk, starts_at=moment - timedelta(days=1),
        ends_at=moment + timedelta(days=1), actor=acting(people["MGR"]), now=moment - timedelta(days=2),
    )  # fmt: skip
    change = signed(simple(asks.employee, moment, 1), people, moment)
    others = signed(simple(people["OPS"], moment, 2, kind=RICH), {**people, "OPS": client_as("OPS").employee}, moment)
    assert next_waiting(other.employee, moment) == change
    assert [row.pk for row in clients["CS"].get(reverse("approvals:request_list")).context["rows"]] == [others.pk]


def test_approval_carries_a_note_and_who_wrote_it_stands_beside_who_asks(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    change = signed(submitted(people["CS"], moment, {"title": "a"}, authors=(people["MGR"].pk,)), people, moment)
    html = clients["PLAN"].get(change.get_absolute_url()).content.decode()
    assert clients["PLAN"].get(change.get_absolute_url()).context["proposers"] == str(people["MGR"])
    assert "Requested by" in html
    act(clients["PLAN"], change, "approve", note="  Well said. ")
    assert Decision.objects.get(request=change).reason == "Well said."
    assert "Well said." in clients["CS"].get(change.get_absolute_url()).content.decode()


def test_each_kind_has_its_reasons_and_only_what_shoppers_see_has_an_emergency(
    clients: dict[str, RoleClient],
    people: dict[str, Employee],
    moment: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listing, plan = approval_kinds.get("catalog.listing"), approval_kinds.get("catalog.listing_plan")
    proposal = approval_kinds.get("stores.proposal")
    assert len(set(map(str, listing.refusal_reasons)) & set(map(str, proposal.refusal_reasons))) == 0
    assert (listing.has_emergency, plan.has_emergency, proposal.has_emergency) == (True, False, False)
    change = simple(people["CS"], moment, 1)
    before = approval_kinds.get(RICH)
    address = reverse("approvals:request_emergency", args=[change.pk])
    assert address in clients["MGR"].get(change.get_absolute_url()).content.decode()
    monkeypatch.setitem(approval_kinds._items, RICH, replace(before, may_skip_stages=False))
    assert address not in clients["MGR"].get(change.get_absolute_url()).content.decode()
    act(clients["MGR"], change, "emergency", reason="it cannot wait")
    assert (fresh(change).state, Decision.objects.filter(request=change).count()) == ("in_review", 0)


# --- other acts


def test_class_is_raised_by_anybody_and_lowered_by_management_with_reason(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    change = simple(people["CS"], moment, 1)
    act(clients["CS"], change, "raise", reason="It is a recall.")
    assert fresh(change).importance == "important"
    assert act(clients["CS"], change, "lower", reason="no").status_code == 403
    assert act(clients["MGR"], change, "lower", reason="").status_code == 422
    assert fresh(change).importance == "important"
    act(clients["MGR"], change, "lower", reason="It is none.")
    assert fresh(change).importance == "general"
    html = clients["MGR"].get(change.get_absolute_url()).content.decode()
    assert "raised by a person, lowered by management" in html


def test_pause_names_the_department_and_needs_a_reason(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    change = simple(people["CS"], moment, 1)
    assert act(clients["MGR"], change, "pause", debtor="Laboratory", reason="").status_code == 422
    for unknown in ({"debtor": "Laboratory"}, {"debtor": "other", "other": " "}):
        assert act(clients["MGR"], change, "pause", reason="report", **unknown).status_code == 422
    assert clients["MGR"].get(change.get_absolute_url()).context["clock"].is_paused is False
    act(clients["MGR"], change, "pause", debtor="other", other="Laboratory", reason="report")
    deciding = clients["OPS"].get(change.get_absolute_url()).content.decode()
    assert "The clock stands still: this waits for Laboratory." in deciding
    response = clients["MGR"].get(change.get_absolute_url())
    assert "waits for Laboratory" in response.content.decode()
    act(clients["MGR"], change, "resume", reason="it came")
    assert clients["MGR"].get(change.get_absolute_url()).context["clock"].is_paused is False


def test_only_its_people_take_a_request_back(
    clients: dict[str, RoleClient], people: dict[str, Employee], moment: datetime
) -> None:
    change = simple(people["CS"], moment, 1)
    response = act(clients["MGR"], change, "withdraw", reason="not needed")
    assert response.status_code == 422
    assert f"Only {people['CS']}, who asked for it" in response.content.decode()
    assert fresh(change).state == "in_review"
    act(clients["CS"], change, "withdraw", reason="not needed")
    assert fresh(change).state == "withdrawn"


def test_an_empty_word_is_not_said(clients: dict[str, RoleClient], change: ChangeRequest) -> None:
    assert act(clients["PLAN"], change, "comment", text="").status_code == 422
    assert Comment.objects.count() == 0


def test_stage_clock_leads_to_its_request(clients: dict[str, RoleClient], change: ChangeRequest) -> None:
    stage = change.stages.get(code="decide")
    response = clients["PLAN"].get(reverse("approvals:request_stage", args=[stage.pk]))
    assert response.url == change.get_absolute_url()


def test_number_opens_from_the_top_search(
    clients: dict[str, RoleClient], client_as: ClientAs, change: ChangeRequest
) -> None:
    response = clients["PLAN"].get(reverse("search"), {"q": change.number.lower()})
    assert (response.status_code, response.url) == (302, change.get_absolute_url())
    assert client_as("WH").get(reverse("search"), {"q": change.number}).status_code == 200


def test_first_version_is_compared_with_nothing_live(people: dict[str, Employee], moment: datetime) -> None:
    diff = difference(submitted(people["CS"], moment, V1), Against.LIVE)
    assert diff.base == "nothing: it is not live yet"
    assert diff.same == []
