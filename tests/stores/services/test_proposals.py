"""A redesign proposal from the first idea to its measured effect (APPR-7 to APPR-10)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import DatabaseError, connection, transaction

from approvals import services as approvals
from approvals.errors import ContentHasChanged, OwnWork
from approvals.models import ChangeRequest, Deadline, DeadlineStep, Notice, TrailEntry
from approvals.states import DeadlineState, RequestState, StepKind
from config.kit.actor import Actor
from config.kit.errors import InvalidInput, NotPermitted
from config.kit.pictures import PictureRefused
from config.kit.uploads import DocumentRefused
from stores import services
from stores.errors import (
    DiscussionMissing,
    EvidenceMissing,
    ProposalNotAtThisPoint,
    ProposalOfAnother,
    ProposalOrderDone,
    ReasonMissing,
)
from stores.models import Department, Employee, Page, Proposal, ProposalDiscussion, ProposalFile, ProposalOrder
from stores.states import PROPOSAL_TRANSITIONS, ProposalState, Recommendation
from tests.factories import proposals as make
from tests.factories.proposals import as_actor
from tests.factories.stores import EmployeeFactory, ShopFactory
from tests.support import pictures

pytestmark = pytest.mark.django_db
PROOF = services.Upload("proof.png", pictures.photo(200, 150, format="PNG"))


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def people(db: None) -> tuple[Employee, Employee, Employee, Employee]:
    return make.cast_of_proposals()


def clocks(proposal: Proposal, subject_type: str = "stores.proposal") -> dict[str, str]:
    """The newest state of each rule's clock."""
    rows = Deadline.objects.filter(subject_type=subject_type).select_related("rule").order_by("pk")
    if subject_type == "stores.proposal":
        rows = rows.filter(subject_id=proposal.pk)
    return {row.rule.code: row.state for row in rows}


def trail(proposal: Proposal) -> list[str]:
    rows = TrailEntry.objects.filter(subject_type="stores.proposal", subject_id=proposal.pk).order_by("pk")
    return [row.action.removeprefix("stores.proposal_") for row in rows]


def everything() -> tuple[Any, ...]:
    """What a refusal must leave as it was."""
    return (
        list(Proposal.objects.order_by("pk").values_list()),
        list(ProposalOrder.objects.order_by("pk").values_list()),
        [model.objects.count() for model in (ProposalFile, ProposalDiscussion, ChangeRequest, TrailEntry, Notice)],
        list(Deadline.objects.order_by("pk").values_list("pk", "state", "due_at")),
    )


def bytes_of(file: ProposalFile) -> bytes:
    with file.file.open("rb") as handle:
        return bytes(handle.read())


def refused(error: type[Exception], call: Any, **facts: Any) -> Exception:
    """The call raises exactly this and changes nothing."""
    before = everything()
    with pytest.raises(error) as caught:
        call(**facts)
    assert type(caught.value) is error or error in (DocumentRefused, PictureRefused, DatabaseError)
    assert everything() == before
    return caught.value


# --- filed by anybody


def test_anybody_files_with_mock_ups_and_the_planning_clock_starts(people: Any, now: datetime) -> None:
    clerk, *_rest = people
    raw = pictures.photo(300, 200, exif=pictures.exif_of_a_phone())
    shop = ShopFactory()
    proposal = make.filed(
        clerk,
        now=now,
        shop_id=shop.pk,
        files=[services.Upload("mock.jpg", raw), services.Upload("why.txt", b"because")],
    )
    files = list(proposal.files.order_by("pk"))
    kept = [bytes_of(file) for file in files]
    assert (proposal.state, proposal.proposer, proposal.shop) == ("filed", clerk, shop)
    assert [file.sha256 for file in files] == [hashlib.sha256(data).hexdigest() for data in kept]
    assert [file.file.name for file in files] == [f"proposals/{f.sha256[:2]}/{f.sha256}" for f in files]
    assert kept[1] == b"because" and b"Li Wei" in raw and b"Li Wei" not in kept[0]
    deadline = Deadline.objects.get(subject_type="stores.proposal", subject_id=proposal.pk)
    assert (deadline.rule.code, deadline.owner_role, deadline.due_at) == (
        "proposal_discussed",
        "PLAN",
        now + timedelta(7),
    )
    assert trail(proposal) == ["filed"]


def test_same_mock_up_is_kept_once(people: Any, now: datetime) -> None:
    clerk, *_rest = people
    first = make.filed(clerk, now=now, files=[PROOF, services.Upload("again.png", PROOF.data)])
    second = make.filed(clerk, now=now, files=[PROOF])
    assert [file.file_name for file in first.files.all()] == ["proof.png"]
    assert first.files.get().file.name == second.files.get().file.name


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("page.html", b"<html><script>alert(1)</script>", DocumentRefused),
        ("mock.png", b"<svg onload=alert(1)>", PictureRefused),
        ("mock.png", pictures.photo(50, 50), PictureRefused),
        ("notes.txt", b"<script>alert(1)</script>", DocumentRefused),
        ("empty.pdf", b"", DocumentRefused),
    ],
)
def test_hostile_mock_up_is_refused_with_the_whole_proposal(
    people: Any, now: datetime, name: str, data: bytes, error: type[Exception]
) -> None:
    clerk, *_rest = people
    caught: Any = refused(error, make.filed, by=clerk, now=now, files=[PROOF, services.Upload(name, data)])
    assert caught.field == "file"


def test_proposal_needs_words_a_person_and_a_page_of_its_shop(people: Any, now: datetime) -> None:
    clerk, *_rest = people
    caught: Any = refused(InvalidInput, make.filed, by=clerk, now=now, expected_effect="  ")
    assert caught.field == "expected_effect"
    refused(NotPermitted, make.filed, by=clerk, now=now, actor=Actor.system("tests"))
    theirs = Page.objects.create(shop=ShopFactory(), kind="home", slug="home", name="Home", created_at=now)
    caught = refused(InvalidInput, make.filed, by=clerk, now=now, page_id=theirs.pk, shop_id=ShopFactory().pk)
    assert caught.field == "page"
    assert make.filed(clerk, now=now, page_id=theirs.pk).shop_id == theirs.shop_id
    files = [services.Upload(f"{n}.txt", str(n).encode()) for n in range(21)]
    refused(InvalidInput, make.filed, by=clerk, now=now, files=files)


def test_only_the_author_revises_or_withdraws(people: Any, now: datetime) -> None:
    clerk, planner, *_rest = people
    proposal = make.filed(clerk, now=now)
    words = {"title": "T", "text": "x", "expected_effect": "y"}
    facts = {"proposal_id": proposal.pk, "actor": as_actor(planner), "now": now}
    refused(ProposalOfAnother, services.revise_proposal, **facts, **words)
    refused(ProposalOfAnother, services.withdraw_proposal, **facts, reason="r")
    mine = facts | {"actor": as_actor(clerk)}
    refused(ReasonMissing, services.withdraw_proposal, **mine, reason=" ")
    revised = services.revise_proposal(**mine, **words, files=[PROOF])
    assert (revised.state, revised.title, revised.files.count()) == ("filed", "T", 1)
    gone = services.withdraw_proposal(**mine, reason="a better idea")
    assert (gone.state, clocks(gone)) == ("withdrawn", {"proposal_discussed": "withdrawn"})
    refused(ProposalNotAtThisPoint, services.revise_proposal, **mine, **words)
    assert trail(gone) == ["filed", "revised", "withdrawn"]


# --- discussed


def test_discussion_keeps_day_people_minutes_votes_and_recommendation(people: Any, now: datetime) -> None:
    clerk, planner, manager, _artist = people
    proposal = make.filed(clerk, now=now)
    make.discuss(proposal, planner, now=now + timedelta(1), present_ids=[planner.pk, manager.pk], votes_for=2)
    proposal.refresh_from_db()
    row = proposal.discussions.get()
    assert (row.held_on, row.present, row.minutes) == (
        (now + timedelta(1)).date(),
        [planner.pk, manager.pk],
        "Good, but not in red.",
    )
    assert (row.votes_for, row.votes_against, row.recommendation) == (2, 0, "adopt")
    assert proposal.state == "discussed"
    assert clocks(proposal) == {"proposal_discussed": "met", "proposal_sent": "running"}
    assert Notice.objects.filter(recipient=clerk, link=proposal.get_absolute_url()).count() == 1


def test_change_first_gives_it_back_and_the_clock_starts_anew(people: Any, now: datetime) -> None:
    clerk, planner, *_rest = people
    proposal = make.filed(clerk, now=now)
    later = now + timedelta(days=6)
    make.discuss(proposal, planner, now=later, recommendation=Recommendation.CHANGE, minutes="Show a phone too.")
    proposal.refresh_from_db()
    running = Deadline.objects.get(subject_type="stores.proposal", subject_id=proposal.pk, state="running")
    assert (proposal.state, running.rule.code, running.due_at) == ("filed", "proposal_discussed", later + timedelta(7))
    assert "change it first" in Notice.objects.get(recipient=clerk).text
    make.discuss(proposal, planner, now=later)
    make.discuss(proposal, planner, now=later, recommendation=Recommendation.CHANGE)
    proposal.refresh_from_db()
    assert proposal.state == "filed"
    assert clocks(proposal) == {"proposal_discussed": "running", "proposal_sent": "withdrawn"}


def test_discussion_is_refused_when_it_cannot_have_been_so(people: Any, now: datetime) -> None:
    clerk, planner, *_rest = people
    proposal = make.filed(clerk, now=now)
    for field, changes in (
        ("present", {"present_ids": []}),
        ("present", {"present_ids": [planner.pk, 999_999]}),
        ("held_on", {"held_on": now.date() + timedelta(2)}),
        ("minutes", {"minutes": " "}),
        ("votes_for", {"votes_for": 1, "votes_against": 1}),
    ):
        caught: Any = refused(InvalidInput, make.discuss, proposal=proposal, planner=planner, now=now, **changes)
        assert caught.field == field


def test_proposal_nobody_discusses_is_raised(people: Any, now: datetime) -> None:
    clerk, planner, manager, _artist = people
    head = EmployeeFactory()
    Department.objects.filter(pk=planner.department_id).update(head=head)
    proposal = make.filed(clerk, now=now)
    approvals.sweep_deadlines(now=now + timedelta(days=6, hours=23))
    assert not Deadline.objects.get(subject_id=proposal.pk).breached_at
    for hours in (1, 2, 30):
        approvals.sweep_deadlines(now=now + timedelta(days=7, hours=hours))
    deadline = Deadline.objects.get(subject_type="stores.proposal", subject_id=proposal.pk)
    assert deadline.breached_at is not None
    assert DeadlineStep.objects.filter(deadline=deadline, kind=StepKind.ESCALATED).count() >= 2
    told = set(Notice.objects.filter(deadline=deadline).values_list("recipient_id", flat=True))
    assert {planner.pk, head.pk, manager.pk} <= told


# --- decided by the management


def test_management_gets_cost_effect_minutes_and_hashes(people: Any, now: datetime) -> None:
    clerk, planner, _manager, artist = people
    proposal = make.discussed(clerk, planner, now=now, files=[PROOF])
    make.order(proposal, artist, planner, now=now)
    request = make.sent(proposal, planner, now=now)
    proposal.refresh_from_db()
    said = request.fields
    assert (proposal.state, proposal.request_id, request.requester_id) == ("at_management", request.pk, planner.pk)
    assert (said["cost"], said["expected_effect"]) == ("¥ 3,000", "Stay time up a tenth.")
    assert (said["recommendation"], said["minutes"], said["votes"]) == ("adopt", "Good, but not in red.", "1 : 0")
    assert [file["file"] for file in said["mock_ups"]] == [proposal.files.get().sha256]
    assert [order["text"] for order in said["orders"]] == ["Draw it"]
    assert clerk.pk in request.authors and request.makes_snapshot is False
    assert [stage.role for stage in request.stages.all()] == ["MGR"]
    assert clocks(proposal) == {"proposal_discussed": "met", "proposal_sent": "met"}


def test_sending_needs_a_discussion_cost_and_effect(people: Any, now: datetime) -> None:
    clerk, planner, *_rest = people
    proposal = make.filed(clerk, now=now)
    facts = {"proposal_id": proposal.pk, "actor": as_actor(planner), "now": now}
    refused(ProposalNotAtThisPoint, services.send_to_management, **facts, cost="1", effect="2")
    Proposal.objects.filter(pk=proposal.pk).update(state="discussed")
    refused(DiscussionMissing, services.send_to_management, **facts, cost="1", effect="2")
    make.discuss(proposal, planner, now=now)
    for field, changes in (("cost", {"cost": " ", "effect": "2"}), ("effect", {"cost": "1", "effect": ""})):
        caught: Any = refused(InvalidInput, services.send_to_management, **facts, **changes)
        assert caught.field == field


def test_yes_starts_the_planned_orders_and_tells_the_author_why(people: Any, now: datetime) -> None:
    clerk, planner, manager, artist = people
    proposal = make.approved(clerk, planner, manager, now=now, owner=artist)
    order = proposal.orders.get()
    deadline = Deadline.objects.get(subject_type="stores.proposalorder", subject_id=order.pk)
    request = ChangeRequest.objects.get(pk=proposal.request_id)
    assert (proposal.state, proposal.decision_note, proposal.decided_at) == ("approved", "Do it.", now)
    assert (deadline.rule.code, deadline.owner, deadline.due_at) == ("proposal_order", artist, order.due_at)
    assert request.state == RequestState.LIVE
    assert not Deadline.objects.open().filter(subject_type="approvals.changerequest").exists()
    assert any("approved" in notice.text for notice in Notice.objects.filter(recipient=clerk))
    assert any("work order" in notice.text for notice in Notice.objects.filter(recipient=artist))


def test_yes_without_orders_starts_the_clock_to_write_some(people: Any, now: datetime) -> None:
    clerk, planner, manager, artist = people
    proposal = make.approved(clerk, planner, manager, now=now)
    assert clocks(proposal)["proposal_planned"] == DeadlineState.RUNNING
    make.order(proposal, artist, planner, now=now)
    assert clocks(proposal)["proposal_planned"] == DeadlineState.MET
    assert clocks(proposal, "stores.proposalorder") == {"proposal_order": "running"}


def test_no_with_its_reason_reaches_the_author_who_may_revise_and_have_it_sent_again(
    people: Any, now: datetime
) -> None:
    clerk, planner, manager, _artist = people
    proposal = make.discussed(clerk, planner, now=now)
    make.decided(make.sent(proposal, planner, now=now), manager, now=now, refuse="Too dear this year.")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decision_note, proposal.decided_at) == ("refused", "Too dear this year.", now)
    assert any("refused" in notice.text for notice in Notice.objects.filter(recipient=clerk))
    assert not Deadline.objects.open().exists()
    back = services.revise_proposal(
        proposal_id=proposal.pk,
        title=proposal.title,
        text="Only the banners.",
        expected_effect="The same for half the money.",
        actor=as_actor(clerk),
        now=now,
    )
    assert (back.state, back.decided_at, clocks(back)["proposal_sent"]) == ("discussed", None, "running")
    make.decided(make.sent(back, planner, now=now), manager, now=now)
    back.refresh_from_db()
    assert (back.state, ChangeRequest.objects.filter(draft_id=back.pk).count()) == ("approved", 2)


def test_author_with_every_right_does_not_decide(people: Any, now: datetime) -> None:
    _clerk, planner, manager, _artist = people
    proposal = make.discussed(manager, planner, now=now)
    request = make.sent(proposal, planner, now=now)
    before = everything()
    with pytest.raises(OwnWork):
        make.decided(request, manager, now=now)
    assert everything() == before


def test_decision_about_other_content_is_refused(people: Any, now: datetime) -> None:
    clerk, planner, manager, _artist = people
    proposal = make.discussed(clerk, planner, now=now)
    request = make.sent(proposal, planner, now=now)
    facts = {"request_id": request.pk, "actor": as_actor(manager), "now": now}
    refused(ContentHasChanged, approvals.approve, content_hash="0" * 64, **facts)


def test_withdrawn_from_the_managements_desk(people: Any, now: datetime) -> None:
    clerk, planner, *_rest = people
    proposal = make.discussed(clerk, planner, now=now)
    request = make.sent(proposal, planner, now=now)
    services.withdraw_proposal(proposal_id=proposal.pk, reason="out of date", actor=as_actor(clerk), now=now)
    proposal.refresh_from_db()
    request.refresh_from_db()
    assert (proposal.state, request.state) == ("withdrawn", "withdrawn")
    assert not Deadline.objects.open().exists()


def test_request_taken_back_gives_it_to_the_planning_group_again(people: Any, now: datetime) -> None:
    clerk, planner, *_rest = people
    proposal = make.discussed(clerk, planner, now=now)
    request = make.sent(proposal, planner, now=now)
    approvals.withdraw_request(request_id=request.pk, reason="a figure is missing", actor=as_actor(planner), now=now)
    proposal.refresh_from_db()
    assert (proposal.state, clocks(proposal)["proposal_sent"]) == ("discussed", "running")


# --- carried out


def finish(
    order: ProposalOrder, by: Employee, *, now: datetime, note: str = "As approved.", files: Any = (PROOF,)
) -> Any:
    return services.finish_proposal_order(order_id=order.pk, note=note, files=files, actor=as_actor(by), now=now)


def test_last_order_with_evidence_carries_it_out_and_a_month_later_it_closes(people: Any, now: datetime) -> None:
    clerk, planner, manager, artist = people
    proposal = make.approved(clerk, planner, manager, now=now, owner=artist)
    second = make.order(proposal, artist, planner, now=now, text="Build it")
    finish(proposal.orders.order_by("pk")[0], artist, now=now, files=())
    proposal.refresh_from_db()
    assert proposal.state == "approved"
    finish(second, artist, now=now, note="One colour differs: red was refused.")
    proposal.refresh_from_db()
    effect = Deadline.objects.get(rule__code="proposal_effect", subject_id=proposal.pk)
    assert (proposal.state, proposal.executed_at, effect.due_at) == ("executed", now, now + timedelta(30))
    closed = services.close_proposal(
        proposal_id=proposal.pk, effect_note="Stay time +8 %.", actor=as_actor(artist), now=now + timedelta(30)
    )
    assert (closed.state, closed.effect_note, closed.closed_at) == ("closed", "Stay time +8 %.", now + timedelta(30))
    assert not Deadline.objects.open().exists()
    assert trail(closed) == [
        "filed", "discussed", "order_written", "sent", "approved", "order_written", "order_done", "order_done",
        "carried_out", "closed",
    ]  # fmt: skip


def test_not_carried_out_without_evidence_or_a_comparison(people: Any, now: datetime) -> None:
    clerk, planner, manager, artist = people
    order = make.approved(clerk, planner, manager, now=now, owner=artist).orders.get()
    refused(EvidenceMissing, finish, order=order, by=artist, now=now, files=())
    caught: Any = refused(InvalidInput, finish, order=order, by=artist, now=now, note=" ")
    assert caught.field == "note"
    refused(DocumentRefused, finish, order=order, by=artist, now=now, files=[services.Upload("x.exe", b"MZ")])
    finish(order, artist, now=now)
    refused(ProposalOrderDone, finish, order=order, by=artist, now=now)


def test_planned_order_is_not_done_before_the_approval(people: Any, now: datetime) -> None:
    clerk, planner, _manager, artist = people
    proposal = make.discussed(clerk, planner, now=now)
    order = make.order(proposal, artist, planner, now=now)
    refused(ProposalNotAtThisPoint, finish, order=order, by=artist, now=now)
    make.sent(proposal, planner, now=now)
    refused(ProposalNotAtThisPoint, make.order, proposal=proposal, owner=artist, planner=planner, now=now)


def test_order_needs_words_a_time_to_come_and_somebody_here(people: Any, now: datetime) -> None:
    clerk, planner, _manager, artist = people
    proposal = make.discussed(clerk, planner, now=now)
    good = {"text": "x", "owner_id": artist.pk, "due_at": now + timedelta(1)}
    facts = {"proposal_id": proposal.pk, "actor": as_actor(planner), "now": now}
    gone = EmployeeFactory(is_active=False)
    for field, bad in (("text", {"text": " "}), ("due_at", {"due_at": now}), ("owner", {"owner_id": gone.pk})):
        caught: Any = refused(InvalidInput, services.add_proposal_order, **facts, **(good | bad))
        assert caught.field == field


def test_closes_only_when_carried_out_with_evidence_and_a_note(people: Any, now: datetime) -> None:
    clerk, planner, manager, artist = people
    proposal = make.approved(clerk, planner, manager, now=now, owner=artist)
    facts = {"proposal_id": proposal.pk, "actor": as_actor(artist), "now": now}
    refused(ProposalNotAtThisPoint, services.close_proposal, **facts, effect_note="fine")
    refused(EvidenceMissing, services.add_proposal_evidence, **facts, files=[])
    assert len(services.add_proposal_evidence(**facts, files=[PROOF])) == 1
    finish(proposal.orders.get(), artist, now=now, files=())
    refused(InvalidInput, services.close_proposal, **facts, effect_note=" ")
    ProposalFile.objects.all().delete()
    refused(EvidenceMissing, services.close_proposal, **facts, effect_note="fine")


def test_database_keeps_a_proposal_open_without_an_effect_note(people: Any, now: datetime) -> None:
    clerk, planner, manager, artist = people
    proposal = make.approved(clerk, planner, manager, now=now, owner=artist)
    finish(proposal.orders.get(), artist, now=now)
    with pytest.raises(DatabaseError, match="closed_proposal_was_carried_out"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(state="closed")


def test_database_knows_the_steps(people: Any, now: datetime) -> None:
    clerk, *_rest = people
    for source in ProposalState:
        for target in ProposalState:
            if source == target:
                continue
            facts = {"title": "x", "text": "x", "expected_effect": "x", "proposer": clerk, "filed_at": now}
            row = Proposal.objects.create(state=source, effect_note="n", executed_at=now, **facts)
            is_allowed = target in PROPOSAL_TRANSITIONS[source]
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("UPDATE stores_proposal SET state = %s WHERE id = %s", [target, row.pk])
                moved = True
            except DatabaseError:
                moved = False
            assert moved == is_allowed, (source, target)
