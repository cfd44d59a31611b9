"""Listing plans: no survey, no approval; a line past its day is late and has an owner (CAT-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals import services as approvals
from approvals.errors import NotReady
from approvals.models import ChangeRequest, Deadline
from approvals.states import DeadlineState, RequestState
from catalog.errors import PlanIsClosed, PlanLinesRefused
from catalog.models import ListingPlan, ListingPlanLine
from catalog.policies.plans import read_rows
from catalog.selectors.plans import check_rows, is_late
from catalog.services.plans import (
    KIND,
    PlanFacts,
    change_plan,
    close_plan,
    make_plan,
    paste_lines,
    remove_line,
)
from catalog.states import PlanState
from config.kit.actor import Actor
from tests.factories.listings import acting, complete_product, decide_everything, published_listing
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db

FACTS = PlanFacts(
    name="Spring",
    starts_on=date(2026, 3, 1),
    ends_on=date(2026, 3, 31),
    survey_title="Kitchen survey",
    survey_conclusion="People want kettles.",
)


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def planner() -> Actor:
    return acting(EmployeeFactory(roles=["PLAN"]))


def planned(planner: Actor, now: datetime, *lines: str, facts: PlanFacts = FACTS) -> ListingPlan:
    plan = make_plan(facts=facts, actor=planner, now=now)
    if lines:
        paste_lines(plan_id=plan.pk, rows=read_rows("\n".join(lines)), actor=planner, now=now)
    return plan


def submit(plan: ListingPlan, actor: Actor, now: datetime) -> ChangeRequest:
    return approvals.submit(kind=KIND, draft_id=plan.pk, actor=actor, now=now)


def in_force(plan: ListingPlan, planner: Actor, now: datetime) -> ListingPlan:
    decide_everything(submit(plan, planner, now), now=now)
    return ListingPlan.objects.get(pk=plan.pk)


@pytest.fixture
def shop():
    complete_product("Kettle", skus=("K-1",))
    return ShopFactory(code="mall")


def test_plan_without_a_survey_cannot_be_submitted_and_the_survey_is_named(planner, now, shop) -> None:
    plan = planned(planner, now, "K-1 mall 2026-03-20", facts=replace(FACTS, survey_title="", survey_conclusion=""))
    with pytest.raises(NotReady) as refusal:
        submit(plan, planner, now)
    assert [finding.field for finding in refusal.value.findings] == ["survey_title", "survey_conclusion"]
    assert "The plan names no survey that it rests on." in str(refusal.value)
    assert not ChangeRequest.objects.exists()
    assert ListingPlan.objects.get().state == PlanState.DRAFT


def test_plan_without_lines_cannot_be_submitted(planner, now) -> None:
    with pytest.raises(NotReady) as refusal:
        submit(planned(planner, now), planner, now)
    assert [finding.code for finding in refusal.value.findings] == ["no_lines"]


def test_approved_plan_is_in_force_and_each_line_has_its_clock(planner, now, shop) -> None:
    owner = EmployeeFactory(username="lin")
    plan = in_force(planned(planner, now, "K-1 mall 2026-03-20 lin"), planner, now)
    assert plan.state == PlanState.APPROVED
    assert ChangeRequest.objects.get().state == RequestState.LIVE
    line = plan.lines.get()
    clock = Deadline.objects.open().get(subject_type="catalog.listingplanline", subject_id=line.pk)
    assert (clock.owner_id, clock.rule.code, clock.store_id) == (owner.pk, "plan_line_due", shop.pk)
    assert clock.due_at == datetime(2026, 3, 20, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    assert not is_late(line, clock.due_at - timedelta(seconds=1))
    assert is_late(line, clock.due_at)


def test_line_is_done_when_its_listing_is_first_live(planner, now, shop) -> None:
    plan = in_force(planned(planner, now, "K-1 mall 2026-03-20"), planner, now)
    line = plan.lines.select_related("product").get()
    listing = published_listing(product=line.product, shop=shop, now=now)
    line.refresh_from_db()
    assert (line.listing_id, line.done_at) == (listing.pk, listing.first_listed_at)
    assert not is_late(line, now + timedelta(days=90))
    clock = Deadline.objects.get(subject_type="catalog.listingplanline", subject_id=line.pk)
    assert clock.state == DeadlineState.MET


def test_change_of_an_approved_plan_needs_another_approval(planner, now, shop) -> None:
    plan = in_force(planned(planner, now, "K-1 mall 2026-03-20"), planner, now)
    before = Deadline.objects.open().get(subject_type="catalog.listingplanline")
    paste_lines(plan_id=plan.pk, rows=read_rows("K-1 mall 2026-03-25"), actor=planner, now=now)
    assert ListingPlan.objects.get().state == PlanState.DRAFT
    assert Deadline.objects.open().get(subject_type="catalog.listingplanline").due_at == before.due_at
    in_force(plan, planner, now + timedelta(hours=1))
    after = Deadline.objects.open().get(subject_type="catalog.listingplanline")
    assert after.due_at == before.due_at + timedelta(days=5)


def test_edit_while_it_is_decided_takes_the_request_back(planner, now, shop) -> None:
    plan = planned(planner, now, "K-1 mall 2026-03-20")
    request = submit(plan, planner, now)
    change_plan(plan_id=plan.pk, facts=replace(FACTS, survey_title=""), actor=planner, now=now)
    assert ListingPlan.objects.get().state == PlanState.DRAFT
    assert ChangeRequest.objects.get(pk=request.pk).state == RequestState.VOIDED


def test_survey_file_is_part_of_what_is_approved(planner, now, shop) -> None:
    plan = planned(planner, now, "K-1 mall 2026-03-20")
    request = submit(plan, planner, now)
    file = SimpleUploadedFile("survey.txt", b"People want kettles.")
    change_plan(plan_id=plan.pk, facts=FACTS, survey_file=file, actor=planner, now=now)
    assert ChangeRequest.objects.get(pk=request.pk).state == RequestState.VOIDED
    plan.refresh_from_db()
    assert (plan.survey_file_name, plan.survey_file.name) == (
        "survey.txt",
        f"plans/{plan.survey_sha256[:2]}/{plan.survey_sha256}",
    )


def test_pasted_lines_are_checked_row_by_row_and_taken_all_or_none(planner, now, shop) -> None:
    ShopFactory(code="closed", is_active=False)
    plan = planned(planner, now)
    text = "\n".join(
        [
            "SKU\tshop\tdate",
            "K-1\tmall\t2026-03-20",
            "NOPE\tmall\t2026-03-20",
            "",
            "K-1\tnowhere\t2026-03-20",
            "K-1\tclosed\t2026-03-20",
            "K-1\tmall\tsoon",
            "K-1\tmall\t2026/4/1",
            "K-1\tmall\t20260321",
            "K-1\tmall",
            "K-1\tmall\t2026-03-22\tnobody",
        ]
    )
    rows = read_rows(text)
    checked = check_rows(plan, rows)
    assert [(line.number, line.error) for line in checked] == [
        (2, ""),
        (3, "No variant has the SKU “NOPE”."),
        (5, "No shop has the code “nowhere”."),
        (6, "Closed is not active."),
        (7, "“soon” is not a date. Write it like 2026-03-31."),
        (8, "Outside the time of the plan, 2026-03-01 to 2026-03-31."),
        (9, "The same product and shop as in line 2. Leave one of them out."),
        (10, "A line needs SKU, shop code and date."),
        (11, "Nobody has the user name “nobody”."),
    ]
    assert checked[0].effect == "new line"
    with pytest.raises(PlanLinesRefused):
        paste_lines(plan_id=plan.pk, rows=rows, actor=planner, now=now)
    assert not ListingPlanLine.objects.exists()
    paste_lines(plan_id=plan.pk, rows=rows[:1], actor=planner, now=now)
    again = check_rows(plan, read_rows("K-1，mall，2026年03月21日"))
    assert [line.effect for line in again] == ["moved from 2026-03-20"]
    assert ListingPlanLine.objects.get().owner_id == planner.user_id


def test_closed_plan_owes_nothing_any_more(planner, now, shop) -> None:
    plan = in_force(planned(planner, now, "K-1 mall 2026-03-20"), planner, now)
    close_plan(plan_id=plan.pk, reason="season over", actor=planner, now=now)
    assert ListingPlan.objects.get().state == PlanState.CLOSED
    assert not Deadline.objects.open().filter(subject_type="catalog.listingplanline").exists()
    with pytest.raises(PlanIsClosed):
        remove_line(line_id=plan.lines.get().pk, reason="x", actor=planner, now=now)
    assert plan.lines.count() == 1


def test_line_taken_out_loses_its_clock(planner, now, shop) -> None:
    plan = in_force(planned(planner, now, "K-1 mall 2026-03-20"), planner, now)
    fresh = remove_line(line_id=plan.lines.get().pk, reason="not this year", actor=planner, now=now)
    assert (fresh.state, fresh.lines.count()) == (PlanState.DRAFT, 0)
    assert not Deadline.objects.open().filter(subject_type="catalog.listingplanline").exists()
