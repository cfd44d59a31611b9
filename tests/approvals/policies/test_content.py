"""House format, and how alike titles are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.policies.content import FormatRule, check_format, closest, near_identical_share, similarity
from approvals.policies.texts import MAX_TEXT

TITLE = FormatRule(
    "title",
    min_units=10,
    max_units=60,
    required_phrases=("掌柜家",),
    forbidden_units={"KG": "kg", "公斤": "kg", "斤": "kg"},
)


def codes(text: str) -> list[str]:
    return [problem.code for problem in check_format("title", text, TITLE)]


def test_a_title_in_form_has_no_problem() -> None:
    assert codes("掌柜家 纯棉短袖 5kg 👨\u200d👩\u200d👧 KG牌") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("掌柜家", ["too_short"]),
        ("掌柜家" + "字" * 28, ["too_long"]),
        ("掌柜家" + "字" * 27, []),
        ("纯棉短袖衬衫男", ["phrase_missing"]),
        ("掌 柜 家纯棉短袖", []),
        ("掌柜家大米5KG", ["unit_form"]),
        ("掌柜家大米5 KG和三公斤和半斤", ["unit_form"] * 3),
        ("掌柜家大米5KGB", []),
        ("掌柜家\u202e纯棉\u200b短袖", ["hidden_character"] * 2),
        ("掌柜家纯棉Nikе短袖", ["mixed_script"]),
        ("字" * (MAX_TEXT + 1), ["too_large"]),
    ],
)
def test_broken_rules_are_listed(text: str, found: list[str]) -> None:
    assert codes(text) == found


def test_a_problem_says_what_and_where() -> None:
    (hidden,) = check_format("title", "纯\u202e棉", FormatRule("title"))
    assert hidden.field == "title"
    assert hidden.facts == {"position": 2, "name": "U+202E RIGHT-TO-LEFT OVERRIDE"}
    assert str(hidden.message) == (
        "At character 2 stands an invisible or direction-changing character: U+202E RIGHT-TO-LEFT OVERRIDE. Delete it."
    )
    (unit,) = check_format("title", "大米5KG", FormatRule("title", forbidden_units={"KG": "kg"}))
    assert str(unit.message) == "Write “kg” instead of “KG”."
    assert unit.facts == {"wrong": "KG", "right": "kg", "position": 4}


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("纯棉短袖T恤", "纯 棉短袖·Ｔ恤!", 1, 1),
        ("甲乙丙丁戊己庚辛壬癸" * 3, "甲乙丙丁戊己庚辛壬X" + "甲乙丙丁戊己庚辛壬Y" + "甲乙丙丁戊己庚辛壬Z", 0.9, 0.9),
        ("女冬季轻薄保暖羽绒服", "轻薄保暖羽绒服女冬季", 0.75, 0.85),
        ("纯棉短袖", "羽绒外套", 0, 0),
        ("", "", 0, 0),
    ],
)
def test_similarity(one: str, other: str, least: float, most: float) -> None:
    assert least <= round(similarity(one, other), 6) <= most
    assert similarity(one, other) == similarity(other, one)


WORDS = ["夏季", "新款", "女装", "纯棉", "短袖", "T恤", "宽松", "显瘦", "百搭", "2026", "Nike"]
TITLES = st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map("".join), max_size=14)


@given(TITLES, st.sampled_from([0.7, 0.8, 0.9, 1.0]))
def test_share_and_closest_agree_with_comparing_all(titles: list[str], floor: float) -> None:
    numbered = dict(enumerate(titles))
    partners = 0
    for number, title in numbered.items():
        others = {other: text for other, text in numbered.items() if other != number}
        expected = {other: score for other, text in others.items() if (score := similarity(title, text)) >= floor}
        assert dict(closest(title, others, floor)) == expected
        partners += bool(expected)
    assert near_identical_share(titles, floor) == (partners / len(titles) if titles else 0)


def test_closest_comes_first() -> None:
    others = {1: "夏季新款女装纯棉短袖", 2: "羽绒服", 3: "夏季新款女装纯棉短袖白", 4: "", 5: "夏季新款女装纯棉短袖"}
    found = closest("夏季新款女装纯棉短袖", others, 0.9)
    assert [number for number, _score in found] == [1, 5, 3]
    assert found[0][1] == 1.0
    assert closest("", others) == []


def test_thousands_of_titles_are_compared() -> None:
    draw = random.Random(3)
    titles = ["".join(chr(draw.randrange(0x4E00, 0x6000)) for _ in range(30)) for _ in range(5_000)]
    titles[500] = titles[7][:29] + "新"
    assert [number for number, _score in closest(titles[7], dict(enumerate(titles)))] == [7, 500]
    assert near_identical_share(titles) == 2 / 5_000


def test_a_floor_that_compares_everything_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.7"):
        near_identical_share(["a", "b"], 0.5)


def test_titles_whose_rare_pairs_all_differ_are_still_compared() -> None:
    # Three characters left out and three put in elsewhere: nine of thirty pairs differ, and they are the rarest.
    one = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥春夏秋冬东南西北"
    other = "甲乙丙戊己X庚辛壬癸丑寅Y卯辰巳午申酉Z戌亥春夏秋冬东南西北"
    assert similarity(one, other) == 0.9
    assert near_identical_share([one, other, "羽绒服"]) == 2 / 3
