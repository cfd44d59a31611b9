"""Publication packages: merged, classified, submitted in one go, followed to the end (CAT-7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from approvals import services as approvals
from approvals.models import ChangeRequest, Deadline
from approvals.states import DeadlineState, DraftState, Importance, RequestState
from catalog.errors import (
    DraftIsInAnotherPackage,
    ListingOutsidePackage,
    PackageIsClosed,
    PackageNotReady,
    SourceHasMovedOn,
    SourceIsInPackage,
)
from catalog.models import Listing, ListingRevision, Package, Price, Product, SourceItem
from catalog.policies.fields import LISTING_KIND
from catalog.selectors.packages import due_of, packed_sources
from catalog.services.packages import (
    add_listings,
    add_products,
    add_sources,
    close_package,
    make_package,
    package_progress,
    remove_source,
    submit_package,
)
from catalog.services.sources import refuse_source, send_source
from catalog.states import PackageState, SourceKind, SourceState
from config.kit.actor import Actor
from tests.factories.listings import (
    ListingFactory,
    acting,
    complete_product,
    decide_everything,
    published_listing,
)
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def planner() -> Actor:
    return acting(EmployeeFactory(roles=["PLAN"]))


def sent(now: datetime, *, kind: SourceKind = SourceKind.INTAKE, **facts) -> SourceItem:
    person = acting(EmployeeFactory(roles=["MKTG"]))
    return send_source(**{"kind": kind, "title": "Something new", "actor": person, "now": now, **facts})


def notice(product: Product, now: datetime, **facts) -> SourceItem:
    effective = facts.pop("effective_at", now)
    return sent(now, kind=SourceKind.NOTICE, product_id=product.pk, effective_at=effective, facts=facts)


def see_live(listing: Listing, now: datetime) -> None:
    approvals.confirm_live(
        kind=LISTING_KIND,
        subject_type=LISTING_KIND,
        subject_id=listing.pk,
        evidence="person",
        actor=Actor.system("tests"),
        now=now,
    )


def states_of(*items: SourceItem) -> list[str]:
    return [SourceItem.objects.get(pk=item.pk).state for item in items]


def test_package_inherits_the_earliest_clock_and_the_highest_class(planner: Actor, now: datetime) -> None:
    late = sent(now - timedelta(hours=1), importance=Importance.IMPORTANT)
    early = sent(now - timedelta(hours=5))
    package = make_package(title="Spring", source_ids=[late.pk], actor=planner, now=now)
    assert (package.clock_started_at, package.importance) == (now - timedelta(hours=1), Importance.IMPORTANT)
    package = add_sources(package_id=package.pk, source_ids=[early.pk], actor=planner, now=now)
    assert package.clock_started_at == now - timedelta(hours=5)
    assert due_of(package) == now + timedelta(hours=7)
    assert [(row.item.pk, row.sets_clock) for row in packed_sources(package)] == [(early.pk, True), (late.pk, False)]
    assert states_of(late, early) == [SourceState.IN_DRAFT] * 2
    owners = Deadline.objects.open().filter(subject_type="catalog.sourceitem").values_list("owner", flat=True)
    assert set(owners) == {planner.user_id}


def test_item_in_a_package_is_neither_packed_twice_nor_refused(planner: Actor, now: datetime) -> None:
    item = sent(now)
    package = make_package(title="One", source_ids=[item.pk], actor=planner, now=now)
    with pytest.raises(SourceHasMovedOn):
        make_package(title="Two", source_ids=[item.pk], actor=planner, now=now)
    with pytest.raises(SourceIsInPackage):
        refuse_source(source_id=item.pk, reason="no", actor=planner, now=now)
    assert list(Package.objects.all()) == [package]
    remove_source(package_id=package.pk, source_id=item.pk, reason="other package", actor=planner, now=now)
    item.refresh_from_db()
    assert (item.state, item.package) == (SourceState.RECEIVED, None)
    assert Deadline.objects.open().get(subject_id=item.pk).owner is None
    refuse_source(source_id=item.pk, reason="no", actor=planner, now=now)


def test_notice_in_effect_for_every_shop_goes_into_the_master_and_every_listing(planner: Actor, now: datetime) -> None:
    product = complete_product("Old kettle", skus=("K-1", "K-2"))
    first = published_listing(product=product)
    second = published_listing(product=product)
    item = notice(product, now, name="New kettle", service_text="Two years of warranty.", prices={"K-1": "12.00"})
    package = make_package(title="Kettle", source_ids=[item.pk], actor=planner, now=now)
    made = add_listings(package_id=package.pk, listing_ids=[first.pk], actor=planner, now=now)
    drafts = ListingRevision.objects.filter(pk__in=made)
    assert {draft.listing_id for draft in drafts} == {first.pk, second.pk}
    assert [draft.overrides for draft in drafts] == [{}, {}]
    product.refresh_from_db()
    assert (product.name, product.service_text) == ("New kettle", "Two years of warranty.")
    price = Price.objects.get(variant__sku="K-1", shop=None)
    assert (price.amount, price.starts_at) == (Decimal("12.00"), now)
    again = add_products(package_id=package.pk, product_ids=[product.pk], actor=planner, now=now)
    assert sorted(again) == sorted(made)
    assert Price.objects.filter(variant__sku="K-1", shop=None).count() == 1


def test_notice_for_some_shops_stays_an_override_of_these(planner: Actor, now: datetime) -> None:
    product = complete_product("Old kettle", skus=("K-1",))
    here, there = ShopFactory(), ShopFactory()
    listing = published_listing(product=product, shop=here)
    other = published_listing(product=product, shop=there)
    item = notice(product, now, name="New kettle", prices={"K-1": "12.00"})
    package = make_package(title="Kettle", source_ids=[item.pk], shop_ids=[here.pk], actor=planner, now=now)
    with pytest.raises(ListingOutsidePackage):
        add_listings(package_id=package.pk, listing_ids=[other.pk], actor=planner, now=now)
    [draft_id] = add_listings(package_id=package.pk, listing_ids=[listing.pk], actor=planner, now=now)
    assert ListingRevision.objects.get(pk=draft_id).overrides == {"title": "New kettle"}
    assert Product.objects.get(pk=product.pk).name == "Old kettle"
    assert list(Price.objects.filter(variant__sku="K-1").values_list("shop", "amount")) == [(here.pk, Decimal("12.00"))]


def test_notice_for_later_is_published_when_it_takes_effect(planner: Actor, now: datetime) -> None:
    product = complete_product("Old kettle", skus=("K-1",))
    listing = published_listing(product=product)
    later = now + timedelta(days=4)
    item = notice(product, now, name="New kettle", prices={"K-1": "12.00"}, effective_at=later)
    package = make_package(title="Kettle", source_ids=[item.pk], actor=planner, now=now)
    [draft_id] = add_listings(package_id=package.pk, listing_ids=[listing.pk], actor=planner, now=now)
    draft = ListingRevision.objects.get(pk=draft_id)
    assert (draft.publish_at, draft.overrides) == (later, {"title": "New kettle"})
    assert Product.objects.get(pk=product.pk).name == "Old kettle"
    [request] = submit_package(package_id=package.pk, actor=planner, now=now)
    assert (request.fields["title"], request.fields["prices"]) == ("New kettle", {"K-1": "12.00"})
    decide_everything(request, now=now)
    approvals.publish_due(now=later)
    see_live(listing, later)
    assert states_of(item) == [SourceState.PUBLISHED]
    # Every shop shows it now, so the master says it and no shop has it for itself any more.
    assert Product.objects.get(pk=product.pk).name == "New kettle"
    assert ListingRevision.objects.get(pk=draft_id).overrides == {}
    assert not ListingRevision.objects.filter(listing=listing, state=DraftState.DRAFT).exists()


def test_all_drafts_are_submitted_together_with_the_clock_of_the_package(planner: Actor, now: datetime) -> None:
    product = complete_product("Old kettle")
    listings = [published_listing(product=product) for _shop in range(2)]
    item = notice(product, now - timedelta(hours=3), name="New kettle")
    package = make_package(
        title="Kettle", source_ids=[item.pk], importance=Importance.IMPORTANT, actor=planner, now=now
    )
    add_products(package_id=package.pk, product_ids=[product.pk], actor=planner, now=now)
    requests = submit_package(package_id=package.pk, actor=planner, now=now)
    assert {request.subject_id for request in requests} == {listing.pk for listing in listings}
    for request in requests:
        assert (request.package_id, request.clock_started_at) == (package.pk, now - timedelta(hours=3))
        assert request.importance == Importance.IMPORTANT
    package.refresh_from_db()
    assert (package.state, package.submitted_at) == (PackageState.SUBMITTED, now)
    assert states_of(item) == [SourceState.IN_APPROVAL]

    for request in requests:
        decide_everything(request, now=now)
    see_live(listings[0], now)
    assert (Package.objects.get().state, states_of(item)) == (PackageState.SUBMITTED, [SourceState.IN_APPROVAL])
    see_live(listings[1], now)
    package.refresh_from_db()
    assert (package.state, package.closed_at) == (PackageState.CLOSED, now)
    assert states_of(item) == [SourceState.PUBLISHED]
    clocks = Deadline.objects.filter(subject_type="catalog.sourceitem")
    assert [clock.state for clock in clocks] == [DeadlineState.MET]
    with pytest.raises(PackageIsClosed):
        submit_package(package_id=package.pk, actor=planner, now=now)


def test_one_unready_draft_keeps_all_back_and_every_finding_is_named(planner: Actor, now: datetime) -> None:
    good = complete_product("Good kettle")
    bad = complete_product("Bad kettle", brief="", slogan="")
    listings = [ListingFactory(product=good), ListingFactory(product=bad), ListingFactory(product=bad)]
    forgotten = sent(now, product_id=complete_product("Forgotten").pk, title="Forgotten item")
    package = make_package(title="Kettles", source_ids=[forgotten.pk], actor=planner, now=now)
    add_listings(package_id=package.pk, listing_ids=[row.pk for row in listings], actor=planner, now=now)
    with pytest.raises(PackageNotReady) as refusal:
        submit_package(package_id=package.pk, actor=planner, now=now)
    findings = refusal.value.facts["findings"]
    assert set(findings) == {"Forgotten item", str(listings[1]), str(listings[2])}
    assert {row.field for row in findings[str(listings[1])]} == {"brief", "slogan"}
    assert not ChangeRequest.objects.exists()
    assert set(package.revisions.values_list("state", flat=True)) == {DraftState.DRAFT}
    package.refresh_from_db()
    assert (package.state, package.submitted_at) == (PackageState.GATHERING, None)
    assert states_of(forgotten) == [SourceState.IN_DRAFT]


def test_refused_draft_brings_its_package_back_and_can_be_submitted_again(planner: Actor, now: datetime) -> None:
    product = complete_product("Old kettle")
    listing = ListingFactory(product=product)
    item = sent(now, product_id=product.pk)
    package = make_package(title="Kettle", source_ids=[item.pk], actor=planner, now=now)
    add_listings(package_id=package.pk, listing_ids=[listing.pk], actor=planner, now=now)
    [request] = submit_package(package_id=package.pk, actor=planner, now=now)
    signer = acting(EmployeeFactory(roles=["OPS"]))
    approvals.refuse(
        request_id=request.pk,
        content_hash=request.content_hash,
        reason="blurred",
        field_reasons={},
        actor=signer,
        now=now,
    )
    assert Package.objects.get().state == PackageState.GATHERING
    assert states_of(item) == [SourceState.IN_DRAFT]
    [again] = submit_package(package_id=package.pk, actor=planner, now=now + timedelta(hours=1))
    assert (again.state, again.clock_started_at) == (RequestState.IN_REVIEW, now)
    assert package_progress(package_id=package.pk, now=now) == PackageState.SUBMITTED


def test_draft_belongs_to_one_package(planner: Actor, now: datetime) -> None:
    listing = ListingFactory(product=complete_product())
    first = make_package(title="One", actor=planner, now=now)
    second = make_package(title="Two", actor=planner, now=now)
    add_listings(package_id=first.pk, listing_ids=[listing.pk], actor=planner, now=now)
    with pytest.raises(DraftIsInAnotherPackage):
        add_listings(package_id=second.pk, listing_ids=[listing.pk], actor=planner, now=now)
    close_package(package_id=first.pk, reason="not now", actor=planner, now=now)
    [draft] = add_listings(package_id=second.pk, listing_ids=[listing.pk], actor=planner, now=now)
    assert ListingRevision.objects.get(pk=draft).package_id == second.pk


def test_package_that_is_given_up_gives_its_items_back(planner: Actor, now: datetime) -> None:
    item = sent(now)
    package = make_package(title="One", source_ids=[item.pk], actor=planner, now=now)
    close_package(package_id=package.pk, reason="another way", actor=planner, now=now)
    assert Package.objects.get().state == PackageState.CLOSED
    assert states_of(item) == [SourceState.RECEIVED]
    assert Deadline.objects.open().get().owner is None


def test_new_product_gets_listings_in_the_shops_of_the_package(planner: Actor, now: datetime) -> None:
    shops = [ShopFactory(), ShopFactory()]
    product = complete_product()
    package = make_package(title="New", shop_ids=[shop.pk for shop in shops], actor=planner, now=now)
    assert add_products(package_id=package.pk, product_ids=[product.pk], actor=planner, now=now) == []
    made = add_products(package_id=package.pk, product_ids=[product.pk], new_too=True, actor=planner, now=now)
    assert set(ListingRevision.objects.filter(pk__in=made).values_list("listing__shop", flat=True)) == {
        shop.pk for shop in shops
    }
