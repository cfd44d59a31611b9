"""The content report: titles that say the same, and whom the listings are made for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog import services
from catalog.models import Listing, TitleMeasure
from catalog.states import ListingState
from stores.models import CustomerGroup
from tests.factories.listings import ListingFactory, complete_product, published_listing
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
URL = reverse("catalog:figures")


def _shown(shop, *titles):
    return [ListingFactory(shop=shop, title=title, state=ListingState.LISTED) for title in titles]


def test_titles_are_measured_per_shop_and_once_a_day():
    one, other = ShopFactory(name="One"), ShopFactory(name="Other")
    _shown(one, "云南古树普洱茶 357 克", "云南古树普洱茶 357克", "白瓷盖碗", "竹制茶盘")
    _shown(other, "云南古树普洱茶 357 克")
    ListingFactory(shop=other, title="云南古树普洱茶 357克")  # not shown
    now = timezone.now()
    assert [services.measure_titles(now=now), services.measure_titles(now=now)] == [2, 2]
    rows = TitleMeasure.objects.order_by("shop__name").values_list("shop__name", "titles", "share")
    assert list(rows) == [("One", 4, Decimal("0.5000")), ("Other", 1, Decimal("0.0000"))]


def test_report_tells_share_trend_and_groups(client_as):
    today = timezone.localdate()
    shop = ShopFactory(name="Tea house")
    group = CustomerGroup.objects.create(code="givers", name="Gift givers", rank=1)
    listing = published_listing(shop=shop, product=complete_product("Cup", ("A",), customer_group=group))
    assert Listing.objects.get(pk=listing.pk).customer_group == group, "the publication names it"
    for days, share in ((40, "0.3"), (1, "0.125")):
        TitleMeasure.objects.create(shop=shop, on=today - timedelta(days=days), titles=8, share=Decimal(share))
    html = client_as("PLAN").get(URL).content.decode()
    assert [words in html for words in ("Tea house", "12.5\u00a0%", "30.0\u00a0%", "Gift givers")] == [True] * 4
    found = client_as("PLAN").get(reverse("catalog:listing_list"), {"group": group.pk}).context["rows"]
    assert [row.pk for row in found] == [listing.pk]


def test_report_holds_the_persons_shops_only(client_as):
    ours, theirs = ShopFactory(name="Ours"), ShopFactory(name="Theirs")
    _shown(ours, "Cup")
    _shown(theirs, "Bowl")
    html = client_as("CS", shops=[ours]).get(URL).content.decode()
    assert ("Ours" in html, "Theirs" in html) == (True, False)


@pytest.mark.parametrize("count", [1, 4])
def test_report_holds_its_query_count(client_as, count, django_assert_num_queries):
    for _number in range(count):
        _shown(ShopFactory(), "Cup", "Bowl")
    client = client_as("PLAN")
    client.get(URL)
    with django_assert_num_queries(8):
        client.get(URL)


def test_empty_report_says_so(client_as):
    assert "Nothing is shown yet" in client_as("PLAN").get(URL).content.decode()
