"""Prices with their time: nothing overlaps, nothing that was asked is rewritten, everything follows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from approvals.models import Deadline, TrailEntry
from catalog import services
from catalog.errors import (
    NegativePrice,
    PriceBeginsInThePast,
    PriceEndsBeforeItBegins,
    PriceHasBegun,
    PricesOverlap,
    ReasonMissing,
)
from catalog.models import ListingRevision, Price, Variant
from catalog.selectors.contents import content_of
from catalog.services import PriceChange
from catalog.services.prices import turning
from catalog.states import RevisionOrigin
from tests.factories.catalog import VariantFactory
from tests.factories.listings import acting, complete_product, published_listing, submittable_listing
from tests.factories.stores import ShopFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def variant(db):
    return VariantFactory(sku="CUP")


def _set(actor, now, *changes):
    return services.set_prices(changes=changes, actor=actor, now=now)


def _change(variant, amount, starts, ends=None, shop=None, reason="spring"):
    return PriceChange(variant.pk, shop and shop.pk, Decimal(amount), starts, ends, reason)


def _rows():
    return [(str(r.amount), r.starts_at, r.ends_at) for r in Price.objects.order_by("starts_at", "shop_id")]


def test_a_new_price_ends_the_open_one_and_becomes_the_variants(variant, actor, now):
    _set(actor, now, _change(variant, "11", now))
    _set(actor, now + DAY, _change(variant, "12", now + DAY))
    assert _rows() == [("11.00", now, now + DAY), ("12.00", now + DAY, None)]
    assert Variant.objects.get(pk=variant.pk).price == Decimal("12.00")
    told = TrailEntry.objects.filter(action="catalog.price_set").order_by("pk").values_list("changes", flat=True)
    assert [one["price"] for one in told] == [["10.00", "11.00"], ["11.00", "12.00"]]


def test_a_price_for_later_changes_nothing_now(variant, actor, now):
    _set(actor, now, _change(variant, "11", now + DAY))
    assert Variant.objects.get(pk=variant.pk).price == Decimal("10.00")


def test_a_price_with_an_end_lies_before_one_for_later(variant, actor, now):
    _set(actor, now, _change(variant, "12", now + 5 * DAY), _change(variant, "11", now, now + 5 * DAY))
    assert _rows() == [("11.00", now, now + 5 * DAY), ("12.00", now + 5 * DAY, None)]


def test_the_price_form_stops_at_the_price_that_was_entered_for_later(variant, actor, now):
    _set(actor, now, _change(variant, "12", now + 5 * DAY))
    services.set_price(variant_id=variant.pk, amount=Decimal(11), actor=actor, reason="now", now=now)
    assert _rows() == [("11.00", now, now + 5 * DAY), ("12.00", now + 5 * DAY, None)]


def test_after_a_price_with_an_end_what_held_before_holds_again(variant, actor, now):
    shop = ShopFactory()
    _set(actor, now, _change(variant, "8", now, shop=shop))
    _set(actor, now, _change(variant, "9", now + DAY, now + 3 * DAY))
    _set(actor, now, _change(variant, "7", now + DAY, now + 2 * DAY, shop=shop))
    company = (
        Price.objects.filter(shop__isnull=True).order_by("starts_at").values_list("amount", "starts_at", "ends_at")
    )
    assert list(company) == [(9, now + DAY, now + 3 * DAY), (10, now + 3 * DAY, None)]
    own = Price.objects.filter(shop=shop).order_by("starts_at").values_list("amount", "starts_at", "ends_at")
    assert list(own) == [(8, now, now + DAY), (7, now + DAY, now + 2 * DAY), (8, now + 2 * DAY, None)]


def test_a_shop_without_a_price_of_its_own_has_the_companys_again(variant, actor, now):
    _set(actor, now, _change(variant, "7", now + DAY, now + 2 * DAY, shop=ShopFactory()))
    assert _rows() == [("7.00", now + DAY, now + 2 * DAY)]


def test_a_plan_takes_the_place_of_one_for_the_same_moment(variant, actor, now):
    _set(actor, now, _change(variant, "12", now + DAY))
    _set(actor, now, _change(variant, "13", now + DAY))
    assert _rows() == [("13.00", now + DAY, None)]


def _turn(now, actor):
    return services.turn_prices(actor=actor, now=now)


def test_a_planned_price_moves_the_variant_when_it_begins_and_again_when_it_ends(variant, actor, now):
    _set(actor, now, _change(variant, "9", now + DAY, now + 3 * DAY))

    def price_after(days):
        done = _turn(now + days * DAY, actor)
        return done.handled, str(Variant.objects.get(pk=variant.pk).price)

    assert [price_after(days) for days in (0, 1, 1, 2, 3, 4)] == [
        (0, "10.00"), (1, "9.00"), (0, "9.00"), (0, "9.00"), (1, "10.00"), (0, "10.00"),
    ]  # fmt: skip
    told = TrailEntry.objects.exclude(action="catalog.price_set").order_by("pk").values_list("action", flat=True)
    assert list(told) == ["catalog.price_began", "catalog.price_ended", "catalog.price_began"]


def test_after_a_standstill_the_price_that_holds_is_the_variants(variant, actor, now):
    _set(actor, now, _change(variant, "9", now + DAY, now + 2 * DAY), _change(variant, "12", now + 5 * DAY))
    assert _turn(now + 9 * DAY, actor).handled == 1
    assert str(Variant.objects.get(pk=variant.pk).price) == "12.00"
    assert not Price.objects.filter(turns_at__isnull=False).exists()


def test_a_price_that_begins_reaches_shown_listings_as_a_draft_with_a_clock(actor, now):
    listing = published_listing(product=complete_product("Cup", ("A", "B")), now=now - DAY)
    _set(actor, now, _change(listing.product.variants.get(sku="A"), "11", now + DAY))
    drafts = ListingRevision.objects.filter(listing=listing, origin=RevisionOrigin.MASTER, state="draft")
    assert not drafts.exists()
    _turn(now + DAY, actor)
    assert content_of(drafts.get(), at=None)["prices"]["A"] == "11.00"
    clock = Deadline.objects.get(subject_type="catalog.listing", subject_id=listing.pk, rule__code="listing_behind")
    assert (clock.started_at, clock.due_at) == (now + DAY, now + DAY + timedelta(hours=12))


def test_one_product_that_fails_holds_up_no_other(variant, actor, now, monkeypatch):
    other = VariantFactory()
    _set(actor, now, *(_change(one, "11", now + DAY) for one in (variant, other)))
    whole = turning.follow_master

    def follow(*, product_ids, **facts):
        if variant.product_id in product_ids:
            raise RuntimeError("broken")
        return whole(product_ids=product_ids, **facts)

    monkeypatch.setattr(turning, "follow_master", follow)
    done = _turn(now + DAY, actor)
    assert (done.handled, done.failed) == (1, 1)
    assert [str(Variant.objects.get(pk=one.pk).price) for one in (variant, other)] == ["10.00", "11.00"]
    monkeypatch.undo()
    assert _turn(now + DAY, actor).handled == 1


def _withdraw(price, actor, now, reason="no sale"):
    services.withdraw_price(price_id=price.pk, reason=reason, actor=actor, now=now)


def test_a_plan_that_is_taken_back_leaves_what_holds(variant, actor, now):
    _set(actor, now, _change(variant, "11", now))
    [planned] = _set(actor, now, _change(variant, "9", now + DAY, now + 2 * DAY))
    _withdraw(planned, actor, now)
    assert _rows() == [("11.00", now, None)]
    entry = TrailEntry.objects.latest("pk")
    assert (entry.action, entry.reason, entry.changes["price"]) == (
        "catalog.price_withdrawn",
        "no sale",
        ["9.00", None],
    )


def test_a_plan_that_is_taken_back_opens_the_one_before(variant, actor, now):
    _set(actor, now, _change(variant, "11", now))
    [planned] = _set(actor, now, _change(variant, "12", now + DAY))
    _withdraw(planned, actor, now)
    assert _rows() == [("11.00", now, None)]


def test_a_price_that_has_begun_is_not_taken_back(variant, actor, now):
    [held] = _set(actor, now, _change(variant, "11", now))
    before = _rows()
    for moment in (now, now + DAY):
        with pytest.raises(PriceHasBegun, match="CUP"):
            _withdraw(held, actor, moment)
    with pytest.raises(ReasonMissing):
        _withdraw(held, actor, now, reason=" ")
    assert _rows() == before


def test_shops_have_prices_of_their_own(variant, actor, now):
    one, other = ShopFactory(), ShopFactory()
    _set(actor, now, *(_change(variant, amount, now, shop=shop) for amount, shop in (("11", one), ("12", other))))
    _set(actor, now, _change(variant, "13", now))
    assert Price.objects.count() == 3
    assert Price.objects.filter(ends_at__isnull=True).count() == 3


@pytest.mark.parametrize(("starts", "ends"), [(-1, None), (1, 2), (2, 9), (3, 4), (0, None)])
def test_two_prices_cannot_hold_at_once(variant, actor, now, starts, ends):
    _set(actor, now, _change(variant, "11", now + DAY, now + 4 * DAY))
    before = _rows()
    changes = [_change(variant, "12", now + max(starts, 0) * DAY, ends and now + ends * DAY)]
    with pytest.raises(PricesOverlap, match=r"CUP has the price 11\.00 from 2026-03-11 \d\d:\d\d until 2026-03-14"):
        _set(actor, now, *changes)
    assert _rows() == before


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"reason": " "}, ReasonMissing),
        ({"amount": "-1"}, NegativePrice),
        ({"starts": -DAY}, PriceBeginsInThePast),
        ({"ends": timedelta(0)}, PriceEndsBeforeItBegins),
    ],
)
def test_one_refused_price_keeps_all_of_them_out(variant, actor, now, facts, refusal):
    bad = _change(
        variant,
        facts.get("amount", "11"),
        now + facts.get("starts", timedelta(0)),
        now + facts["ends"] if "ends" in facts else None,
        reason=facts.get("reason", "spring"),
    )
    with pytest.raises(refusal):
        _set(actor, now, _change(VariantFactory(), "9", now), bad)
    assert _rows() == [] and TrailEntry.objects.count() == 0


def test_the_same_price_again_writes_nothing(variant, actor, now):
    assert _set(actor, now, _change(variant, "10.00", now)) == []
    _set(actor, now, _change(variant, "11", now))
    assert _set(actor, now + DAY, _change(variant, "11", now + DAY)) == []
    assert _rows() == [("11.00", now, None)]


def test_the_database_is_the_last_judge(variant, now):
    Price.objects.create(variant=variant, amount=1, starts_at=now, created_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Price.objects.create(variant=variant, amount=2, starts_at=now + DAY, created_at=now)
    with pytest.raises(Exception, match=r"price_is_final|pgtrigger"), transaction.atomic():
        Price.objects.update(amount=3)


def test_many_prices_cost_as_many_queries_as_one(actor, now, django_assert_max_num_queries):
    def cost(count: int) -> int:
        variants = [VariantFactory() for _n in range(count)]
        with django_assert_max_num_queries(60) as queries:
            _set(actor, now, *(_change(variant, "11", now) for variant in variants))
        return len(queries)

    assert cost(1) == cost(5)


def test_a_price_that_changes_takes_back_what_was_submitted_with_the_old_one(actor, now):
    draft = submittable_listing(product=complete_product("Cup", ("A", "B")))
    request = services.submit_revision(revision_id=draft.pk, actor=acting(draft.author), now=now)
    other = VariantFactory()
    _set(actor, now, _change(other, "11", now))
    request.refresh_from_db()
    assert request.state == "in_review"
    _set(actor, now, _change(draft.listing.product.variants.get(sku="A"), "11", now))
    request.refresh_from_db()
    assert request.state == "voided"


def test_a_price_that_changes_reaches_shown_listings_as_a_draft(actor, now):
    listing = published_listing(product=complete_product("Cup", ("A", "B")))
    _set(actor, now, _change(listing.product.variants.get(sku="A"), "11", now))
    drafts = ListingRevision.objects.filter(listing=listing, origin=RevisionOrigin.MASTER, state="draft")
    assert drafts.count() == 1
    assert listing.live.snapshot.fields["prices"]["A"] == "10.00"
