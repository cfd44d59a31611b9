"""Drafts of listings: whose they are, what may be saved, what a save voids."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from approvals.errors import NothingChanged
from approvals.models import Snapshot, TrailEntry
from approvals.states import DraftState
from catalog import services
from catalog.errors import (
    BeingEdited,
    EditedMeanwhile,
    HiddenCharacters,
    OwnTitle,
    RatingOutOfRange,
    RevisionIsClosed,
    RevisionNotInDraft,
    UnknownContentField,
    UnknownPart,
    VersionUnknown,
)
from catalog.models import Listing, ListingRevision, TitleRating
from catalog.selectors.contents import content_of
from catalog.states import PhotoState, RevisionOrigin
from tests.factories.listings import (
    PhotoFactory,
    acting,
    complete_product,
    decide_everything,
    publish_revision,
    published_listing,
    submittable_listing,
)
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def author(db):
    return EmployeeFactory(roles=["OPS"], username="ann")


@pytest.fixture
def draft(author):
    return submittable_listing(author=author, product=complete_product("Cup", ("A", "B")))


def _save(draft, person, now, fields, **more):
    return services.save_revision(
        revision_id=draft.pk, fields=fields, version=draft.version, actor=acting(person), now=now, **more
    )


def _fresh(draft):
    return ListingRevision.objects.get(pk=draft.pk)


def test_a_person_has_one_open_draft_and_others_have_theirs(draft, author, now):
    again = services.begin_revision(listing_id=draft.listing_id, actor=acting(author), now=now)
    other = services.begin_revision(listing_id=draft.listing_id, actor=acting(EmployeeFactory()), now=now)
    refresh = services.begin_revision(
        listing_id=draft.listing_id, actor=acting(author), now=now, origin=RevisionOrigin.REFRESH
    )
    assert (again.pk, other.number, refresh.number) == (draft.pk, 2, 3)


def test_saving_makes_nothing_visible(author, now):
    listing = published_listing(author=author)
    draft = services.begin_revision(listing_id=listing.pk, actor=acting(author), now=now)
    _save(draft, author, now, {"title": "Another one"})
    fresh = Listing.objects.get(pk=listing.pk)
    assert (fresh.title, fresh.live.snapshot_id) == (listing.title, listing.live.snapshot_id)
    assert Snapshot.objects.count() == 1


def test_a_value_that_says_what_the_master_says_is_no_override(draft, author, now):
    saved = _save(draft, author, now, {"title": "Mug", "weight": {"A": 9, "B": 350}, "blocks": {"intro": "ours"}})
    assert saved.overrides == {"title": "Mug", "weight": {"A": 9}, "blocks": {"intro": "ours"}}
    back = _save(saved, author, now, {"title": "Cup", "weight": {"A": 350}, "blocks": {"intro": None}})
    assert (back.overrides, back.version) == ({}, 2)


def test_saving_again_what_is_there_writes_nothing(draft, author, now):
    saved = _save(draft, author, now, {"title": "Mug"})
    trail = TrailEntry.objects.count()
    again = _save(saved, author, now, {"title": " Mug "})
    assert (again.version, TrailEntry.objects.count()) == (saved.version, trail)


def test_a_variant_may_be_left_out_of_a_shop(draft, author, now):
    saved = _save(draft, author, now, {"variants": {"B": False}})
    content = content_of(saved, at=now)
    assert (content["variants"], content["prices"]) == ({"A": "A"}, {"A": "10.00"})


def test_pictures_in_another_order_are_an_override_and_the_same_order_is_none(draft, author, now):
    product = draft.listing.product
    first, second = product.photos.get(), PhotoFactory(product=product, position=5)
    saved = _save(draft, author, now, {"photos": [second.pk, first.pk]})
    assert [one["key"] for one in content_of(saved, at=now)["photos"]] == [str(second.pk), str(first.pk)]
    assert _save(saved, author, now, {"photos": [str(first.pk), str(second.pk)]}).overrides == {}


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"title": "Mug", "colour": "red"}, UnknownContentField),
        ({"title": "Mug", "weight": {"X": 1}}, UnknownPart),
        ({"brief": "new", "title": "M\u202eug"}, HiddenCharacters),
    ],
)
def test_nothing_is_saved_of_a_form_with_a_refused_field(draft, author, now, fields, refusal):
    with pytest.raises(refusal):
        _save(draft, author, now, fields)
    assert (_fresh(draft).overrides, _fresh(draft).version) == ({}, 0)


def test_a_picture_that_waits_for_sign_off_cannot_be_shown(draft, author, now):
    waiting = PhotoFactory(product=draft.listing.product, state=PhotoState.CHECKED, signed_off_by=None)
    with pytest.raises(UnknownPart):
        _save(draft, author, now, {"photos": [waiting.pk]})


def test_who_saved_meanwhile_is_named_with_both_values(draft, author, now):
    other = EmployeeFactory(username="ben")
    _save(draft, other, now, {"title": "Theirs", "weight": {"A": 1}})
    with pytest.raises(EditedMeanwhile, match="Ben saved") as refusal:
        _save(draft, author, now + 10 * MINUTE, {"title": "Ours", "weight": {"A": 1, "B": 2}})
    assert refusal.value.both == {"title": ["Ours", "Theirs"], "weight.B": [2, 350]}
    assert _fresh(draft).overrides["title"] == "Theirs"


def test_a_draft_is_held_for_five_minutes_and_can_be_taken_over(draft, author, now):
    other = EmployeeFactory(username="ben")
    services.hold_revision(revision_id=draft.pk, actor=acting(other), now=now)
    with pytest.raises(BeingEdited, match="Ben is editing"):
        _save(draft, author, now + 4 * MINUTE, {"title": "Ours"})
    with pytest.raises(BeingEdited):
        services.submit_revision(revision_id=draft.pk, actor=acting(author), now=now + 4 * MINUTE)
    assert _fresh(draft).overrides == {}
    saved = _save(draft, author, now + 4 * MINUTE, {"title": "Ours"}, take_over=True)
    assert (saved.edited_by_id, saved.authors) == (author.pk, [author.pk])
    _save(saved, other, now + 10 * MINUTE, {"title": "Theirs"})
    assert _fresh(draft).authors == [author.pk, other.pk]


def test_a_released_draft_is_free_at_once_but_only_by_its_holder(draft, author, now):
    other = EmployeeFactory()
    services.hold_revision(revision_id=draft.pk, actor=acting(other), now=now)
    services.release_revision(revision_id=draft.pk, actor=acting(author), now=now)
    with pytest.raises(BeingEdited):
        services.hold_revision(revision_id=draft.pk, actor=acting(author), now=now)
    services.release_revision(revision_id=draft.pk, actor=acting(other), now=now)
    assert services.hold_revision(revision_id=draft.pk, actor=acting(author), now=now).edited_by_id == author.pk


def test_an_edit_in_review_takes_the_request_back(draft, author, now):
    request = services.submit_revision(revision_id=draft.pk, actor=acting(author), now=now)
    assert _fresh(draft).state == DraftState.IN_REVIEW
    _save(draft, author, now, {"title": "One letter more"})
    request.refresh_from_db()
    assert (request.state, _fresh(draft).state) == ("voided", DraftState.DRAFT)


def test_saving_the_same_in_review_takes_nothing_back(draft, author, now):
    request = services.submit_revision(revision_id=draft.pk, actor=acting(author), now=now)
    _save(draft, author, now, {"title": "Cup"})
    request.refresh_from_db()
    assert (request.state, _fresh(draft).state) == ("in_review", DraftState.IN_REVIEW)


def test_what_was_published_cannot_be_edited(draft, author, now):
    publish_revision(draft, now=now)
    with pytest.raises(RevisionIsClosed):
        _save(draft, author, now, {"title": "Later"})
    with pytest.raises(RevisionNotInDraft):
        services.discard_revision(revision_id=draft.pk, actor=acting(author), now=now)
    assert _fresh(draft).overrides == {}


def test_the_next_draft_begins_with_what_the_shop_has_for_itself(draft, author, now):
    saved = _save(draft, author, now, {"title": "Mug", "prices": {"A": "12.00"}})
    publish_revision(saved, now=now)
    later = now + timedelta(days=1)
    following = services.begin_revision(listing_id=draft.listing_id, actor=acting(author), now=later)
    assert (following.overrides, following.base_number) == ({"title": "Mug"}, 1)
    # the price is no override any more: the publication made it the shop's price
    assert content_of(following, at=later)["prices"] == {"A": "12.00", "B": "10.00"}
    with pytest.raises(NothingChanged):
        services.submit_revision(revision_id=following.pk, actor=acting(author), now=later)


def test_a_draft_from_an_older_version_is_compared_first(author, now):
    listing = published_listing(author=author)
    old, new = EmployeeFactory(roles=["OPS"]), EmployeeFactory(roles=["OPS"])
    mine = services.begin_revision(listing_id=listing.pk, actor=acting(old), now=now)
    theirs = services.begin_revision(listing_id=listing.pk, actor=acting(new), now=now)
    publish_revision(_save(theirs, new, now, {"brief": "Keeps tea warm for a whole day."}), now=now)
    mine = _save(mine, old, now, {"slogan": "Warm all day, and mine"})
    with pytest.raises(Exception, match="Version 2 was published since") as refusal:
        services.submit_revision(revision_id=mine.pk, actor=acting(old), now=now)
    assert [one.code for one in refusal.value.findings] == ["base_moved"]
    services.rebase_revision(revision_id=mine.pk, actor=acting(old), now=now)
    assert services.submit_revision(revision_id=mine.pk, actor=acting(old), now=now).state == "in_review"


def test_a_restored_version_says_exactly_the_same(author, now):
    product = complete_product("Cup", ("A", "B"))
    listing = published_listing(author=author, product=product)
    wanted = listing.live.snapshot.fields
    changes = {"name": "Bowl", "weight": {"A": 1}, "blocks": {"intro": "new"}, "brand": ""}
    services.change_master(product_id=product.pk, fields=changes, actor=acting(author), now=now)
    services.set_prices(
        changes=[services.PriceChange(product.variants.get(sku="A").pk, None, Decimal(99), now, reason="dearer")],
        actor=acting(author),
        now=now,
    )
    PhotoFactory(product=product)
    restored = services.restore_snapshot(listing_id=listing.pk, snapshot_number=1, actor=acting(author), now=now)
    assert content_of(restored, at=None) == wanted
    assert (restored.origin, restored.restored_from.number) == (RevisionOrigin.RESTORE, 1)
    assert Listing.objects.get(pk=listing.pk).live.snapshot.number == 1


def test_an_unknown_version_is_not_restored(draft, author, now):
    with pytest.raises(VersionUnknown):
        services.restore_snapshot(listing_id=draft.listing_id, snapshot_number=7, actor=acting(author), now=now)
    assert ListingRevision.objects.count() == 1


def test_a_discarded_draft_stays_readable_and_a_new_one_begins(draft, author, now):
    services.discard_revision(revision_id=draft.pk, actor=acting(author), now=now, reason="not needed")
    assert _fresh(draft).state == DraftState.DISCARDED
    assert services.begin_revision(listing_id=draft.listing_id, actor=acting(author), now=now).number == 2


def test_a_planned_publication_waits_for_its_time(draft, author, now):
    later = now + timedelta(days=1)
    services.schedule_revision(revision_id=draft.pk, publish_at=later, actor=acting(author), now=now)
    request = services.submit_revision(revision_id=draft.pk, actor=acting(author), now=now)
    assert decide_everything(request, now=now + MINUTE).state == "approved"
    assert _fresh(draft).state == DraftState.APPROVED
    with pytest.raises(RevisionNotInDraft):
        services.schedule_revision(revision_id=draft.pk, publish_at=None, actor=acting(author), now=now)
    assert _fresh(draft).publish_at == later


def test_titles_are_rated_by_somebody_else_once(draft, author, now):
    reader = acting(EmployeeFactory())
    services.rate_title(revision_id=draft.pk, rating=2, actor=reader, now=now)
    services.rate_title(revision_id=draft.pk, rating=4, actor=reader, now=now)
    assert list(TitleRating.objects.values_list("rating", flat=True)) == [4]
    with pytest.raises(OwnTitle):
        services.rate_title(revision_id=draft.pk, rating=5, actor=acting(author), now=now)
    with pytest.raises(RatingOutOfRange):
        services.rate_title(revision_id=draft.pk, rating=6, actor=reader, now=now)
    assert list(TitleRating.objects.values_list("rating", flat=True)) == [4]
