"""The screens of redesign proposals: who sees what, what each act answers, and files that cannot hurt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stores import services
from stores.models import Proposal, ProposalFile
from tests.factories import proposals as make
from tests.factories.stores import DepartmentFactory, EmployeeFactory, ShopFactory
from tests.support import pictures

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Any]
WORDS = {"title": "Calmer home page", "text": "Fewer banners.", "expected_effect": "People stay longer.", "cost": ""}


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def url(name: str, pk: int | None = None) -> str:
    return reverse(f"stores:{name}", args=[] if pk is None else [pk])


def words(response: Any) -> str:
    return str(response.content.decode())


def status(client: Any, address: str) -> int:
    response = client.get(address)
    if response.streaming:  # reading to the end closes the file
        b"".join(response.streaming_content)
    return int(response.status_code)


def mock_up(name: str = "mock.png") -> services.Upload:
    return services.Upload(name, pictures.photo(80, 60, format="PNG"))


def test_clerk_without_other_rights_files_one_and_follows_it(client_as: ClientAs) -> None:
    clerk, planner, manager = client_as("CS"), client_as("PLAN"), client_as("MGR")
    sent = {**WORDS, "shop": ShopFactory().pk, "file": [pictures.upload("a.png", pictures.photo(80, 60, format="PNG"))]}
    answer = clerk.post(url("proposal_new"), sent)
    proposal = Proposal.objects.get()
    assert (answer.status_code, answer.url) == (303, proposal.get_absolute_url())
    assert "The planning group discusses it." in words(clerk.get(proposal.get_absolute_url()))
    assert planner.get(proposal.get_absolute_url()).context["may_discuss"] is True

    discussion = {
        "held_on": timezone.localdate().isoformat(),
        "present": [planner.employee.pk, manager.employee.pk],
        "minutes": "Good.",
        "votes_for": "2",
        "votes_against": "0",
        "recommendation": "adopt",
    }
    assert planner.post(url("proposal_discuss", proposal.pk), discussion).status_code == 303
    shown = words(clerk.get(proposal.get_absolute_url()))
    assert str(manager.employee) in shown and "2 : 0" in shown and "adopt" in shown

    assert (
        planner.post(url("proposal_send", proposal.pk), {"cost": "¥ 3,000", "effect": "More time"}).status_code == 303
    )
    request = proposal.__class__.objects.get().request
    assert request is not None
    assert "The management decides." in words(clerk.get(proposal.get_absolute_url()))
    assert manager.get(proposal.get_absolute_url()).context["decides"] is True
    make.decided(request, manager.employee, now=timezone.now(), refuse="Too dear this year.")
    shown = words(clerk.get(proposal.get_absolute_url()))
    assert "Too dear this year." in shown and "Revise and send again" in shown
    assert "Too dear this year." in words(clerk.get(url("proposal_panel")))
    assert clerk.post(url("proposal_revise", proposal.pk), {**WORDS, "text": "Only the banners."}).status_code == 303
    assert Proposal.objects.get().state == "discussed"


def test_execution_from_order_to_closing(client_as: ClientAs) -> None:
    clerk, planner, manager, artist = (client_as(role) for role in ("CS", "PLAN", "MGR", "ART"))
    proposal = make.approved(clerk.employee, planner.employee, manager.employee, now=timezone.now())
    due = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    order = {"text": "Draw it", "owner": artist.employee.pk, "due_at": due}
    assert planner.post(url("proposal_order_new", proposal.pk), order).status_code == 303
    order_page = url("proposal_order", proposal.orders.get().pk)
    assert "Draw it" in words(artist.get(proposal.get_absolute_url()))
    refused = artist.post(order_page, {"note": "As approved."})
    assert refused.status_code == 422 and "There is no evidence yet" in words(refused)
    assert clerk.post(order_page, {"note": "x"}).status_code == 403
    assert proposal.orders.get().done_at is None
    proof = pictures.upload("proof.png", pictures.photo(80, 60, format="PNG"))
    assert artist.post(order_page, {"note": "As approved.", "file": [proof]}).status_code == 303
    assert "After a month" in words(artist.get(proposal.get_absolute_url()))
    assert artist.post(url("proposal_close", proposal.pk), {"effect_note": ""}).status_code == 422
    assert artist.post(url("proposal_close", proposal.pk), {"effect_note": "Stay time +8 %."}).status_code == 303
    shown = words(clerk.get(proposal.get_absolute_url()))
    assert "Stay time +8 %." in shown and "proof.png" in shown
    assert Proposal.objects.get().state == "closed"


def test_somebody_elses_proposal_and_its_files_are_not_there(client_as: ClientAs) -> None:
    clerk, other, artist = client_as("CS"), client_as("CS"), client_as("ART")
    proposal = make.filed(clerk.employee, now=timezone.now(), files=[mock_up()])
    file = url("proposal_file", proposal.files.get().pk)
    pages = [
        proposal.get_absolute_url(),
        file,
        url("proposal_revise", proposal.pk),
        url("proposal_withdraw", proposal.pk),
    ]
    assert [status(other, page) for page in pages] == [404, 404, 404, 404]
    assert [status(clerk, page) for page in pages] == [200, 200, 200, 200]
    assert [status(artist, page) for page in pages] == [200, 200, 404, 404]
    assert [row.title for row in other.get(url("proposal_list")).context["rows"]] == []
    assert other.post(url("proposal_withdraw", proposal.pk), {"reason": "x"}).status_code == 404
    assert clerk.get(url("proposal_discuss", proposal.pk)).status_code == 403
    assert Client().get(file).status_code == 302
    assert Proposal.objects.get().state == "filed"


def test_owner_of_a_work_order_sees_its_proposal(client_as: ClientAs) -> None:
    clerk, planner, manager, keeper = (client_as(role) for role in ("CS", "PLAN", "MGR", "WH"))
    people = (clerk.employee, planner.employee, manager.employee)
    proposal = make.approved(*people, now=timezone.now(), owner=keeper.employee)
    shown = words(keeper.get(proposal.get_absolute_url()))
    assert "Report each work order as done" in shown
    sent = {"note": "Done as approved.", "file": [pictures.upload("p.png", pictures.photo(80, 60, format="PNG"))]}
    assert keeper.post(url("proposal_order", proposal.orders.get().pk), sent).status_code == 303


def test_pictures_are_shown_and_documents_downloaded_without_guessing(client_as: ClientAs) -> None:
    clerk = client_as("CS")
    proposal = make.filed(
        clerk.employee, now=timezone.now(), files=[mock_up("a b.png"), services.Upload("why.txt", b"because")]
    )
    picture, text = (clerk.get(url("proposal_file", file.pk)) for file in proposal.files.order_by("pk"))
    assert (picture["Content-Type"], text["Content-Type"]) == ("image/png", "application/octet-stream")
    assert picture["X-Content-Type-Options"] == text["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in picture["Content-Security-Policy"] and "sandbox" in text["Content-Security-Policy"]
    assert text["Content-Disposition"].startswith("attachment")
    assert b"".join(text.streaming_content) == b"because"
    assert b"".join(picture.streaming_content).startswith(b"\x89PNG")


def test_hostile_upload_is_an_error_on_its_field(client_as: ClientAs) -> None:
    clerk = client_as("CS")
    answer = clerk.post(url("proposal_new"), {**WORDS, "file": [pictures.upload("a.png", b"<svg onload=alert(1)>")]})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["file"]
    assert (Proposal.objects.count(), ProposalFile.objects.count()) == (0, 0)


def test_presets_of_the_list(client_as: ClientAs) -> None:
    planner, clerk = client_as("PLAN"), client_as("CS")
    now = timezone.now()
    mine = make.filed(planner.employee, now=now, title="Calm")
    make.filed(clerk.employee, now=now, title="Theirs")
    make.discussed(clerk.employee, planner.employee, now=now, title="Discussed")
    services.withdraw_proposal(proposal_id=mine.pk, reason="r", actor=make.as_actor(planner.employee), now=now)

    def found(query: str) -> list[str]:
        shown = words(planner.get(f"{url('proposal_list')}?{query}"))
        return [title for title in ("Calm", "Theirs", "Discussed") if f">{title}<" in shown]

    titles = {query: found(query) for query in ("", "mine=true", "open=true", "state=filed")}
    assert titles == {
        "": ["Calm", "Theirs", "Discussed"],
        "mine=true": ["Calm"],
        "open=true": ["Theirs", "Discussed"],
        "state=filed": ["Theirs"],
    }


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_however_long(client_as: ClientAs, count: int, django_assert_num_queries: Any) -> None:
    planner, clerk = client_as("PLAN"), client_as("CS")
    for number in range(count):
        make.discussed(
            clerk.employee, planner.employee, now=timezone.now(), title=f"T{number}", shop_id=ShopFactory().pk
        )
    planner.get(url("proposal_list"))
    with django_assert_num_queries(6):
        assert planner.get(url("proposal_list")).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_however_much_happened(
    client_as: ClientAs, count: int, django_assert_num_queries: Any
) -> None:
    clerk, planner, manager, artist = (client_as(role) for role in ("CS", "PLAN", "MGR", "ART"))
    now = timezone.now()
    proposal = make.filed(clerk.employee, now=now, files=[services.Upload(f"{n}.txt", b"%d" % n) for n in range(count)])
    for _number in range(count):
        make.discuss(proposal, planner.employee, now=now)
        make.order(proposal, artist.employee, planner.employee, now=now)
    make.decided(make.sent(proposal, planner.employee, now=now), manager.employee, now=now)
    manager.get(proposal.get_absolute_url())
    with django_assert_num_queries(13):
        assert manager.get(proposal.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("field", ["title", "text", "expected_effect", "cost"])
def test_what_nobody_sees_is_refused_at_its_field(client_as: ClientAs, field: str) -> None:
    clerk = client_as("CS")
    answer = clerk.post(url("proposal_new"), {**WORDS, field: "\u200b\u200d"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Proposal.objects.count() == 0


def test_an_act_that_will_be_refused_says_so_before_its_form(client_as: ClientAs) -> None:
    clerk, planner = client_as("CS"), client_as("PLAN")
    proposal = make.filed(clerk.employee, now=timezone.now())
    opened = words(planner.get(url("proposal_send", proposal.pk)))
    assert "is filed: this is not possible now." in opened and 'name="effect"' not in opened
    assert 'name="minutes"' in words(planner.get(url("proposal_discuss", proposal.pk)))


def test_people_are_offered_by_department(client_as: ClientAs) -> None:
    clerk, planner = client_as("CS"), client_as("PLAN")
    EmployeeFactory(display_name="Zoe", department=DepartmentFactory(code="aaa", name="Aaa design"))
    EmployeeFactory(display_name="Ada", department=DepartmentFactory(code="bbb", name="Bbb trade"))
    proposal = make.filed(clerk.employee, now=timezone.now())
    opened = words(planner.get(url("proposal_discuss", proposal.pk)))
    assert opened.index("Aaa design · Zoe") < opened.index("Bbb trade · Ada")
