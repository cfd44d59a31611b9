"""What people do with pushes: by hand, with evidence, again (CAT-14)."""

from __future__ import annotations

import pytest

from approvals.models import ChangeRequest, TrailEntry
from catalog import services
from catalog.errors import AddressUnreadable, EvidenceMissing, PushHasMovedOn, RemoteNumberTooLong
from catalog.models import ChannelPush, Listing
from catalog.states import PushState
from tests.factories.listings import acting, published_listing
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db):
    return acting(EmployeeFactory(roles=["OPS"]))


@pytest.fixture
def push(db):
    return ChannelPush.objects.get(listing=published_listing(seen=False))


def test_without_a_connection_the_address_is_the_evidence(push, person, now):
    assert push.state == PushState.BY_HAND
    services.confirm_by_hand(
        push_id=push.pk, url="https://shop.example/tea/1", platform_id="T-1", actor=person, now=now
    )
    listing = Listing.objects.get(pk=push.listing_id)
    request = ChangeRequest.objects.get(subject_id=listing.pk)
    assert (listing.live.evidence, listing.live.display_url) == ("person", "https://shop.example/tea/1")
    assert (listing.live.display_id, listing.remote_id, listing.live.checked_by) == ("T-1", "T-1", person.label)
    assert (request.state, request.live_at) == ("live", now)
    push.refresh_from_db()
    assert (push.state, push.done_by_id) == (PushState.CONFIRMED, person.user_id)
    assert TrailEntry.objects.filter(action="catalog.push_done_by_hand", subject_id=listing.pk).count() == 1
    with pytest.raises(PushHasMovedOn):
        services.confirm_by_hand(push_id=push.pk, url="https://other.example/", platform_id="", actor=person, now=now)
    assert Listing.objects.get(pk=listing.pk).live.display_url == "https://shop.example/tea/1"


@pytest.mark.parametrize(
    ("url", "number", "error"),
    [
        ("", "", EvidenceMissing),
        ("javascript:alert(1)", "", AddressUnreadable),
        ("https://", "", AddressUnreadable),
        ("https://shop.example/a b", "", AddressUnreadable),
        ("https://" + "me:secret" + "@shop.example/", "", AddressUnreadable),
        ("https://shop.example/" + "a" * 500, "", AddressUnreadable),
        ("", "9" * 121, RemoteNumberTooLong),
    ],
)
def test_evidence_must_be_one(push, person, now, url, number, error):
    with pytest.raises(error):
        services.confirm_by_hand(push_id=push.pk, url=url, platform_id=number, actor=person, now=now)
    push.refresh_from_db()
    assert push.state == PushState.BY_HAND
    assert ChangeRequest.objects.get(subject_id=push.listing_id).state == "published"


def test_a_take_down_by_hand_needs_no_address(push, person, now):
    services.take_down(listing_id=push.listing_id, reason="recall", actor=person, now=now)
    push.refresh_from_db()
    assert push.state == PushState.SUPERSEDED
    down = ChannelPush.objects.latest("pk")
    services.confirm_by_hand(push_id=down.pk, url="", platform_id="", actor=person, now=now)
    down.refresh_from_db()
    assert down.state == PushState.CONFIRMED


def test_what_is_not_refused_is_neither_sent_again_nor_given_to_hand(push, person, now):
    for act in (services.retry_push, services.give_to_hand):
        with pytest.raises(PushHasMovedOn):
            act(push_id=push.pk, actor=person, now=now)
    push.refresh_from_db()
    assert push.state == PushState.BY_HAND


def test_the_number_can_be_corrected_and_emptied(push, person, now):
    for number in ("77", ""):
        services.set_remote_id(listing_id=push.listing_id, remote_id=f" {number} ", actor=person, now=now)
        assert Listing.objects.get(pk=push.listing_id).remote_id == number
    assert TrailEntry.objects.filter(action="catalog.remote_id_set").count() == 2
