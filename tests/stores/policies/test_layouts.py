"""Regions of layouts."""

from __future__ import annotations

import pytest

from stores.policies.layouts import check_regions, read_regions

GOOD = {"key": "main", "name": "Main", "width": 8, "kinds": ["text", "picture"], "max": 3}


def test_good_regions_are_read_in_their_order():
    other = {**GOOD, "key": "side", "name": " Side  bar ", "width": 4, "kinds": ["picture", "text"]}
    read, wrong = read_regions([GOOD, other])
    assert wrong == []
    assert read == [GOOD, {**other, "name": "Side bar", "kinds": ["text", "picture"]}]
    assert check_regions(read) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": "Main!"}, "unreadable"),
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"width": 5}, "width"),
        ({"width": "8"}, "width"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["text", "iframe"]}, "kinds"),
        ({"max": 0}, "max"),
        ({"max": 61}, "max"),
        ({"max": True}, "max"),
    ],
)
def test_wrong_regions_are_refused(change, code):
    assert [one.code for one in read_regions([{**GOOD, **change}])[1]] == [code]


def test_the_same_key_twice_too_many_and_none():
    assert [one.code for one in read_regions([GOOD, GOOD])[1]] == ["twice"]
    assert [one.code for one in read_regions([{**GOOD, "key": f"r{n}"} for n in range(13)])[1]] == ["too_many"]
    assert [one.code for one in check_regions([])] == ["empty"]
