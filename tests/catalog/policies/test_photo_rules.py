"""The most demanding rule wins; what is missing is named; checks and refusals are worded for whoever reads them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from catalog.errors import PictureHoldsSecrets
from catalog.policies.photo_rules import (
    Demand,
    demand_words,
    demands,
    duplicate_check,
    facts_again,
    failing_platforms,
    failures,
    kept_facts,
    missing_roles,
    platform_checks,
    read_ratio,
    refusal_words,
    stored_refusal,
)
from config.kit.pictures import PictureHidesData, PictureRule, read_picture
from tests.support import pictures


@dataclass(frozen=True)
class Rule:
    role: str = "main"
    platform_id: int | None = None
    category_id: int | None = None
    min_count: int = 0
    min_side: int = 0
    ratio: str = ""
    max_bytes: int | None = None
    formats: list[str] = field(default_factory=list)
    white_background: bool = False


def test_numbers_the_strictest_wins_whatever_rule_it_stands_in():
    rules = [
        Rule(min_count=1, min_side=800, max_bytes=3_000_000),
        Rule(platform_id=7, min_count=3, min_side=600),
        Rule(category_id=2, max_bytes=1_000_000, white_background=True),
    ]
    found = demands(rules, platform_id=7, categories=[2, 1])["main"]
    assert (found.min_count, found.picture.min_side) == (3, 800)
    assert (found.picture.max_bytes, found.picture.white_background) == (1_000_000, True)


def test_rules_of_other_platforms_and_categories_do_not_apply():
    rules = [Rule(platform_id=8, min_side=2000), Rule(category_id=9, min_count=5), Rule(role="size", min_count=1)]
    assert demands(rules, platform_id=7, categories=[2]).keys() == {"size"}
    assert demands(rules, platform_id=None, categories=[]).keys() == {"size"}


def test_the_ratio_nearest_to_the_product_wins():
    rules = [
        Rule(ratio="16:9"),
        Rule(platform_id=7, ratio="4:3"),
        Rule(category_id=1, ratio="3:4"),
        Rule(category_id=2, ratio="1:1"),
    ]
    assert demands(rules, platform_id=7, categories=[2, 1])["main"].picture.ratio == (1, 1)
    assert demands(rules, platform_id=7, categories=[1])["main"].picture.ratio == (3, 4)
    assert demands(rules, platform_id=7, categories=[])["main"].picture.ratio == (4, 3)


@pytest.mark.parametrize(
    ("lists", "allowed"),
    [
        ([["JPEG", "PNG"], ["PNG", "WEBP"]], ("PNG",)),
        ([["JPEG"], []], ("JPEG",)),
        ([[], []], ()),
    ],
)
def test_formats_are_those_that_every_rule_allows(lists, allowed):
    rules = [Rule(platform_id=7, formats=lists[0]), Rule(formats=lists[1])]
    assert demands(rules, platform_id=7, categories=[])["main"].picture.formats == allowed


def test_formats_that_exclude_each_other_leave_those_of_the_platform():
    rules = [Rule(formats=["WEBP"]), Rule(platform_id=7, formats=["JPEG"])]
    assert demands(rules, platform_id=7, categories=[])["main"].picture.formats == ("JPEG",)


@pytest.mark.parametrize(
    ("text", "ratio"),
    [("1:1", (1, 1)), ("16 : 9", (16, 9)), ("3：4", (3, 4)), ("", None), ("1", None), ("0:1", None), ("a:b", None)],
)
def test_a_ratio_is_read_as_people_write_it(text, ratio):
    assert read_ratio(text) == ratio


def test_missing_roles_are_named_with_how_many():
    asked = {"main": Demand(1), "detail": Demand(3), "size": Demand(0)}
    assert missing_roles(asked, {"main": 1, "detail": 1}) == {"detail": 2}
    assert missing_roles(asked, {"main": 2, "detail": 3}) == {}


def test_facts_survive_the_row_without_the_texts_that_may_name_people():
    facts = read_picture(pictures.photo(300, 200, exif=pictures.exif_of_a_phone()), name="a.jpg")
    kept = kept_facts(facts)
    assert "Li Wei" not in str(kept)
    assert kept["text_count"] == len(facts.texts) > 0
    again = facts_again(kept, sha256=facts.sha256)
    assert (again.width, again.format, again.blur, again.has_location) == (300, "JPEG", facts.blur, True)
    assert facts_again({}, sha256="") is None


def test_a_picture_too_small_fails_for_the_platform_that_asks_and_a_duplicate_only_warns():
    facts = read_picture(pictures.photo(400, 400), name="a.jpg")
    checks = platform_checks(facts, Demand(picture=PictureRule(min_side=800)), code="taobao", name="Taobao")
    checks.append(duplicate_check(product_id=1, product_name="Cup", photo_id=2))
    assert [(check["code"], check["found"]) for check in failures(checks)] == [("size", "400 × 400")]
    assert failing_platforms(checks) == ["taobao"]
    assert failures(checks, platform="shopify") == []


def test_a_demand_is_told_in_one_line():
    rule = PictureRule(min_side=800, ratio=(1, 1), max_bytes=1024 * 1024, formats=("JPEG",), white_background=True)
    assert demand_words(Demand(2, rule)) == "at least 2 · 800 px and more · 1 : 1 · up to 1 MB · JPEG · on white"
    assert demand_words(Demand()) == ""


def test_a_refusal_is_kept_as_facts_and_told_in_the_readers_language():
    error = PictureHidesData(name="a.jpg", found="<script")
    stored = stored_refusal(error)
    assert stored == {"code": "picture_hides_data", "facts": {"name": "a.jpg", "found": "<script"}}
    assert refusal_words({"refusal": stored}, "") == error.describe()
    with translation.override("zh-hans"):
        assert stored_refusal(PictureHoldsSecrets(name="a.jpg", where=gettext_lazy("its name"), rule="x"))["facts"] == {
            "name": "a.jpg",
            "where": "its name",
            "rule": "x",
        }
    assert refusal_words({}, "too dark") == "too dark"
