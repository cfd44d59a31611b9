"""Intakes and notices: arrival starts the clock, the sender sees what becomes of them (CAT-4, CAT-5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.models import Deadline, TrailEntry
from approvals.states import DeadlineState, Importance
from catalog.errors import (
    NoticeNeedsProduct,
    NoticeSaysNothing,
    NotOfThisProduct,
    NotYours,
    PriceUnreadable,
    ReasonMissing,
    SourceHasMovedOn,
    TooManyAttachments,
)
from catalog.models import SourceFile, SourceItem
from catalog.services.sources import raise_source, refuse_source, send_source, withdraw_source
from catalog.states import SourceKind, SourceState
from config.kit.uploads import DocumentNameDisagrees
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.listings import acting
from tests.factories.stores import EmployeeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def biz():
    return EmployeeFactory(roles=["BIZ"])


def clock_of(item: SourceItem) -> Deadline:
    return Deadline.objects.open().select_related("rule").get(subject_type="catalog.sourceitem", subject_id=item.pk)


def intake(biz, now, **facts) -> SourceItem:
    return send_source(**{"kind": SourceKind.INTAKE, "title": "New kettle", "actor": acting(biz), "now": now, **facts})


def test_arrival_starts_the_publish_clock_of_its_class(biz, now: datetime) -> None:
    general = clock_of(intake(biz, now))
    assert (general.rule.code, general.owner_role, general.due_at - now) == (
        "general_information",
        "PLAN",
        timedelta(hours=24),
    )
    important = clock_of(intake(biz, now, importance=Importance.IMPORTANT))
    assert (important.rule.code, important.due_at - now) == ("important_information", timedelta(hours=12))


def test_change_for_later_is_due_when_it_takes_effect(biz, now: datetime) -> None:
    product = VariantFactory().product
    later = now + timedelta(days=9)
    item = send_source(
        kind=SourceKind.NOTICE,
        title="x",
        product_id=product.pk,
        effective_at=later,
        facts={"name": "New"},
        actor=acting(biz),
        now=now,
    )
    assert clock_of(item).due_at == later


def test_attachments_are_kept_by_their_hash_once(biz, now: datetime) -> None:
    files = [SimpleUploadedFile(name, b"same words") for name in ("a.txt", "b.txt")]
    item = intake(biz, now, files=files)
    rows = list(item.files.order_by("pk"))
    assert [row.file_name for row in rows] == ["a.txt", "b.txt"]
    assert len({row.file.name for row in rows}) == 1
    assert rows[0].file.name == f"sources/{rows[0].sha256[:2]}/{rows[0].sha256}"
    with rows[0].file.open("rb") as handle:
        assert handle.read() == b"same words"


def test_hostile_attachment_leaves_nothing(biz, now: datetime) -> None:
    with pytest.raises(DocumentNameDisagrees):
        intake(biz, now, files=[SimpleUploadedFile("report.pdf", b"MZ\x90\x00")])
    with pytest.raises(TooManyAttachments):
        intake(biz, now, files=[SimpleUploadedFile("a.txt", b"x")] * 11)
    assert (SourceItem.objects.count(), SourceFile.objects.count(), Deadline.objects.count()) == (0, 0, 0)


def test_notice_prices_are_of_its_product_and_stored_as_amounts(biz, now: datetime) -> None:
    product = ProductFactory(name="Tea")
    VariantFactory(product=product, sku="TEA-1")
    VariantFactory(sku="OTHER")

    def notice(**facts) -> SourceItem:
        return send_source(
            kind=SourceKind.NOTICE, title="n", product_id=product.pk, facts=facts, actor=acting(biz), now=now
        )

    item = notice(name=" Green tea ", prices={"TEA-1": "1,039"})
    assert item.importance == "important"
    assert item.facts == {"name": "Green tea", "prices": {"TEA-1": "1039.00"}}
    assert item.effective_at == now
    with pytest.raises(NotOfThisProduct) as refusal:
        notice(prices={"OTHER": "1", "TEA-1": "2"})
    assert str(refusal.value) == "OTHER: not a SKU of “Tea”. The product has TEA-1."
    for bad in ("-1", "1.005", "cheap", "NaN", "1e40"):
        with pytest.raises(PriceUnreadable):
            notice(prices={"TEA-1": bad})
    with pytest.raises(NoticeSaysNothing):
        notice(name=" ", prices={})
    with pytest.raises(NoticeNeedsProduct):
        send_source(kind=SourceKind.NOTICE, title="n", facts={"name": "x"}, actor=acting(biz), now=now)
    assert SourceItem.objects.count() == 1


def test_refused_item_shows_its_reason_and_its_clock_falls_away(biz, now: datetime, staff) -> None:
    item = intake(biz, now)
    with pytest.raises(ReasonMissing):
        refuse_source(source_id=item.pk, reason=" ", actor=staff, now=now)
    assert SourceItem.objects.get().state == SourceState.RECEIVED
    refused = refuse_source(source_id=item.pk, reason="We sell no kettles", actor=staff, now=now)
    assert (refused.state, refused.state_reason) == (SourceState.REFUSED, "We sell no kettles")
    assert Deadline.objects.get().state == DeadlineState.WITHDRAWN
    with pytest.raises(SourceHasMovedOn):
        refuse_source(source_id=item.pk, reason="again", actor=staff, now=now)
    assert list(TrailEntry.objects.values_list("action", flat=True).order_by("pk")) == [
        "catalog.source_sent",
        "catalog.source_refused",
    ]


def test_only_the_sender_takes_back(biz, now: datetime, staff) -> None:
    item = intake(biz, now)
    with pytest.raises(NotYours):
        withdraw_source(source_id=item.pk, reason="mine", actor=staff, now=now)
    assert SourceItem.objects.get().state == SourceState.RECEIVED
    taken = withdraw_source(source_id=item.pk, reason="sent twice", actor=acting(biz), now=now)
    assert (taken.state, taken.state_reason) == (SourceState.REFUSED, "sent twice")


def test_raised_item_is_due_twelve_hours_after_its_arrival(biz, now: datetime, staff) -> None:
    item = intake(biz, now)
    raise_source(source_id=item.pk, reason="recall", actor=staff, now=now + timedelta(hours=2))
    clock = clock_of(item)
    assert (clock.rule.code, clock.due_at) == ("important_information", now + timedelta(hours=12))
    assert SourceItem.objects.get().importance == Importance.IMPORTANT
