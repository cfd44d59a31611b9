"""What may be typed, pasted and imported into a listing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from approvals.errors import TextIsTooLong
from catalog.errors import HiddenCharacters, NegativePrice, UnknownContentField, UnknownPart, ValueRefused
from catalog.policies.entries import LEFT_OUT, AttributeSpec, Vocabulary, clean_entry
from catalog.states import AttributeKind

KNOWN = Vocabulary(
    skus=frozenset({"A"}),
    blocks=frozenset({"intro"}),
    attributes={
        "material": AttributeSpec("material", "Material", AttributeKind.CHOICE, ("steel", "glass")),
        "volume": AttributeSpec("volume", "Volume", AttributeKind.NUMBER),
        "lid": AttributeSpec("lid", "Lid", AttributeKind.BOOLEAN),
        "note": AttributeSpec("note", "Note", AttributeKind.TEXT),
    },
    photos=frozenset({"5"}),
    categories=frozenset({"cups"}),
    customer_groups=frozenset({"families"}),
)


@pytest.mark.parametrize(
    ("code", "value", "clean"),
    [
        ("title", "  Cup \n 316 ", "Cup 316"),
        ("title", "<b>Cup</b><script>alert(1)</script>", "Cup"),
        ("title", "1 < 2 > 0", "1 < 2 > 0"),
        ("brief", "<p>one</p><p>two</p>", "one\n\ntwo"),
        ("blocks", {"intro": "a\u200bb"}, {"intro": "ab"}),
        ("prices", {"A": "12"}, {"A": "12.00"}),
        ("prices", {"A": Decimal("12.5")}, {"A": "12.50"}),
        ("prices", {"A": None}, {"A": None}),
        ("weight", {"A": "350"}, {"A": 350}),
        ("variants", {"A": LEFT_OUT}, {"A": False}),
        ("attributes", {"volume": "0450.50", "lid": True}, {"volume": "450.5", "lid": True}),
        ("attributes", {"material": " steel ", "note": ""}, {"material": "steel", "note": ""}),
        ("category", "cups", "cups"),
        ("customer_group", "", ""),
        ("photos", [5], [{"key": "5"}]),
        ("photos", [{"key": "5", "alt": " a \n b ", "sha256": "x"}], [{"key": "5", "alt": "a b"}]),
        ("slogan", None, None),
    ],
)
def test_entry_becomes_canonical(code, value, clean):
    assert clean_entry(code, value, KNOWN) == clean


@pytest.mark.parametrize(
    ("code", "value", "refusal", "path"),
    [
        ("colour", "red", UnknownContentField, "colour"),
        ("title", 5, ValueRefused, "title"),
        ("title", "Cup\u202e", HiddenCharacters, "title"),
        ("title", "C\u200bup", HiddenCharacters, "title"),
        ("title", "x" * 201, TextIsTooLong, "title"),
        ("brief", "x" * 50_001, TextIsTooLong, "brief"),
        ("brief", "<p>" + "x" * 10_000_000, TextIsTooLong, "brief"),
        ("blocks", {"intro": "x" * 10_000_000}, TextIsTooLong, "blocks.intro"),
        ("blocks", {"other": "x"}, UnknownPart, "blocks.other"),
        ("blocks", "x", ValueRefused, "blocks"),
        ("weight", {"B": 1}, UnknownPart, "weight.B"),
        ("weight", {"A": 1.5}, ValueRefused, "weight.A"),
        ("weight", {"A": "1.5"}, ValueRefused, "weight.A"),
        ("weight", {"A": -1}, ValueRefused, "weight.A"),
        ("weight", {"A": True}, ValueRefused, "weight.A"),
        ("prices", {"A": "-1"}, NegativePrice, "prices.A"),
        ("prices", {"A": "1.005"}, ValueRefused, "prices.A"),
        ("prices", {"A": 1.5}, ValueRefused, "prices.A"),
        ("prices", {"A": "1e3"}, ValueRefused, "prices.A"),
        ("prices", {"A": "NaN"}, ValueRefused, "prices.A"),
        ("prices", {"A": Decimal("Infinity")}, ValueRefused, "prices.A"),
        ("prices", {"A": "9" * 12}, ValueRefused, "prices.A"),
        ("attributes", {"size": "L"}, UnknownPart, "attributes.size"),
        ("attributes", {"material": "gold"}, ValueRefused, "attributes.material"),
        ("attributes", {"volume": "much"}, ValueRefused, "attributes.volume"),
        ("attributes", {"lid": "yes"}, ValueRefused, "attributes.lid"),
        ("category", "hats", UnknownPart, "category"),
        ("photos", [6], UnknownPart, "photos"),
        ("photos", [5, 5], ValueRefused, "photos"),
        ("photos", [{"key": "5", "role": "front"}], UnknownPart, "photos"),
    ],
)
def test_entry_is_refused_by_name(code, value, refusal, path):
    with pytest.raises(refusal) as refused:
        clean_entry(code, value, KNOWN)
    assert refused.value.field == path


def test_a_hidden_character_is_named():
    with pytest.raises(HiddenCharacters, match=r"U\+202E RIGHT-TO-LEFT OVERRIDE"):
        clean_entry("title", "Cup\u202eabc", KNOWN)
