"""Many cells: weighed without a trace, made one package of drafts or nothing, and taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ChangeRequest, TrailEntry
from approvals.states import DraftState, RequestState
from catalog.errors import ChangesRefused, NothingToChange, PackageCannotBeUndone, ReasonMissing
from catalog.models import Listing, ListingRevision, Package, Price
from catalog.selectors.contents import content_of
from catalog.selectors.grid import Typed, Weighed, weigh
from catalog.services.bulk_drafts import make_bulk_package, undo_package
from catalog.services.packages import submit_package
from catalog.services.prices import PriceChange, set_prices
from catalog.states import PackageState, RevisionOrigin
from config.kit.actor import Actor
from stores.models import Employee
from stores.states import Role
from tests.factories.catalog import CategoryFactory
from tests.factories.listings import acting, complete_product, decide_everything, published_listing
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db
QUERIES = (18, 46)
"""Of looking at the effect, and of making the package."""


@pytest.fixture
def author(now: datetime) -> Employee:
    return EmployeeFactory(roles=[Role.OPS])


def sku_of(listing: Listing) -> str:
    return str(listing.product.variants.order_by("sku").first().sku)


def weighed(*cells: Typed, now: datetime, ending: str = "") -> Weighed:
    return weigh(cells, rows=Listing.objects.all(), now=now, ending=ending)


def made(effect: Weighed, by: Actor, now: datetime) -> Package:
    return make_bulk_package(
        entries=effect.entries, before=effect.before, title="Spring", origin=RevisionOrigin.BULK, actor=by, now=now
    )


def test_weighing_tells_old_new_and_share_and_writes_nothing(now: datetime) -> None:
    listing = published_listing()
    sku = sku_of(listing)
    counts = (ListingRevision.objects.count(), TrailEntry.objects.count(), Package.objects.count())
    effect = weighed(
        Typed(listing.pk, f"prices.{sku}", "=x*0.88", shown="10.00"),
        Typed(listing.pk, "title", "A new title", shown=listing.title),
        Typed(listing.pk, "slogan", "Warm all day, light in the bag", shown="Warm all day, light in the bag"),
        now=now,
        ending=".90",
    )
    told = {one.path: (one.before, one.after, one.percent) for one in effect.changes}
    assert told == {f"prices.{sku}": ("10.00", "8.90", Decimal("-11.0")), "title": (listing.title, "A new title", None)}
    assert effect.entries == {listing.pk: {"prices": {sku: "8.90"}, "title": "A new title"}}
    assert effect.refused == []
    assert (ListingRevision.objects.count(), TrailEntry.objects.count(), Package.objects.count()) == counts


def test_everything_wrong_is_named_by_row_and_column(now: datetime) -> None:
    listing = published_listing()
    sku = sku_of(listing)
    effect = weighed(
        Typed(listing.pk, "prices.NOPE", "1", "row 2", "price"),
        Typed(listing.pk, f"prices.{sku}", "cheap", "row 3", "price"),
        Typed(listing.pk, f"was_prices.{sku}", "=x*", "row 3", "former price"),
        Typed(listing.pk, "title", "nice \u202eecirp", "row 3", "title"),
        Typed(listing.pk, "slogan", "new", "row 4", "slogan", shown="what is not there"),
        Typed(listing.pk, "nonsense", "x", "row 4", "nonsense"),
        Typed(0, "title", "x", "row 5", "title"),
        now=now,
    )
    assert {(one.row, one.column) for one in effect.refused} == {
        ("row 2", "price"), ("row 3", "price"), ("row 3", "former price"), ("row 3", "title"), ("row 4", "slogan"),
        ("row 4", "nonsense"), ("row 5", "title"),
    }  # fmt: skip
    assert "RIGHT-TO-LEFT" in next(one.text for one in effect.refused if one.column == "title").upper()
    assert effect.entries == {}


def test_content_rules_and_prices_beyond_the_category_are_remarks(now: datetime) -> None:
    category, shop = CategoryFactory(), ShopFactory()
    cheap, other = (published_listing(shop=shop, product=complete_product(category=category)) for _number in range(2))
    sku = sku_of(cheap)
    effect = weighed(Typed(cheap.pk, f"prices.{sku}", "7"), Typed(other.pk, "slogan", "全网最低价,国家级品质"), now=now)
    remarks = {one.path: [finding.code for finding in one.remarks] for one in effect.changes}
    assert remarks[f"prices.{sku}"] == ["price_band"]
    assert remarks["slogan"] != []


def test_many_listings_become_one_package_of_drafts(author: Employee, now: datetime) -> None:
    listings = [published_listing() for _number in range(2)]
    prices, live = Price.objects.count(), [one.live_id for one in listings]
    effect = weighed(*(Typed(one.pk, f"prices.{sku_of(one)}", "-10%") for one in listings), now=now)
    package = made(effect, acting(author), now)
    drafts = list(package.revisions.order_by("listing_id"))
    assert [draft.listing_id for draft in drafts] == sorted(one.pk for one in listings)
    assert {(draft.state, draft.origin, draft.author_id) for draft in drafts} == {("draft", "bulk", author.pk)}
    for draft in drafts:
        sku = sku_of(draft.listing)
        assert draft.overrides == {"prices": {sku: "9.00"}}
        assert content_of(draft, at=None)["prices"][sku] == "9.00"
        assert (draft.number, draft.base_number) == (2, 1)
    assert Price.objects.count() == prices
    assert [Listing.objects.get(pk=one.pk).live_id for one in listings] == live
    assert set(package.shops.values_list("pk", flat=True)) == {one.shop_id for one in listings}
    told = TrailEntry.objects.filter(subject_type="catalog.listing", subject_id=listings[0].pk, actor_user_id=author.pk)
    assert set(told.values_list("action", flat=True)) >= {"catalog.revision_begun", "catalog.revision_saved"}


def test_drafts_of_a_package_can_be_approved_and_reach_the_shoppers(author: Employee, now: datetime) -> None:
    listing = published_listing()
    sku = sku_of(listing)
    package = made(weighed(Typed(listing.pk, f"prices.{sku}", "9.90"), now=now), acting(author), now)
    [request] = submit_package(package_id=package.pk, actor=acting(author), now=now + timedelta(minutes=1))
    assert decide_everything(request, now=now + timedelta(minutes=2)).state == RequestState.PUBLISHED
    fresh = Listing.objects.get(pk=listing.pk)
    assert fresh.live is not None and fresh.live.snapshot is not None
    assert fresh.live.snapshot.fields["prices"][sku] == "9.90"


def test_a_listing_that_changed_meanwhile_stops_all_of_it(author: Employee, now: datetime) -> None:
    listings = [published_listing() for _number in range(2)]
    effect = weighed(*(Typed(one.pk, f"prices.{sku_of(one)}", "8") for one in listings), now=now)
    variant = listings[1].product.variants.get(sku=sku_of(listings[1]))
    set_prices(
        changes=[PriceChange(variant.pk, None, Decimal("11.00"), now, reason="dearer tea")],
        actor=acting(author), now=now,
    )  # fmt: skip
    counts = (ListingRevision.objects.count(), Package.objects.count())
    with pytest.raises(ChangesRefused, match=r"11\.00"):
        made(effect, acting(author), now + timedelta(minutes=1))
    assert (ListingRevision.objects.count(), Package.objects.count()) == counts


def test_a_listing_waits_in_one_package_only(author: Employee, now: datetime) -> None:
    listing = published_listing()
    effect = weighed(Typed(listing.pk, "slogan", "Warm"), now=now)
    package = made(effect, acting(author), now)
    again = weighed(Typed(listing.pk, "slogan", "Warmer"), now=now)
    assert str(package) in again.refused[0].text and again.entries == {}
    with pytest.raises(ChangesRefused):
        made(effect, acting(author), now)
    assert Package.objects.count() == 1


def test_nothing_to_change_makes_no_package(author: Employee, now: datetime) -> None:
    listing = published_listing()
    effect = weighed(Typed(listing.pk, "slogan", "Warm all day, light in the bag"), now=now)
    with pytest.raises(NothingToChange):
        made(effect, acting(author), now)
    assert not Package.objects.exists()


@pytest.mark.parametrize("count", [1, 4])
def test_a_package_costs_the_same_for_one_listing_and_for_four(author: Employee, now: datetime, count: int) -> None:
    listings = [published_listing() for _number in range(count)]
    cells = [Typed(one.pk, f"prices.{sku_of(one)}", "8") for one in listings]
    with CaptureQueriesContext(connection) as read:
        effect = weighed(*cells, now=now)
    with CaptureQueriesContext(connection) as written:
        made(effect, acting(author), now)
    assert (len(read), len(written)) == QUERIES


def test_a_package_is_undone_with_what_is_in_approval(author: Employee, now: datetime) -> None:
    listings = [published_listing() for _number in range(2)]
    effect = weighed(*(Typed(one.pk, f"prices.{sku_of(one)}", "8") for one in listings), now=now)
    package = made(effect, acting(author), now)
    requests = submit_package(package_id=package.pk, actor=acting(author), now=now)
    with pytest.raises(ReasonMissing):
        undo_package(package_id=package.pk, reason=" ", actor=acting(author), now=now)
    closed = undo_package(package_id=package.pk, reason="wrong column", actor=acting(author), now=now)
    assert closed.state == PackageState.CLOSED
    states = ChangeRequest.objects.filter(pk__in=[one.pk for one in requests]).values_list("state", flat=True)
    assert set(states) == {RequestState.WITHDRAWN}
    drafts = ListingRevision.objects.filter(origin=RevisionOrigin.BULK)
    assert {(draft.state, draft.package_id) for draft in drafts} == {(DraftState.DISCARDED, package.pk)}


def test_what_is_approved_is_not_undone(author: Employee, now: datetime) -> None:
    listing = published_listing()
    package = made(weighed(Typed(listing.pk, f"prices.{sku_of(listing)}", "9.90"), now=now), acting(author), now)
    [request] = submit_package(package_id=package.pk, actor=acting(author), now=now)
    decide_everything(request, now=now + timedelta(minutes=2))
    with pytest.raises(PackageCannotBeUndone):
        undo_package(package_id=package.pk, reason="too late", actor=acting(author), now=now + timedelta(minutes=3))
    assert package.revisions.get().state == DraftState.PUBLISHED
