"""The planning group's board: the total is the sum of its three counts, nothing is without owner and due time (CAT-18)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from approvals import services as approvals
from catalog.models import Listing, ProofreadTask, RefreshClock
from catalog.selectors.board import PAGE_SIZE, Board, Work
from catalog.services.mismatches import compare_notices
from catalog.services.packages import add_listings, make_package
from catalog.services.revisions import submit_revision
from catalog.services.sources import send_source
from catalog.states import FieldGroup, ProofreadPick, SourceKind
from stores.states import Role
from tests.factories.listings import ListingFactory, acting, complete_product, published_listing, submittable_listing
from tests.factories.stores import EmployeeFactory, ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def planner():
    return EmployeeFactory(roles=["PLAN"])


def refused_draft(now: datetime, shop):
    revision = submittable_listing(shop=shop, now=now)
    author = acting(revision.author)
    request = submit_revision(revision_id=revision.pk, actor=author, now=now)
    approvals.refuse(
        request_id=request.pk,
        content_hash=request.content_hash,
        reason="blurred",
        field_reasons={},
        actor=acting(EmployeeFactory(roles=["OPS"])),
        now=now,
    )
    return revision


def clock(listing: Listing, due_at: datetime, group: FieldGroup = FieldGroup.NAME) -> RefreshClock:
    made, _new = RefreshClock.objects.update_or_create(
        listing=listing,
        group=group,
        defaults={"store_id": listing.shop_id, "changed_at": due_at - timedelta(days=15), "due_at": due_at},
    )
    return made


def test_total_is_the_sum_and_every_row_has_owner_and_due_time(planner, now: datetime) -> None:
    mall, other = ShopFactory(name="Mall"), ShopFactory(name="Other")
    listing = published_listing(shop=mall, product=complete_product("Cup", skus=("CUP",)))
    RefreshClock.objects.all().delete()
    clock(listing, now + timedelta(days=2), FieldGroup.NAME)
    clock(listing, now - timedelta(days=1), FieldGroup.BRIEF)
    clock(listing, now + timedelta(days=4), FieldGroup.PHOTOS)  # not yet
    unowned = ListingFactory(shop=other, owner=None)
    clock(unowned, now)
    package = make_package(title="Spring", actor=acting(planner), now=now)
    send_source(
        kind=SourceKind.NOTICE,
        title="Dearer cups",
        product_id=listing.product_id,
        effective_at=now,
        facts={"prices": {"CUP": "12.00"}},
        actor=acting(planner),
        now=now,
    )
    compare_notices(now=now)
    reader = EmployeeFactory()
    ProofreadTask.objects.create(
        listing=listing,
        store_id=mall.pk,
        pick=ProofreadPick.RANDOM,
        picked_at=now,
        due_at=now,
        corrected={"brief": "wrong"},
        done_at=now,
        done_by=reader,
    )
    refused = refused_draft(now, other)

    board = Board(planner, now)
    counts, rows = board.counts(), board.rows()
    assert counts == {Work.PACKAGE: 1, Work.REFRESH: 3, Work.CORRECTION: 3}
    assert len(rows) == sum(counts.values())
    assert [row.due_at for row in rows] == sorted(row.due_at for row in rows)
    assert all(row.owner and row.url and row.shop for row in rows)
    owners = {(row.work, row.key): row.owner for row in rows}
    assert owners[Work.PACKAGE, package.pk] == str(planner)
    assert owners[Work.REFRESH, unowned.refresh_clocks.get().pk] == str(Role.PLAN.label)
    assert {row.owner for row in rows if row.work == Work.CORRECTION} == {
        str(Role.OPS.label),
        str(reader),
        str(refused.author),
    }
    of_mall = Board(planner, now, shop_id=mall.pk)
    assert of_mall.counts() == {Work.PACKAGE: 1, Work.REFRESH: 2, Work.CORRECTION: 2}
    assert {row.work for row in Board(planner, now, mine=True).rows()} == {Work.PACKAGE}
    assert len(board.rows(work=Work.REFRESH)) == 3


def test_stranger_to_a_shop_sees_nothing_of_it(now: datetime) -> None:
    mall, other = ShopFactory(), ShopFactory()
    clock(ListingFactory(shop=mall), now)
    clock(ListingFactory(shop=other), now)
    make_package(title="Mall", shop_ids=[mall.pk], actor=acting(EmployeeFactory()), now=now)
    make_package(title="Both", shop_ids=[mall.pk, other.pk], actor=acting(EmployeeFactory()), now=now)
    seller = EmployeeFactory(roles=["CS"], shops=[mall])
    assert Board(seller, now).counts() == {Work.PACKAGE: 1, Work.REFRESH: 1, Work.CORRECTION: 0}
    assert [row.what.split()[-1] for row in Board(seller, now).rows(work=Work.PACKAGE)] == ["Mall"]


def test_refused_draft_stands_in_its_open_package_only(planner, now: datetime) -> None:
    draft = refused_draft(now, ShopFactory())
    assert Board(planner, now).counts()[Work.CORRECTION] == 1
    package = make_package(title="Again", actor=acting(draft.author), now=now)
    add_listings(package_id=package.pk, listing_ids=[draft.listing_id], actor=acting(draft.author), now=now)
    assert Board(planner, now).counts() == {Work.PACKAGE: 1, Work.REFRESH: 0, Work.CORRECTION: 0}


def test_pages_follow_each_other_without_gap_or_repeat(planner, now: datetime) -> None:
    for number in range(5):
        clock(ListingFactory(), now + timedelta(hours=number))
        make_package(title=f"P{number}", actor=acting(planner), now=now - timedelta(hours=24 - number, minutes=30))
    board = Board(planner, now)
    whole = board.rows()
    assert len(whole) == 10 < PAGE_SIZE
    paged = [row for start in range(0, 10, 3) for row in board.rows(start=start, size=3)]
    assert paged == whole
