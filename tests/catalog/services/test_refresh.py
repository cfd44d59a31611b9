"""The half-month clock: only a published change of its field group starts it again (CAT-15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from approvals.errors import NothingChanged
from approvals.models import Deadline, TrailEntry
from approvals.services import sweep_deadlines
from catalog import services
from catalog.errors import RefreshClockStopped
from catalog.models import ListingRevision, Photo, RefreshClock
from catalog.states import RevisionOrigin
from tests.factories.listings import WHEN, PhotoFactory, acting, publish_revision, published_listing
from tests.factories.stores import EmployeeFactory
from tests.support.publishing import revise

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PUBLISHED = timedelta(minutes=10)


def clocks(listing):
    return {clock.group: clock for clock in RefreshClock.objects.filter(listing=listing)}


def deadlines(listing, state="running"):
    ids = list(RefreshClock.objects.filter(listing=listing).values_list("pk", flat=True))
    rows = Deadline.objects.filter(subject_type="catalog.refreshclock", subject_id__in=ids, state=state)
    groups = {clock.pk: group for group, clock in clocks(listing).items()}
    return {groups[row.subject_id]: row for row in rows}


def test_the_first_publication_starts_three_clocks_of_fifteen_days():
    listing = published_listing()
    start = listing.first_listed_at
    assert {group: clock.due_at for group, clock in clocks(listing).items()} == dict.fromkeys(
        ("name", "brief", "photos"), start + 15 * DAY
    )
    running = deadlines(listing)
    assert set(running) == {"name", "brief", "photos"}
    assert {(row.due_at, row.owner_id, row.owner_role) for row in running.values()} == {
        (start + 15 * DAY, listing.owner_id, "PLAN")
    }


def test_a_published_change_of_a_group_starts_its_clock_again_and_no_other():
    listing = published_listing()
    before = clocks(listing)
    later = WHEN + 5 * DAY
    revise(listing, now=later, brief="Keeps tea warm for a whole day.")
    after = clocks(listing)
    assert after["brief"].changed_at == later + PUBLISHED
    assert after["brief"].due_at == later + PUBLISHED + 15 * DAY
    assert (after["brief"].change_count, after["brief"].late_count) == (1, 0)
    for group in ("name", "photos"):
        assert (after[group].changed_at, after[group].due_at) == (before[group].changed_at, before[group].due_at)
    met = deadlines(listing, "met")
    assert set(met) == {"brief"} and met["brief"].breached_at is None
    assert deadlines(listing)["brief"].due_at == after["brief"].due_at
    told = TrailEntry.objects.get(action="catalog.content_refreshed")
    assert (told.subject_type, told.subject_id, told.changes["group"]) == (
        "catalog.listing",
        listing.pk,
        [None, "brief"],
    )


def test_saving_a_draft_resets_nothing():
    listing = published_listing()
    before = clocks(listing)
    actor = acting(listing.owner)
    revision = services.begin_revision(listing_id=listing.pk, actor=actor, now=WHEN + DAY)
    services.save_revision(
        revision_id=revision.pk, fields={"brief": "Something new."}, version=0, actor=actor, now=WHEN + DAY
    )
    assert {group: clock.due_at for group, clock in clocks(listing).items()} == {
        group: clock.due_at for group, clock in before.items()
    }


def test_the_same_text_cannot_be_published_again():
    listing = published_listing()
    before = {group: clock.due_at for group, clock in clocks(listing).items()}
    with pytest.raises(NothingChanged):
        revise(listing, now=WHEN + DAY, brief=listing.product.brief)
    assert {group: clock.due_at for group, clock in clocks(listing).items()} == before


def test_white_space_and_another_description_of_a_picture_refresh_nothing():
    listing = published_listing()
    before = {group: clock.due_at for group, clock in clocks(listing).items()}
    shown = Photo.objects.get(product=listing.product)
    pictures = [{"key": str(shown.pk), "role": "main", "alt": "Another description"}]
    request = revise(listing, now=WHEN + DAY, brief="Keeps tea warm\nfor twelve hours.", photos=pictures)
    assert request.state == "published" and set(request.changed_fields) == {"brief", "photos"}
    assert {group: clock.due_at for group, clock in clocks(listing).items()} == before
    assert set(deadlines(listing)) == {"name", "brief", "photos"}


def test_another_picture_refreshes_the_pictures():
    listing = published_listing()
    shown = Photo.objects.get(product=listing.product)
    other = PhotoFactory(product=listing.product, role="detail", seed=900)
    pictures = [{"key": str(one.pk), "role": one.role, "alt": one.alt} for one in (shown, other)]
    request = revise(listing, now=WHEN + DAY, photos=pictures)
    assert request.state == "published"
    assert {group for group, clock in clocks(listing).items() if clock.change_count} == {"photos"}


def test_a_late_change_is_a_breach_that_stays():
    listing = published_listing()
    start = listing.first_listed_at
    later = start + 16 * DAY
    revise(listing, now=later, slogan="Warm for longer, lighter to carry")
    clock = clocks(listing)["name"]
    assert (clock.change_count, clock.late_count) == (1, 1)
    met = deadlines(listing, "met")["name"]
    assert met.breached_at == start + 15 * DAY
    assert met.steps.filter(kind="breached").count() == 1


def test_the_rule_warns_before_it_is_due_and_escalates_after():
    listing = published_listing()
    start = listing.first_listed_at
    row = deadlines(listing)["name"]
    sweep_deadlines(now=start + 12 * DAY + timedelta(hours=1))
    assert [step.kind for step in row.steps.order_by("pk")] == ["warned", "warned"]
    # The beat stood still for three hours around the due time: each step is taken once.
    sweep_deadlines(now=start + 15 * DAY + timedelta(hours=3))
    sweep_deadlines(now=start + 15 * DAY + timedelta(hours=3))
    kinds = [step.kind for step in row.steps.order_by("pk")]
    assert kinds.count("breached") == 1 and kinds.count("warned") == 2
    assert Deadline.objects.get(pk=row.pk).breached_at == start + 15 * DAY


def test_a_take_down_stops_the_clocks_and_the_same_words_later_are_as_old_as_before():
    listing = published_listing()
    actor = acting(EmployeeFactory(roles=["OPS"]))
    before = {group: clock.due_at for group, clock in clocks(listing).items()}
    services.take_down(listing_id=listing.pk, reason="recall", actor=actor, now=WHEN + DAY)
    assert {clock.is_running for clock in clocks(listing).values()} == {False}
    assert set(deadlines(listing, "withdrawn")) == {"name", "brief", "photos"} and not deadlines(listing)
    revision = services.restore_snapshot(
        listing_id=listing.pk, snapshot_number=1, actor=acting(listing.owner), now=WHEN + 2 * DAY
    )
    assert publish_revision(revision, now=WHEN + 2 * DAY).state == "published"
    after = clocks(listing)
    assert {group: clock.due_at for group, clock in after.items()} == before
    assert {clock.is_running for clock in after.values()} == {True}
    assert {group: row.due_at for group, row in deadlines(listing).items()} == before


def test_a_refresh_opens_one_draft_of_its_own_origin(now):
    listing = published_listing()
    person = acting(EmployeeFactory(roles=["OPS"]))
    for clock in clocks(listing).values():
        revision = services.begin_refresh(clock_id=clock.pk, actor=person, now=now)
    found = ListingRevision.objects.filter(listing=listing, origin=RevisionOrigin.REFRESH)
    assert [one.pk for one in found] == [revision.pk]


def test_what_is_not_shown_is_not_refreshed(now):
    listing = published_listing()
    person = acting(EmployeeFactory(roles=["OPS"]))
    services.take_down(listing_id=listing.pk, reason="recall", actor=person, now=now)
    drafts = ListingRevision.objects.count()
    with pytest.raises(RefreshClockStopped):
        services.begin_refresh(clock_id=clocks(listing)["name"].pk, actor=person, now=now)
    assert ListingRevision.objects.count() == drafts
