"""Notices in effect against what shoppers see (CAT-5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Deadline, Heartbeat
from approvals.states import DeadlineState
from catalog.models import Listing, SourceItem
from catalog.policies.notices import differences, governing
from catalog.services.mismatches import compare_notices
from catalog.services.prices import PriceChange, set_prices
from catalog.services.revisions import begin_revision
from catalog.services.sources import refuse_source, send_source
from catalog.states import SourceKind
from catalog.tasks import compare_notices as task
from config.kit.actor import Actor
from tests.factories.listings import acting, complete_product, publish_revision, published_listing
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def notice(listing: Listing, now: datetime, *, effective_at: datetime | None = None, **facts) -> SourceItem:
    return send_source(
        kind=SourceKind.NOTICE,
        title="Change",
        product_id=listing.product_id,
        effective_at=effective_at or now,
        facts=facts,
        actor=acting(EmployeeFactory(roles=["MKTG"])),
        now=now,
    )


def cup(sku: str = "CUP") -> Listing:
    return published_listing(product=complete_product("Cup", skus=(sku,)))


def open_clock(item: SourceItem) -> Deadline | None:
    return Deadline.objects.open().filter(subject_id=item.pk, rule__code="notice_mismatch").first()


def test_listing_with_the_old_price_is_a_mismatch_after_the_effective_date_and_not_before(now: datetime) -> None:
    listing = cup()
    effective = now + timedelta(days=1)
    item = notice(listing, now, effective_at=effective, prices={"CUP": "12.00"})
    assert compare_notices(now=effective - timedelta(minutes=1)) == 0
    assert SourceItem.objects.get().mismatch_since is None
    assert compare_notices(now=effective + timedelta(minutes=30)) == 1
    item.refresh_from_db()
    assert item.mismatch_since == item.checked_at == effective + timedelta(minutes=30)
    assert item.mismatch == [
        {"listing": listing.pk, "label": str(listing), "field": "prices.CUP", "wanted": "12.00", "found": "10.00"}
    ]
    clock = open_clock(item)
    assert clock is not None
    assert (clock.owner_role, clock.due_at) == ("OPS", effective + timedelta(hours=24, minutes=30))


def test_difference_that_is_gone_is_cleared_and_its_clock_met(now: datetime) -> None:
    listing = cup()
    item = notice(listing, now, prices={"CUP": "12.00"}, name="Cup")
    compare_notices(now=now)
    since = SourceItem.objects.get().mismatch_since
    compare_notices(now=now + timedelta(hours=1))
    assert SourceItem.objects.get().mismatch_since == since
    author = EmployeeFactory(roles=["OPS"])
    change = PriceChange(listing.product.variants.get().pk, None, Decimal("12.00"), now + timedelta(hours=1), None, "n")
    set_prices(changes=[change], actor=acting(author), now=now + timedelta(hours=1))
    draft = begin_revision(listing_id=listing.pk, actor=acting(author), now=now + timedelta(hours=1))
    publish_revision(draft, now=now + timedelta(hours=1))
    assert compare_notices(now=now + timedelta(hours=2)) == 0
    item.refresh_from_db()
    assert (item.mismatch, item.mismatch_since) == ([], None)
    clock = Deadline.objects.get(subject_id=item.pk, rule__code="notice_mismatch")
    assert clock.state == DeadlineState.MET


def test_price_entered_late_is_no_excuse_for_a_shop_that_shows_the_old_one(now: datetime) -> None:
    listing = cup()
    item = notice(listing, now, prices={"CUP": "12.00"})
    variant = listing.product.variants.get()
    later = now + timedelta(hours=2)
    set_prices(
        changes=[PriceChange(variant.pk, None, Decimal("12.00"), later, None, "n")],
        actor=Actor.system("tests"),
        now=later,
    )
    assert compare_notices(now=later) == 1
    # Another price that somebody set afterwards has the last word.
    after = now + timedelta(hours=3)
    set_prices(
        changes=[PriceChange(variant.pk, None, Decimal("9.00"), after, None, "sale")],
        actor=Actor.system("tests"),
        now=after,
    )
    assert compare_notices(now=after) == 0
    item.refresh_from_db()
    assert item.mismatch == []


def test_refused_notice_and_a_listing_that_nobody_sees_are_not_compared(now: datetime) -> None:
    listing = cup()
    item = notice(listing, now, name="Mug")
    refuse_source(source_id=item.pk, reason="no", actor=Actor.system("tests"), now=now)
    assert compare_notices(now=now) == 0


def test_task_leaves_a_heartbeat(now: datetime) -> None:
    notice(cup(), now, name="Mug")
    task()
    assert SourceItem.objects.get().mismatch_since is not None
    assert Heartbeat.objects.get(pk="notices").detail == {"differing": 1}


def test_comparison_costs_the_same_for_one_and_for_three(now: datetime) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            compare_notices(now=now)
        return len(queries)

    notice(cup(), now, name="Mug")
    compare_notices(now=now)
    one = cost()
    for sku in ("CUP-2", "CUP-3"):
        notice(cup(sku), now, name="Mug")
    compare_notices(now=now)
    assert cost() == one


def test_newest_word_on_a_field_counts() -> None:
    rows = governing([(1, {"name": "A", "prices": {"X": "1.00", "Y": "1.00"}}), (2, {"prices": {"X": "2.00"}})])
    assert [(row.id, row.facts) for row in rows] == [
        (1, {"name": "A", "prices": {"Y": "1.00"}}),
        (2, {"prices": {"X": "2.00"}}),
    ]


@pytest.mark.parametrize(
    ("facts", "content", "fields"),
    [
        ({"name": "Cup"}, {"title": "The CUP,  new"}, []),
        ({"name": "Cup"}, {"title": "The mug"}, ["title"]),
        ({"service_text": "a\nb"}, {"service_text": "a b"}, []),
        ({"service_text": "a"}, {"service_text": "ab"}, ["service_text"]),
        ({"prices": {"X": "1.00"}}, {"prices": {"X": "1.0"}}, []),
        ({"prices": {"X": "1.00", "GONE": "2.00"}}, {"prices": {"X": "3.00"}}, ["prices.X"]),
    ],
)
def test_difference_is_of_meaning_not_of_blanks(facts, content, fields) -> None:
    assert [row.field for row in differences(facts, content, currency="CNY")] == fields
    prices_only = [field for field in fields if not field.startswith("prices")]
    assert [row.field for row in differences(facts, content, currency="EUR")] == prices_only
