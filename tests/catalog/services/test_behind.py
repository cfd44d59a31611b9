"""A shop that shows what the product does not say any more: somebody owes the draft until it is submitted (CAT-18, CAT-19)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from approvals.models import Deadline
from approvals.states import DeadlineState, DraftState
from catalog import services
from catalog.models import ListingRevision
from catalog.selectors.board import Board, Work
from catalog.states import RevisionOrigin
from stores.states import Role
from tests.factories.listings import acting, complete_product, publish_revision, published_listing
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def planner():
    return EmployeeFactory(roles=["PLAN"])


@pytest.fixture
def shown(planner):
    return published_listing(shop=ShopFactory(name="Mall"), product=complete_product("Cup", ("A", "B")))


@pytest.fixture
def change(shown, planner, now):
    def weigh(grams=400, at=now):
        services.change_master(
            product_id=shown.product_id, fields={"weight": {"A": grams}}, actor=acting(planner), now=at
        )
        return ListingRevision.objects.filter(origin=RevisionOrigin.MASTER).latest("pk")

    return weigh


def _clock(listing):
    return Deadline.objects.filter(
        subject_type="catalog.listing", subject_id=listing.pk, rule__code="listing_behind"
    ).latest("pk")


def test_the_draft_is_owed_within_twelve_hours_and_a_second_change_keeps_the_first_clock(shown, change, now):
    change()
    first = _clock(shown)
    assert (first.due_at, first.owner_role, first.state) == (now + 12 * HOUR, Role.OPS, DeadlineState.RUNNING)
    change(500, at=now + 5 * HOUR)
    assert _clock(shown) == first
    assert Deadline.objects.filter(rule__code="listing_behind").count() == 1


def test_the_clock_is_met_by_the_submission_and_its_time_counts_for_the_publication(shown, change, planner, now):
    draft = change()
    later = now + 3 * HOUR
    request = services.submit_revision(revision_id=draft.pk, actor=acting(planner), now=later)
    clock = _clock(shown)
    assert (clock.state, clock.ended_at) == (DeadlineState.MET, later)
    assert request.clock_started_at == now


def test_any_draft_of_the_listing_says_what_the_product_says(shown, change, planner, now):
    needless = change()
    own = services.begin_revision(listing_id=shown.pk, actor=acting(planner), now=now)
    publish_revision(own, now=now + HOUR)
    assert _clock(shown).state == DeadlineState.MET
    needless.refresh_from_db()
    assert needless.state == DraftState.DISCARDED, "it has nothing left to say"


def test_a_draft_with_words_of_its_own_is_kept_when_the_change_is_taken_back(shown, change, planner, now):
    draft = change()
    services.save_revision(
        revision_id=draft.pk, fields={"slogan": "Warm hands"}, version=draft.version, actor=acting(planner), now=now
    )
    change(350, at=now + HOUR)
    draft.refresh_from_db()
    assert (draft.state, draft.overrides["slogan"]) == (DraftState.DRAFT, "Warm hands")


def test_a_change_that_is_taken_back_ends_draft_and_clock(shown, change, now):
    draft = change()
    change(350, at=now + HOUR)
    draft.refresh_from_db()
    assert draft.state == DraftState.DISCARDED
    assert _clock(shown).state == DeadlineState.MET


@pytest.mark.parametrize("act", ["discard", "take down"])
def test_giving_up_ends_the_clock_with_its_reason(shown, change, planner, now, act):
    draft = change()
    if act == "discard":
        services.discard_revision(revision_id=draft.pk, actor=acting(planner), reason="wrong scale", now=now)
    else:
        services.take_down(listing_id=shown.pk, reason="wrong scale", actor=acting(planner), now=now)
    clock = _clock(shown)
    assert clock.state == DeadlineState.WITHDRAWN
    assert clock.steps.latest("pk").note == "wrong scale"


def test_the_planning_board_names_it_with_owner_and_due_time(shown, change, planner, now):
    board = Board(user=planner, now=now)
    assert board.counts()[Work.CORRECTION] == 0
    draft = change()
    assert board.counts()[Work.CORRECTION] == 1
    [row] = board.rows(work=Work.CORRECTION)
    assert (row.url, row.due_at) == (draft.get_absolute_url(), now + 12 * HOUR)
    assert row.owner
