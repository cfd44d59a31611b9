"""What is missing, with its name, its rule and the place where it is entered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import override

from catalog.policies.completeness import Missing, Need, Requirements, completeness

NEEDS = Requirements(
    attributes=(Need("material", "Material"),), blocks=(Need("intro", "产品介绍", "Product"),), photos={"main": 2}
)


def _full(**own: Any) -> dict[str, Any]:
    return {
        "title": "Cup",
        "brief": "b",
        "slogan": "s",
        "service_text": "s",
        "feature": "f",
        "customer_group": "g",
        "category": "c",
        "attributes": {"material": "steel"},
        "blocks": {"intro": "i"},
        "variants": {"A": ""},
        "prices": {"A": "1.00"},
        "photos": [{"key": "1", "role": "main"}, {"key": "2", "role": "main"}],
        **own,
    }


def test_a_full_content_lacks_nothing():
    assert completeness(_full(), NEEDS) == (100, [])


def test_everything_missing_is_named_at_once():
    content = _full(title="", attributes={}, blocks={}, prices={"A": "0.00"}, photos=[{"key": "1", "role": "main"}])
    percent, missing = completeness(content, NEEDS)
    assert percent == 58  # 7 of 12
    assert [(one.field, one.label, one.anchor) for one in missing] == [
        ("title", "title", "field-title"),
        ("attributes.material", "Material", "field-attributes-material"),
        ("blocks.intro", "Product", "field-blocks-intro"),
        ("prices.A", "price A", "field-prices-A"),
        ("photos.main", "pictures: main picture", "field-photos-main"),
    ]
    assert missing[-1].why == "2 needed, 1 there"


def test_names_are_worded_when_they_are_shown():
    stored = completeness(_full(blocks={}), NEEDS)[1][0].stored()
    with override("zh-hans"):
        assert Missing.read(stored).label == "产品介绍"
    assert Missing.read(stored).label == "Product"


def test_a_price_in_another_currency_is_another_fault_than_none():
    assert [one.code for one in completeness(_full(prices={}), NEEDS)[1]] == ["currency"]
    assert [one.code for one in completeness(_full(prices={"A": "0.00"}), NEEDS)[1]] == ["price"]


def test_a_false_answer_is_an_answer():
    assert completeness(_full(attributes={"material": False}), NEEDS)[0] == 100


def test_a_listing_offers_something():
    assert [one.field for one in completeness(_full(variants={}, prices={}), NEEDS)[1]] == ["variants"]
