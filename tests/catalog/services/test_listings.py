"""Listings: made in numbers, shown by a publication, taken down."""

from __future__ import annotations

import pytest

from approvals.errors import NotReady, ReasonIsMissing
from approvals.models import TrailEntry
from approvals.states import DraftState
from catalog import services
from catalog.models import ChannelPush, Listing, ListingRevision, RefreshClock
from catalog.states import ListingState, PushAction, PushState
from tests.factories.catalog import ProductFactory
from tests.factories.listings import (
    acting,
    complete_product,
    publish_revision,
    published_listing,
    submittable_listing,
)
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db


def test_a_listing_is_made_for_each_product_in_each_shop_once(actor, now):
    products, shops = [complete_product(), ProductFactory(name="Bare")], [ShopFactory(), ShopFactory()]
    ids = [one.pk for one in products], [one.pk for one in shops]
    made = services.create_listings(product_ids=ids[0], shop_ids=ids[1], actor=actor, now=now)
    again = services.create_listings(product_ids=ids[0], shop_ids=ids[1], actor=actor, now=now)
    assert (len(made), again) == (4, [])
    states = Listing.objects.order_by("product", "shop").values_list("state", "completeness", "title")
    assert list(states[:2]) == [("preparing", 100, products[0].name)] * 2
    assert states[2][1] < 100 and states[2][2] == "Bare"
    assert TrailEntry.objects.filter(action="catalog.listing_made").count() == 4


def test_making_more_listings_costs_no_more_queries(actor, now, django_assert_num_queries):
    def make(count: int) -> None:
        products = [complete_product().pk for _n in range(count)]
        shop = ShopFactory().pk
        with django_assert_num_queries(MAKE_QUERIES):
            services.create_listings(product_ids=products, shop_ids=[shop], actor=actor, now=now)

    make(1)
    make(4)


# savepoints 4, products, shops, listings, trail; locked listings, drafts, standing, contents 5, book 4, savepoints and update 3
MAKE_QUERIES = 21


def test_what_was_approved_is_shown(now):
    listing = published_listing(seen=False)
    revision = ListingRevision.objects.get(listing=listing)
    assert (listing.state, revision.state, revision.request.state) == ("listed", "published", "published")
    assert listing.live.snapshot.fields["title"] == listing.title == listing.product.name
    assert listing.first_listed_at is not None
    assert RefreshClock.objects.filter(listing=listing, is_running=True).count() == 3
    push = ChannelPush.objects.get(listing=listing)
    assert (push.action, push.state, push.channel) == (PushAction.PUBLISH, PushState.BY_HAND, None)


def test_an_incomplete_listing_is_refused_and_everything_missing_is_named(now):
    product = complete_product(slogan="", blocks={}, feature="")
    revision = submittable_listing(product=product, now=now)
    with pytest.raises(NotReady) as refusal:
        services.submit_revision(revision_id=revision.pk, actor=acting(revision.author), now=now)
    missing = {one.field for one in refusal.value.findings}
    assert missing == {
        "slogan", "feature", "blocks.intro", "blocks.specification", "blocks.usage", "blocks.service",
    }  # fmt: skip
    fresh = ListingRevision.objects.get(pk=revision.pk)
    assert (fresh.state, fresh.request) == (DraftState.DRAFT, None)


def test_a_listing_is_taken_down_at_once_with_a_reason(now):
    listing = published_listing()
    person = acting(EmployeeFactory(roles=["OPS"]))
    with pytest.raises(ReasonIsMissing):
        services.take_down(listing_id=listing.pk, reason=" ", actor=person, now=now)
    assert Listing.objects.get(pk=listing.pk).state == ListingState.LISTED
    services.take_down(listing_id=listing.pk, reason="a recall", actor=person, now=now)
    fresh = Listing.objects.get(pk=listing.pk)
    assert (fresh.state, fresh.live.snapshot, fresh.live.taken_down_reason) == ("taken_down", None, "a recall")
    assert ChannelPush.objects.filter(listing=listing, action=PushAction.TAKE_DOWN).count() == 1
    assert not RefreshClock.objects.filter(listing=listing, is_running=True).exists()


def test_what_was_taken_down_comes_back_as_a_restored_version_with_its_own_approval(now):
    listing = published_listing()
    person = EmployeeFactory(roles=["OPS"])
    first = listing.live.snapshot
    services.take_down(listing_id=listing.pk, reason="a recall", actor=acting(person), now=now)
    draft = services.restore_snapshot(listing_id=listing.pk, snapshot_number=1, actor=acting(person), now=now)
    publish_revision(draft, now=now)
    fresh = Listing.objects.get(pk=listing.pk)
    assert (fresh.state, fresh.live.snapshot.number) == ("listed", 2)
    assert fresh.live.snapshot.content_hash == first.content_hash
    assert RefreshClock.objects.filter(listing=listing, is_running=True).count() == 3
