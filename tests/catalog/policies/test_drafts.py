"""What a draft would change: class, effects, money and risk."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from catalog.policies.drafts import ListingDraft, class_facts, effects, money_effect, risk, texts_of
from catalog.policies.fields import FIELDS, LISTING_KIND

_LIVE: dict[str, Any] = {
    **{f.code: {} if f.by else [] if f.shape == "pictures" else "x" for f in FIELDS},
    "prices": {"A": "10.00", "B": "20.00"},
    "variants": {"A": "", "B": ""},
    "attributes": {"voltage": "220", "colour": "red"},
    "photos": [{"key": "1", "role": "main", "sha256": "s", "alt": "a cup"}],
}


def _draft(live: dict[str, Any] | None = _LIVE, **own: Any) -> ListingDraft:
    facts = {name: own.pop(name) for name in ("sales_rank", "newest_version") if name in own}
    return ListingDraft(
        LISTING_KIND, 1, "Cup", {**_LIVE, **own}, live, safety=frozenset({"voltage"}), currency="CNY", **facts
    )


def _true(draft: ListingDraft) -> set[str]:
    return {name for name, value in class_facts(draft).items() if value}


@pytest.mark.parametrize(
    ("own", "facts"),
    [
        ({"title": "new", "newest_version": 3}, set()),
        ({"prices": {"A": "11.00", "B": "20.00"}, "newest_version": 3}, {"price_changed"}),
        ({"was_prices": {"A": "12.00"}, "newest_version": 3}, {"price_changed"}),
        ({"attributes": {"voltage": "110", "colour": "red"}, "newest_version": 3}, {"safety_changed", "spec_changed"}),
        ({"attributes": {"voltage": "220", "colour": "blue"}, "newest_version": 3}, {"spec_changed"}),
        ({"sales_rank": 20, "newest_version": 3}, {"is_top_seller"}),
        ({"sales_rank": 21}, {"first_listing"}),
    ],
)
def test_facts_for_the_class(own, facts):
    assert _true(_draft(**own)) == facts


def test_a_first_listing_changes_no_price():
    assert _true(_draft(live=None)) == {"first_listing"}


@pytest.mark.parametrize(
    ("own", "level"),
    [
        ({"brief": "new", "blocks": {"intro": "new"}}, "low"),
        ({"photos": [{"key": "1", "role": "main", "sha256": "s", "alt": "a mug"}]}, "low"),
        ({"photos": []}, "normal"),
        ({"title": "new"}, "normal"),
        ({"prices": {"A": "12.00", "B": "20.00"}}, "normal"),
        ({"prices": {"A": "12.01", "B": "20.00"}}, "high"),
        ({"prices": {"A": "7.99", "B": "20.00"}}, "high"),
        ({"attributes": {"colour": "red"}}, "high"),
    ],
)
def test_risk(own, level):
    assert risk(_draft(**own)) == level


def test_prices_stand_with_their_percentage_and_the_unknown_margin_is_said():
    told = [(str(e.label), e.before, e.after, e.tone) for e in effects(_draft(prices={"A": "12.50", "C": "1.00"}))]
    assert told == [
        ("Price of A", "10.00 CNY", "12.50 CNY (+25.0 %)", "bad"),
        ("Price of B", "20.00 CNY", "not offered any more", "warn"),
        ("Price of C", "", "1.00 CNY, new", "warn"),
        ("Margin", "", "not known: no cost is entered", "muted"),
        ("Shops that show this product", "", "0", "neutral"),
    ]


def test_money_is_the_sum_of_changed_unit_prices():
    assert money_effect(_draft(prices={"A": "12.50", "B": "19.00"})) == Decimal("1.50")
    assert money_effect(_draft(title="new")) is None
    assert money_effect(_draft(live=None)) is None


def test_every_text_is_looked_at_and_nothing_else():
    content = {**_LIVE, "attributes": {"voltage": "220", "lid": True}, "blocks": {"intro": "i"}, "brand": ""}
    assert texts_of(content) == {
        "title": "x", "brief": "x", "slogan": "x", "service_text": "x", "feature": "x",
        "blocks.intro": "i", "attributes.voltage": "220", "photos.1.alt": "a cup",
    }  # fmt: skip
