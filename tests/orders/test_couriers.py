"""What a waybill tells about its courier."""

import re
from types import SimpleNamespace

import pytest

from orders.couriers import COURIERS, clean_waybill, fits, guess
from orders.models import Courier
from orders.services import sync_couriers

NUMBERS = {
    "sf": "SF1234567890123", "zto": "73123456789012", "yto": "YT1234567890123", "sto": "77123456789012345",
    "yunda": "312345678901234", "jt": "JT1234567890123", "jd": "JDVA12345678901", "deppon": "DPK123456789012",
    "ems": "9123456789012", "cainiao": "621123456789012", "ups": "1Z12345E0205271688", "usps": "9400111899223100001234",
    "dhl": "1234567890",
}  # fmt: skip


def test_every_declared_courier_has_a_number_here_and_readable_patterns():
    assert NUMBERS.keys() == {courier.code for courier in COURIERS}
    assert [re.compile(pattern) for courier in COURIERS for pattern in courier.patterns]


@pytest.mark.parametrize(("code", "number"), NUMBERS.items())
def test_a_number_tells_its_courier_whatever_its_case_and_blanks(code, number):
    scanned = f" {number[:4].lower()} {number[4:].lower()}\t"

    assert clean_waybill(scanned) == number
    assert guess(clean_waybill(scanned), COURIERS).code == code


@pytest.mark.parametrize("number", ["", "1", "SF12345678901234", "x" * 40])
def test_a_strange_number_tells_nothing(number):
    assert guess(number, COURIERS) is None


def test_a_number_that_fits_several_tells_nothing():
    twins = [SimpleNamespace(patterns=[r"\d{4}"]), SimpleNamespace(patterns=[r"1\d+"])]

    assert guess("1234", twins) is None
    assert guess("2345", twins) is twins[0]


def test_a_pattern_that_is_none_fits_nothing():
    assert fits("1234", ["(", r"\d{4}"])
    assert not fits("1234", ["("])


@pytest.mark.django_db
def test_sync_couriers_adds_what_is_missing_and_leaves_what_people_changed():
    Courier.objects.filter(code="sf").update(name="顺丰 (合同价)", patterns=[])
    Courier.objects.filter(code="dhl").delete()

    assert sync_couriers() == 1
    assert sync_couriers() == 0
    assert Courier.objects.get(code="sf").name == "顺丰 (合同价)"
    assert Courier.objects.get(code="dhl").patterns == [r"\d{10}"]
