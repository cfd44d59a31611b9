from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from catalog.delivery import Difference, OutgoingListing, compare
from catalog.delivery.compare import plain_text
from tests.catalog.delivery.conftest import BLUE, RED

Make = Callable[..., OutgoingListing]


@pytest.mark.parametrize(
    ("approved", "live"),
    [
        ("Tom & Jerry", "Tom &amp; Jerry"),
        ('It\'s "warm"', "It&#8217;s &#8220;warm&#8221;"),
        ("one -- two --- three", "one &#8211; two &#8212; three"),
        ("and so on...", "and so on&#8230;"),
        ("9x9 cm", "9&#215;9 cm"),
        ("first\n\nsecond\nthird", "<p>first</p>\n<p>second<br />\nthird</p>\n"),
        ("a  b\u3000c", "a&nbsp;b c"),
        ("Cup", "<!-- wp:paragraph --><P class='x'>Cup</P><!-- /wp:paragraph -->"),
        ("保温杯", "<p><strong>保温</strong>杯</p>"),
        ("a < b", "a &lt; b"),
        ("cafe\u0301", "caf\u00e9"),
        ("", None),
    ],
)
def test_what_wordpress_rewrites_reads_the_same(listing: Make, approved: str, live: Any):
    assert compare(listing(title=approved), {"title": live}) == []


@pytest.mark.parametrize(
    ("approved", "live"),
    [
        ("Cup", "cup"),
        ("Cup", "Cup!"),
        ("now here", "nowhere"),
        ("Cup", 'Cup <a href="x">'),
        ("Cup", "Cup<script src=x></script>"),
        ("Cup", "<p>Cup</p><img src=x onerror=y>"),
        ("a\u200bb", "ab"),
        ("10.0", "10,0"),
        ("Cup", ""),
    ],
)
def test_what_reads_differently_is_told(listing: Make, approved: str, live: str):
    (difference,) = compare(listing(title=approved), {"title": live})
    assert difference == Difference("title", approved, plain_text(live))


def test_a_difference_far_inside_is_in_the_excerpt(listing: Make):
    text = "word " * 2000
    (difference,) = compare(listing(brief=text + "end"), {"brief": text + "END"})
    assert difference.approved.endswith("end") and difference.live.endswith("END")
    assert len(difference.approved) < 100


@pytest.mark.parametrize("piece", ["<!--", "<a ", "<![", "</", "<a x='", "&", "<p", "-", "' "])
def test_markup_of_a_megabyte_is_read_in_time(listing: Make, piece: str):
    started = time.process_time()
    assert len(compare(listing(), {"description": piece * (1_000_000 // len(piece))})) == 1
    assert time.process_time() - started < 5  # it takes minutes when it is read more than once


@pytest.mark.parametrize(
    ("live", "told"),
    [
        ({"CUP-RED": "69", "CUP-BLUE": "72.50"}, []),
        ({"CUP-RED": "69.01", "CUP-BLUE": "72.5"}, [Difference("price:CUP-RED", "69.00", "69.01")]),
        ({"CUP-RED": "69.00"}, [Difference("price:CUP-BLUE", "72.50", "")]),
        ({"CUP-RED": "69", "CUP-BLUE": "NaN"}, [Difference("price:CUP-BLUE", "72.50", "NaN")]),
        ({"CUP-RED": "69", "CUP-BLUE": "72.50", "X": "1"}, [Difference("price:X", "", "1")]),
        ("69.00", []),
    ],
)
def test_prices_are_compared_as_numbers(listing: Make, live: Any, told: list[Difference]):
    assert compare(listing(variants=(RED, BLUE)), {"prices": live}) == told


def test_a_free_thing_needs_a_price_that_says_so(listing: Make):
    free = listing(variants=(replace(RED, price=Decimal(0), weight_grams=0),))
    assert compare(free, {"prices": {"CUP-RED": "0.00"}, "weights": {"CUP-RED": ""}}) == []
    assert [one.field for one in compare(free, {"prices": {"CUP-RED": ""}})] == ["price:CUP-RED"]


def test_pictures_are_counted(listing: Make):
    assert compare(listing(), {"pictures": 2}) == []
    assert compare(listing(), {"pictures": 1}) == [Difference("pictures", "2", "1")]


def test_attributes_are_compared_both_ways(listing: Make):
    offer = listing(attributes=(("材质", "瓷"), ("产地", "")))
    assert compare(offer, {"attributes": {"材质": "瓷"}}) == []
    assert compare(offer, {"attributes": {"功效": "包治百病"}}) == [
        Difference("attribute:材质", "瓷", ""),
        Difference("attribute:功效", "", "包治百病"),
    ]


def test_identity_and_visibility(listing: Make):
    live = {"is_visible": False, "content_hash": "other", "snapshot": 2}
    assert [one.field for one in compare(listing(), live)] == ["is_visible", "content_hash", "snapshot"]
    assert compare(listing(), {"is_visible": True, "content_hash": "c0ffee" * 10, "snapshot": "3"}) == []


def test_of_what_is_taken_down_only_visibility_and_identity_matter(listing: Make):
    down = listing(is_visible=False)
    assert compare(down, {"is_visible": False, "title": "whatever", "pictures": 9}) == []
    assert [one.field for one in compare(down, {"is_visible": True})] == ["is_visible"]


def test_what_was_not_told_is_not_compared(listing: Make):
    assert compare(listing(), {}) == []
