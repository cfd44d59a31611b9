"""What a revision says, and what it costs to ask."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from catalog.models import ListingRevision, Price
from catalog.policies.fields import Override
from catalog.selectors.contents import content_of, contents_of, override_layer
from catalog.states import PhotoRole, PhotoState
from tests.factories.catalog import VariantFactory
from tests.factories.listings import WHEN, ListingFactory, PhotoFactory, RevisionFactory, complete_product
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def revision():
    return RevisionFactory(listing=ListingFactory(product=complete_product("Cup", ("A", "B"))))


def test_content_is_the_master_where_nothing_is_overridden(revision, now):
    content = content_of(revision, at=now)
    product = revision.listing.product
    photo = product.photos.get()
    assert content["title"] == "Cup" and content["category"] == "home" and content["customer_group"] == "families"
    assert content["prices"] == {"A": "10.00", "B": "10.00"} and content["was_prices"] == {}
    assert content["weight"] == {"A": 350, "B": 350} and content["barcodes"] == {}
    assert content["photos"] == [{"key": str(photo.pk), "role": "main", "sha256": photo.sha256, "alt": photo.alt}]
    assert content["blocks"] == product.blocks


def test_prices_are_those_of_the_moment_in_that_shop(revision, now):
    variant, shop = revision.listing.product.variants.get(sku="A"), revision.listing.shop
    facts = {"variant": variant, "created_at": WHEN}
    Price.objects.create(amount=Decimal(11), starts_at=now, **facts)
    Price.objects.create(amount=Decimal(12), starts_at=now + DAY, ends_at=now + 2 * DAY, shop=shop, **facts)
    Price.objects.create(amount=Decimal(99), starts_at=now, shop=ShopFactory(), **facts)
    found = [content_of(revision, at=now + step * DAY)["prices"]["A"] for step in (-1, 0, 1, 2)]
    assert found == ["10.00", "11.00", "12.00", "11.00"]


def test_a_draft_says_the_same_until_somebody_writes(revision, now):
    variant = revision.listing.product.variants.get(sku="A")
    Price.objects.create(variant=variant, amount=Decimal(11), starts_at=WHEN + DAY, created_at=WHEN)
    assert content_of(revision, at=None)["prices"]["A"] == "10.00"
    revision.publish_at = WHEN + DAY
    assert content_of(revision, at=None)["prices"]["A"] == "11.00"
    revision.publish_at = None
    Price.objects.create(variant=variant, shop=revision.listing.shop, amount=Decimal(12), starts_at=now, created_at=now)
    assert content_of(revision, at=None)["prices"]["A"] == "12.00"


def test_a_shop_in_another_currency_shows_only_its_own_prices(now):
    shop = ShopFactory(currency="EUR")
    revision = RevisionFactory(listing=ListingFactory(product=complete_product("Cup", ("A", "B")), shop=shop))
    variant = revision.listing.product.variants.get(sku="A")
    Price.objects.create(variant=variant, shop=shop, amount=Decimal("1.30"), starts_at=WHEN, created_at=WHEN)
    assert content_of(revision, at=now)["prices"] == {"A": "1.30"}


def test_only_approved_pictures_are_shown_by_role_and_position(revision, now):
    product = revision.listing.product
    detail = PhotoFactory(product=product, role=PhotoRole.DETAIL, position=0)
    second = PhotoFactory(product=product, role=PhotoRole.MAIN, position=2)
    PhotoFactory(product=product, state=PhotoState.UPLOADED, signed_off_by=None)
    first = product.photos.order_by("pk").first()
    keys = [one["key"] for one in content_of(revision, at=now)["photos"]]
    assert keys == [str(first.pk), str(second.pk), str(detail.pk)]


def test_overrides_lie_over_the_master_and_are_told_beside_it(revision, now):
    photo = revision.listing.product.photos.get()
    revision.overrides = {
        "title": "Mug",
        "weight": {"A": 9},
        "photos": [{"key": str(photo.pk), "role": "main", "alt": "ours", "sha256": "is not taken from here"}],
    }
    content = content_of(revision, at=now)
    assert (content["title"], content["weight"]) == ("Mug", {"A": 9, "B": 350})
    assert content["photos"] == [{"key": str(photo.pk), "role": "main", "alt": "ours", "sha256": photo.sha256}]
    assert override_layer(revision, at=now)[:2] == [Override("title", "Mug", "Cup"), Override("weight.A", 9, 350)]


def test_many_revisions_cost_as_many_queries_as_one(django_assert_num_queries, now):
    for count in (1, 4):
        for _n in range(count):
            VariantFactory(product=RevisionFactory(listing__product=complete_product()).listing.product)
        rows = list(ListingRevision.objects.all())
        with django_assert_num_queries(CONTENT_QUERIES):
            assert len(contents_of(rows, at=now)) == len(rows)


# listings, products, variants, prices, pictures, shops
CONTENT_QUERIES = 6
