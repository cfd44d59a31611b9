"""Two packers scan the last unit of a parcel at the same moment."""

import threading
from collections import Counter
from datetime import UTC, datetime

import pytest

from config.kit.actor import Actor
from orders.models import ParcelLine, ScanEvent
from orders.services import scan_unit
from tests.factories.bench import parcel_of, ready_order, stocked, wave_of
from tests.support.concurrency import run_concurrently

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
PACKERS = 4


@pytest.fixture
def parcel():
    order = ready_order([(stocked("TEA"), 1)], now=NOW)
    wave_of([order], now=NOW)
    return parcel_of(order)


def test_one_of_several_scans_of_the_last_unit_matches(parcel):
    def scan(_number):
        return str(scan_unit(parcel_id=parcel.pk, code="TEA", actor=Actor.system("tests"), now=NOW).result)

    results = Counter(run_concurrently(PACKERS, scan))

    assert results == {"matched": 1, "surplus": PACKERS - 1}
    assert ParcelLine.objects.get().scanned == 1
    assert Counter(ScanEvent.objects.values_list("result", flat=True)) == results


def test_control_reading_first_and_writing_later_matches_more_than_one(parcel):
    """The same race with the condition taken out of the update: what the test above must be able to see."""
    both_have_read = threading.Barrier(PACKERS, timeout=30)

    def naive(_number):
        line = ParcelLine.objects.get()
        fits = line.scanned < line.quantity
        both_have_read.wait()
        if fits:
            ParcelLine.objects.filter(pk=line.pk).update(scanned=line.scanned + 1)
        return fits

    assert Counter(run_concurrently(PACKERS, naive)) == {True: PACKERS}
