"""The kernel from submission to live, and what it refuses."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from approvals import services
from approvals.errors import (
    AlreadyDecided,
    AlreadySubmitted,
    ContentHasChanged,
    DeadlineIsNotPaused,
    DeadlineIsPaused,
    NothingChanged,
    NotReady,
    NotYours,
    NotYourStage,
    OwnWork,
    RefusalNeedsReasons,
)
from approvals.models import (
    ChangeRequest,
    Deadline,
    Decision,
    LiveContent,
    SecurityEvent,
    Signature,
    Snapshot,
    TrailEntry,
)
from approvals.registries import Finding
from approvals.states import RequestState
from config.kit.actor import Actor
from tests.approvals.builders import acting
from tests.approvals.kinds import KIND, NOTES, SUBJECT, write_note
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, Actor]:
    services.sync_kinds()
    return {role: acting(EmployeeFactory(roles=[role])) for role in ("OPS", "FIN", "PLAN", "MGR", "CS")}


def submit(people: dict[str, Actor], now: datetime, **facts: object) -> ChangeRequest:
    return services.submit(kind=KIND, draft_id=write_note(**facts), actor=people["CS"], now=now)


def sign_all(request: ChangeRequest, people: dict[str, Actor], now: datetime) -> ChangeRequest:
    for section, role in (("facts", "OPS"), ("price", "FIN")):
        services.sign(
            request_id=request.pk, section=section, content_hash=request.content_hash, actor=people[role], now=now
        )
    return ChangeRequest.objects.get(pk=request.pk)


def approve(request: ChangeRequest, actor: Actor, now: datetime) -> ChangeRequest:
    return services.approve(request_id=request.pk, content_hash=request.content_hash, actor=actor, now=now)


def confirm(request: ChangeRequest, people: dict[str, Actor], now: datetime) -> ChangeRequest:
    services.confirm_live(
        kind=KIND, subject_type=SUBJECT, subject_id=request.subject_id, evidence="person",
        display_url="https://shop.example.com/1", actor=people["OPS"], now=now,
    )  # fmt: skip
    return ChangeRequest.objects.get(pk=request.pk)


def test_content_goes_from_submission_to_live(people: dict[str, Actor], now: datetime) -> None:
    request = submit(people, now)
    assert request.state == RequestState.IN_REVIEW
    assert request.due_at == now + timedelta(hours=24)

    request = sign_all(request, people, now)
    request = approve(request, people["PLAN"], now + timedelta(hours=1))
    assert request.state == RequestState.PUBLISHED
    snapshot = Snapshot.objects.get(request=request)
    assert (snapshot.number, snapshot.content_hash) == (1, request.content_hash)

    request = confirm(request, people, now + timedelta(hours=2))
    assert request.state == RequestState.LIVE
    assert NOTES[request.draft_id].told == ["submitted", "approved", "applied 1", "live"]
    clock = Deadline.objects.get(subject_type="approvals.changerequest", subject_id=request.pk)
    assert (clock.state, clock.breached_at) == ("met", None)


def test_a_minute_late_is_a_breach(people: dict[str, Actor], now: datetime) -> None:
    request = approve(sign_all(submit(people, now), people, now), people["PLAN"], now)
    request = confirm(request, people, now + timedelta(hours=24, minutes=1))
    clock = Deadline.objects.get(subject_type="approvals.changerequest", subject_id=request.pk)
    assert clock.breached_at == now + timedelta(hours=24)


def test_nobody_decides_about_their_own_work(people: dict[str, Actor], now: datetime) -> None:
    author = acting(EmployeeFactory(roles=["OPS", "PLAN", "MGR", "FIN"]))
    request = services.submit(kind=KIND, draft_id=write_note(), actor=author, now=now)
    with pytest.raises(OwnWork):
        services.sign(request_id=request.pk, section="facts", content_hash=request.content_hash, actor=author, now=now)
    request = sign_all(request, people, now)
    with pytest.raises(OwnWork):
        approve(request, author, now)
    assert not Decision.objects.filter(request=request).exists()
    request.refresh_from_db()
    assert request.state == RequestState.IN_REVIEW


def test_who_wrote_in_it_does_not_decide_either(people: dict[str, Actor], now: datetime) -> None:
    request = submit(people, now, authors=(people["PLAN"].user_id,))
    request = sign_all(request, people, now)
    with pytest.raises(OwnWork):
        approve(request, people["PLAN"], now)


def test_only_the_role_of_the_stage_decides(people: dict[str, Actor], now: datetime) -> None:
    request = sign_all(submit(people, now), people, now)
    with pytest.raises(NotYourStage):
        approve(request, people["MGR"], now)
    assert not Decision.objects.filter(request=request).exists()


def test_one_letter_after_the_approval_sends_it_back(people: dict[str, Actor], now: datetime) -> None:
    later = now + timedelta(hours=3)
    request = submit(people, now, publish_at=later)
    request = approve(sign_all(request, people, now), people["PLAN"], now)
    assert request.state == RequestState.APPROVED

    NOTES[request.draft_id].content = {**NOTES[request.draft_id].content, "title": "one letter morE"}
    assert services.void_changed(kind=KIND, draft_ids=[request.draft_id], actor=people["CS"], now=now) == [request.pk]
    request.refresh_from_db()
    assert request.state == RequestState.VOIDED
    services.publish_due(now=later)
    assert not Snapshot.objects.filter(subject_id=request.subject_id).exists()


def test_an_edit_around_the_services_is_caught_at_the_decision(people: dict[str, Actor], now: datetime) -> None:
    request = sign_all(submit(people, now), people, now)
    NOTES[request.draft_id].content = {**NOTES[request.draft_id].content, "price": "0.01"}
    with pytest.raises(ContentHasChanged):
        approve(request, people["PLAN"], now)
    request.refresh_from_db()
    assert request.state == RequestState.VOIDED
    assert not Decision.objects.filter(request=request).exists()


def test_editing_a_signed_field_drops_that_signature_only(people: dict[str, Actor], now: datetime) -> None:
    request = sign_all(submit(people, now), people, now)
    pk = request.draft_id
    NOTES[pk].content = {**NOTES[pk].content, "price": "11.00"}
    services.void_changed(kind=KIND, draft_ids=[pk], actor=people["CS"], now=now)
    again = services.submit(kind=KIND, draft_id=pk, actor=people["CS"], now=now)
    states = dict(again.stages.values_list("code", "state"))
    assert states == {"facts": "done", "price": "open", "decide": "waiting"}
    assert Signature.objects.filter(subject_id=again.subject_id).count() == 2


def test_a_refusal_needs_a_reason_and_the_clock_goes_on(people: dict[str, Actor], now: datetime) -> None:
    request = sign_all(submit(people, now), people, now)
    with pytest.raises(RefusalNeedsReasons):
        services.refuse(
            request_id=request.pk, content_hash=request.content_hash, reason=" ", field_reasons={"title": ""},
            actor=people["PLAN"], now=now,
        )  # fmt: skip
    refused = services.refuse(
        request_id=request.pk, content_hash=request.content_hash, reason="", field_reasons={"title": "too dull"},
        actor=people["PLAN"], now=now + timedelta(hours=2),
    )  # fmt: skip
    assert (refused.state, refused.closed_reason) == (RequestState.REFUSED, "title: too dull")

    NOTES[request.draft_id].content = {**NOTES[request.draft_id].content, "title": "lively"}
    again = services.submit(kind=KIND, draft_id=request.draft_id, actor=people["CS"], now=now + timedelta(hours=5))
    assert again.due_at == now + timedelta(hours=24)
    [clock] = Deadline.objects.filter(subject_type="approvals.changerequest", subject_id__in=[request.pk, again.pk])
    assert (clock.subject_id, clock.state, clock.started_at) == (again.pk, "running", now)


def test_everything_missing_is_named_at_once(people: dict[str, Actor], now: datetime) -> None:
    pk = write_note()
    NOTES[pk].findings = [
        Finding("missing", "block", "brief", "The brief is missing."),
        Finding("missing", "block", "photos", "Two detail pictures are missing."),
    ]
    with pytest.raises(NotReady) as refusal:
        services.submit(kind=KIND, draft_id=pk, actor=people["CS"], now=now)
    assert [finding.field for finding in refusal.value.findings] == ["brief", "photos"]
    assert "Two detail pictures" in str(refusal.value)
    assert not ChangeRequest.objects.filter(draft_id=pk).exists()


def test_a_banned_word_stops_and_is_kept_under_its_authors_name(people: dict[str, Actor], now: datetime) -> None:
    services.sync_content_rules()
    pk = write_note(content={"title": "全网最低价", "price": "1.00"}, authors=(people["CS"].user_id,))
    with pytest.raises(NotReady):
        services.submit(kind=KIND, draft_id=pk, actor=people["CS"], now=now)
    from approvals.models import RuleHit

    hit = RuleHit.objects.filter(subject_id=NOTES[pk].subject_id).latest("pk")
    assert (hit.author_id, hit.moment) == (people["CS"].user_id, "submission")


def test_the_same_content_again_is_refused(people: dict[str, Actor], now: datetime) -> None:
    request = approve(sign_all(submit(people, now), people, now), people["PLAN"], now)
    again = write_note(subject_id=request.subject_id, content=dict(NOTES[request.draft_id].content))
    with pytest.raises(NothingChanged):
        services.submit(kind=KIND, draft_id=again, actor=people["CS"], now=now)
    other = submit(people, now)
    with pytest.raises(AlreadySubmitted):
        services.submit(kind=KIND, draft_id=other.draft_id, actor=people["CS"], now=now)


def test_the_second_of_two_managers_is_told_who_was_first(people: dict[str, Actor], now: datetime) -> None:
    request = sign_all(submit(people, now), people, now)
    approve(request, people["PLAN"], now)
    second = acting(EmployeeFactory(roles=["PLAN"]))
    with pytest.raises(AlreadyDecided) as refusal:
        services.refuse(request_id=request.pk, content_hash=request.content_hash, reason="no", actor=second, now=now)
    assert people["PLAN"].label in str(refusal.value)


def test_a_changed_price_is_important_and_only_management_lowers_it(people: dict[str, Actor], now: datetime) -> None:
    request = approve(sign_all(submit(people, now), people, now), people["PLAN"], now)
    content = {**NOTES[request.draft_id].content, "price": "9.00"}
    pk = write_note(subject_id=request.subject_id, content=content)
    second = services.submit(kind=KIND, draft_id=pk, actor=people["CS"], now=now)
    assert (second.importance, second.importance_reasons) == ("important", ["price"])
    assert second.due_at == now + timedelta(hours=12)
    with pytest.raises(OwnWork):
        services.lower_importance(request_id=second.pk, reason="small", actor=people["CS"], now=now)
    lowered = services.lower_importance(request_id=second.pk, reason="small", actor=people["MGR"], now=now)
    assert (lowered.importance, lowered.due_at) == ("general", now + timedelta(hours=24))


def test_a_deputy_decides_in_somebodys_absence(people: dict[str, Actor], now: datetime) -> None:
    request = sign_all(submit(people, now), people, now)
    deputy = acting(EmployeeFactory(roles=["SELL"]))
    with pytest.raises(NotYourStage):
        approve(request, deputy, now)
    services.set_deputy(
        person_id=people["PLAN"].user_id, deputy_id=deputy.user_id, starts_at=now, ends_at=now + timedelta(days=1),
        actor=people["PLAN"], now=now,
    )  # fmt: skip
    approve(request, deputy, now)
    decision = Decision.objects.get(request=request)
    assert (decision.decider_id, decision.acts_for_id) == (deputy.user_id, people["PLAN"].user_id)


def test_an_emergency_has_two_names_and_a_review_by_a_third(people: dict[str, Actor], now: datetime) -> None:
    from approvals.errors import EmergencyNeedsTwo, ReviewNeedsAThird

    request = submit(people, now)
    with pytest.raises(EmergencyNeedsTwo):
        services.let_through(
            request_id=request.pk, content_hash=request.content_hash, reason="recall", actor=people["CS"], now=now
        )
    request = services.let_through(
        request_id=request.pk, content_hash=request.content_hash, reason="recall", actor=people["MGR"], now=now
    )
    assert (request.state, request.is_emergency) == (RequestState.PUBLISHED, True)
    review = request.stages.get(mode="review")
    assert review.due_at == now + timedelta(hours=24)
    with pytest.raises(ReviewNeedsAThird):
        services.review_emergency(request_id=request.pk, good=True, note="fine", actor=people["MGR"], now=now)
    third = acting(EmployeeFactory(roles=["MGR"]))
    services.review_emergency(request_id=request.pk, good=True, note="fine", actor=third, now=now)
    assert not request.stages.filter(state="open").exists()


def test_another_publication_sends_the_rest_back(people: dict[str, Actor], now: datetime) -> None:
    first = submit(people, now)
    other_pk = write_note(subject_id=first.subject_id)
    other = services.submit(kind=KIND, draft_id=other_pk, actor=people["CS"], now=now)
    approve(sign_all(first, people, now), people["PLAN"], now)
    other.refresh_from_db()
    assert other.state == RequestState.VOIDED
    assert first.number in other.closed_reason


def test_taking_down_is_at_once_and_putting_back_needs_an_approval(people: dict[str, Actor], now: datetime) -> None:
    request = approve(sign_all(submit(people, now), people, now), people["PLAN"], now)
    live = services.take_down(
        kind=KIND, subject_type=SUBJECT, subject_id=request.subject_id, reason="recall", actor=people["OPS"], now=now
    )
    assert live.snapshot is None
    again = write_note(subject_id=request.subject_id, content=dict(NOTES[request.draft_id].content))
    back = services.submit(kind=KIND, draft_id=again, actor=people["CS"], now=now)
    assert not Snapshot.objects.filter(request=back).exists()
    approve(back, people["PLAN"], now)  # the departments' signatures still hold
    live = LiveContent.objects.get(subject_type=SUBJECT, subject_id=request.subject_id)
    assert live.snapshot is not None and live.snapshot.number == 2


def test_a_pause_moves_the_due_time_and_names_who_owes(people: dict[str, Actor], now: datetime) -> None:
    request = submit(people, now)
    services.pause_request(
        request_id=request.pk, reason="test report", debtor="Business development", actor=people["PLAN"], now=now
    )
    resumed = services.resume_request(request_id=request.pk, actor=people["PLAN"], now=now + timedelta(hours=5))
    assert resumed.due_at == now + timedelta(hours=29)
    assert SecurityEvent.objects.filter(subject_id=request.pk).count() == 0


def test_a_class_is_not_changed_while_the_clock_stands_still(people: dict[str, Actor], now: datetime) -> None:
    request = submit(people, now)
    services.pause_request(request_id=request.pk, reason="report", debtor="BIZ", actor=people["PLAN"], now=now)
    with pytest.raises(DeadlineIsPaused):
        services.raise_importance(request_id=request.pk, reason="safety", actor=people["OPS"], now=now)
    request.refresh_from_db()
    assert (request.importance, request.due_at) == ("general", now + timedelta(hours=24))

    services.resume_request(request_id=request.pk, actor=people["PLAN"], now=now + timedelta(hours=2))
    raised = services.raise_importance(
        request_id=request.pk, reason="safety", actor=people["OPS"], now=now + timedelta(hours=3)
    )
    assert raised.due_at == now + timedelta(hours=14)


def test_a_request_that_is_not_paused_is_not_resumed(people: dict[str, Actor], now: datetime) -> None:
    request = submit(people, now)
    before = TrailEntry.objects.count()
    with pytest.raises(DeadlineIsNotPaused):
        services.resume_request(request_id=request.pk, actor=people["PLAN"], now=now + timedelta(hours=1))
    request.refresh_from_db()
    assert (request.due_at, TrailEntry.objects.count()) == (now + timedelta(hours=24), before)


def test_a_request_that_stands_still_is_not_paused_again(people: dict[str, Actor], now: datetime) -> None:
    request = submit(people, now)
    facts = {"request_id": request.pk, "reason": "report", "actor": people["PLAN"], "now": now}
    services.pause_request(debtor="BIZ", **facts)
    before = TrailEntry.objects.count()
    with pytest.raises(DeadlineIsPaused, match="BIZ"):
        services.pause_request(debtor="FIN", **facts)
    assert TrailEntry.objects.count() == before


def test_its_people_take_a_request_back_and_nobody_else(people: dict[str, Actor], now: datetime) -> None:
    request = submit(people, now, authors=(people["OPS"].user_id,))
    before = TrailEntry.objects.count()
    for stranger in (people["MGR"], people["PLAN"], Actor.system("tests")):
        with pytest.raises(NotYours):
            services.take_back_request(request_id=request.pk, reason="not needed", actor=stranger, now=now)
    request.refresh_from_db()
    assert (request.state, NOTES[request.draft_id].told) == (RequestState.IN_REVIEW, ["submitted"])
    assert (TrailEntry.objects.count(), Deadline.objects.open().filter(subject_id=request.pk).exists()) == (
        before,
        True,
    )

    taken = services.take_back_request(request_id=request.pk, reason="not needed", actor=people["OPS"], now=now)
    assert (taken.state, NOTES[request.draft_id].told[-1]) == (RequestState.WITHDRAWN, "returned withdrawn")
    again = submit(people, now)
    taken = services.take_back_request(request_id=again.pk, reason="not needed", actor=people["CS"], now=now)
    assert taken.state == RequestState.WITHDRAWN
