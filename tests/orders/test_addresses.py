"""Addresses as people write them, whatever order the database keeps their parts in."""

from __future__ import annotations

import pytest

from orders.drafts import RecipientDraft, written_address

STORED = {"city": "青岛市", "region": "山东省", "street": "书院街 129 号", "country": "中国", "district": "市南区"}
ABROAD = {"city": "Vancouver", "region": "BC", "street": "727 Hillcrest Road", "country": "CA", "postcode": "V5K 0A1"}


@pytest.mark.parametrize(
    ("address", "written"),
    [
        (STORED, "山东省 青岛市 市南区 书院街 129 号 中国"),
        (ABROAD, "727 Hillcrest Road Vancouver BC V5K 0A1 CA"),
        ({}, ""),
    ],
)
def test_address_reads_as_its_country_writes(address: dict[str, str], written: str) -> None:
    assert written_address(address) == written


def test_widest_part_comes_first_where_the_rest_is_covered() -> None:
    assert written_address(ABROAD, widest_first=True).startswith("BC Vancouver 727")


def test_stored_address_equals_the_same_one_sent_again() -> None:
    sent = RecipientDraft(country="中国", region="山东省", city="青岛市", district="市南区", street="书院街 129 号")
    assert written_address(STORED) == written_address(sent.address())
