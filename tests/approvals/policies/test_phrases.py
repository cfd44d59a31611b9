"""Phrases are found through every trick that is known, and sentences that only look like them are let through."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from approvals.errors import TextIsTooLong
from approvals.policies.phrase_lists import DEFAULT_LISTS
from approvals.policies.phrases import (
    MAX_HITS,
    PhraseRule,
    compile_rules,
    fold,
    is_card_number,
    is_identity_number,
    pattern_problem,
)
from approvals.policies.texts import MAX_TEXT

RULES = compile_rules(
    [
        PhraseRule("lowest-price", "claim", "proof", phrase="最低价", needs_proof=True),
        PhraseRule("whole-net", "claim", "proof", phrase="全网最低价"),
        PhraseRule("first", "claim", "proof", phrase="第一", exceptions=("第一步", "第一次")),
        PhraseRule("national", "absolute", "block", phrase="国家级"),
        PhraseRule("best", "absolute", "warn", phrase="best"),
        PhraseRule("number-one", "absolute", "warn", phrase="NO.1"),
        PhraseRule("top-grade", "absolute", "warn", phrase="TOP级"),
    ]
)


def hits(text: str) -> list[tuple[str, str]]:
    return [(hit.rule_code, hit.text) for hit in RULES.find(text)]


@pytest.mark.parametrize(
    ("text", "rule", "found"),
    [
        ("本店最低价出售", "lowest-price", "最低价"),
        ("本店最 低·价出售", "lowest-price", "最 低·价"),
        ("最\u200b低\u2060价", "lowest-price", "最\u200b低\u2060价"),
        ("最低價", "lowest-price", "最低價"),
        ("最🔥低🔥价", "lowest-price", "最🔥低🔥价"),
        ("最。低。价", "lowest-price", "最。低。价"),
        ("最\n低\n价", "lowest-price", "最\n低\n价"),
        ("最" + "\u200b" * 500 + "低价", "lowest-price", "最" + "\u200b" * 500 + "低价"),
        ("國家級", "national", "國家級"),
        ("销量第①", "first", "第①"),
        ("销量第１", "first", "第１"),
        ("销量第1名", "first", "第1"),
        ("销量第壹", "first", "第壹"),
        ("ＢＥＳＴ", "best", "ＢＥＳＴ"),
        ("𝐛𝐞𝐬𝐭", "best", "𝐛𝐞𝐬𝐭"),
        ("bеst", "best", "bеst"),
        ("b e s t", "best", "b e s t"),
        ("the Best!", "best", "Best"),
        ("纯棉best款", "best", "best"),
        ("no.1", "number-one", "no.1"),
        ("No 1", "number-one", "No 1"),
        ("NO1", "number-one", "NO1"),
        ("top级", "top-grade", "top级"),
    ],
)
def test_a_phrase_is_found_through_tricks(text: str, rule: str, found: str) -> None:
    assert hits(text) == [(rule, found)]


@pytest.mark.parametrize(
    "text",
    [
        "最后一步",
        "做到最。低价处理",
        "不同国家、级别的",
        "第一次购买的第一步",
        "第10代",
        "第十一",
        "第一百次",
        "bestie",
        "abest",
        "to be stable",
        "be stylish",
        "no.12",
        "最" + "·" * 20 + "低价",
    ],
)
def test_a_sentence_is_no_phrase(text: str) -> None:
    assert hits(text) == []


def test_an_exception_excuses_only_its_own_place() -> None:
    assert [(hit.start, hit.end) for hit in RULES.find("第一步,销量第一,第一次")] == [(6, 8)]


def test_the_longer_phrase_of_one_kind_is_told_alone() -> None:
    assert hits("全网最低价") == [("whole-net", "全网最低价")]


def test_a_more_severe_phrase_inside_a_longer_one_is_told_too() -> None:
    rules = compile_rules(
        [PhraseRule("long", "tone", "warn", phrase="老板成本价"), PhraseRule("short", "tone", "block", phrase="成本价")]
    )
    assert [hit.rule_code for hit in rules.find("老板成本价")] == ["long", "short"]


def test_a_hit_carries_its_place_and_its_surroundings() -> None:
    text = "一二三四五六七八九十一二三四五六七八九十最 低价一二三四五六七八九十一二三四五六七八九十"
    (hit,) = RULES.find(text)
    assert (hit.kind, hit.severity, hit.needs_proof) == ("claim", "proof", True)
    assert text[hit.start : hit.end] == hit.text == "最 低价"
    assert hit.excerpt == "…五六七八九十一二三四五六七八九十最 低价一二三四五六七八九十一二三四五六…"


@given(st.text("第一1①步最低 价。\u200b价bеst国家级", max_size=40))
def test_places_are_in_the_text_as_it_was_given(text: str) -> None:
    phrases = {rule.code: fold(rule.phrase) for rule in RULES.rules}
    for hit in RULES.find(text):
        assert text[hit.start : hit.end] == hit.text
        assert fold(hit.text) == phrases[hit.rule_code]


@given(st.integers(0, 1_000), st.sampled_from(["", " ", "\u200b", "·", "*", "🔥"]))
def test_every_shipped_phrase_is_found_with_anything_between_chinese_characters(number: int, gap: str) -> None:
    rule = SHIPPED_PHRASES[number % len(SHIPPED_PHRASES)]
    text = gap.join(rule.phrase) if not re.search("[A-Za-z0-9]", rule.phrase) else rule.phrase
    assert rule.code in {hit.rule_code for hit in compile_rules([rule]).find(f"本款,{text}!")}


SHIPPED = [rule for phrase_list in DEFAULT_LISTS for rule in phrase_list.rules]
SHIPPED_PHRASES = [rule for rule in SHIPPED if rule.phrase]


def test_shipped_lists_are_sound() -> None:
    compile_rules(SHIPPED)
    for phrase_list in DEFAULT_LISTS:
        codes = [rule.code for rule in phrase_list.rules]
        assert len(set(codes)) == len(codes)
        assert all(re.fullmatch(r"[a-z0-9-]{1,64}", code) for code in codes)
        assert all(rule.kind == phrase_list.kind and rule.note and len(rule.note) <= 300 for rule in phrase_list.rules)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("全网最低价", [("lowest", "proof"), ("lowest-price", "proof")]),
        ("国家级品质,销量第一", [("national-level", "block"), ("sales-first", "proof")]),
        ("最佳选择,最高级面料", [("best-zuijia", "block"), ("supreme-grade", "block")]),
        ("国家级非物质文化遗产传承", [("national-heritage", "proof")]),
        ("行业TOP1,最大容量2升", [("top-latin", "proof")]),
        ("妈妈的最爱", [("favourite", "warn")]),
        ("可治疗失眠,进货价12元", [("treatment", "block"), ("purchase-price", "block")]),
        ("供应商底价 9 元", [("supplier-floor", "block")]),
        ("亲们,净重5KG", [("kin", "warn"), ("kg", "warn")]),
        ("致电 13800138000", [("mobile", "block")]),
        ("最后一步:第一次使用前最好先清洗,净重 5kg,220V,50ml,转运中心发货", []),
    ],
)
def test_shipped_lists_find_what_the_law_names(text: str, codes: list[tuple[str, str]]) -> None:
    assert [(hit.rule_code, hit.severity) for hit in compile_rules(SHIPPED).find(text)] == codes


def test_what_is_forbidden_is_blocked_and_what_asks_for_proof_says_that_it_may_stay() -> None:
    """A claim that waits for its proof beside the words "is forbidden" would send people round in circles."""
    for rule in SHIPPED:
        if "forbidden" in rule.note and rule.kind == "absolute":
            assert rule.severity == "block", rule.code
        assert not (rule.severity == "proof" and "forbidden" in rule.note), rule.code
        assert rule.needs_proof == (rule.severity == "proof"), rule.code


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("mobile", "电话１３８-0013-8000。", ["１３８-0013-8000"]),
        ("mobile", "+86 13800138000, 订单113800138000, 12800138000", ["+86 13800138000"]),
        ("identity", "11010519491231002X和110105194912310021和110105194913310029", ["11010519491231002X"]),
        (
            "mail",
            "写信a.b@mail.example.com,或 ＣＤ＠ｑｑ．ｃｏｍ 或 a@b",
            ["a.b@mail.example.com", "ＣＤ＠ｑｑ．ｃｏｍ"],
        ),
        (
            "card",
            "6222 0212 3456 7890 128 与 4111111111111111 与 4111111111111112",
            ["6222 0212 3456 7890 128", "4111111111111111"],
        ),
        ("card", "条码 6901234567892,订单 1234567890123456789", []),
    ],
)
def test_personal_data_is_found(name: str, text: str, found: list[str]) -> None:
    rules = compile_rules([PhraseRule(name, "personal", "block", pattern=f"detector:{name}")])
    assert [hit.text for hit in rules.find(text)] == found


def test_check_digits() -> None:
    assert is_identity_number("11010519491231002X")
    assert not is_identity_number("11010519490230002X")  # no 30 February
    assert not is_identity_number("1101051949123100２X")
    assert not is_card_number("６２２２021234567890128")
    assert is_card_number("6222021234567890128")
    assert not is_card_number("6222021234567890127")
    assert not is_card_number("0" * 16)


@pytest.mark.parametrize(
    "pattern",
    [r"(?i)kg", r"(\d{4}[ -]?){3,4}", r"a{1,20}b", r"(?<=[0-9])\s{0,2}KG(?![A-Za-z])", "detector:mail", "甲|乙丙"],
)
def test_bounded_patterns_are_taken(pattern: str) -> None:
    assert pattern_problem(pattern) is None


BOUND = "Every repeat needs an upper bound"
WAYS = "This pattern could be tried in too many ways"


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("(a+)+", BOUND),
        ("a+", BOUND),
        (".*价", BOUND),
        ("a{2,}", BOUND),
        ("(?=a*)b", BOUND),
        ("(a{1,9}){1,9}", WAYS),
        ("(?:a|aa|ab){20}", WAYS),
        ("a{0,90}a{0,90}b", WAYS),
        (r"(a)\1", "References to an earlier part"),
        ("(a)?(?(1)b|c)", "References to an earlier part"),
        ("(", "This is not a regular expression"),
        ("[[a]", "This is not a regular expression"),
        ("", "A pattern must ask for"),
        ("a?", "A pattern must ask for"),
        ("a" * 301, "A pattern has at most 300"),
        ("detector:shoe-size", "There is no built-in search “shoe-size”"),
    ],
)
def test_patterns_that_could_hang_are_refused(pattern: str, problem: str) -> None:
    with override("en"):
        assert str(pattern_problem(pattern)).startswith(problem)
        with pytest.raises(ValueError, match=r"^x: "):
            compile_rules([PhraseRule("x", pattern=pattern)])


def test_patterns_see_half_width_figures_and_tell_original_places() -> None:
    rules = compile_rules([PhraseRule("kg", pattern=r"(?<=[0-9]) ?KG\b")])
    (hit,) = rules.find("净重５\u200bＫＧ 装,5kg")
    assert (hit.start, hit.end, hit.text) == (4, 6, "ＫＧ")


@pytest.mark.parametrize("phrase", ["", "…!"])
def test_a_rule_without_letters_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"^x: "):
        compile_rules([PhraseRule("x", phrase=phrase)])


def test_long_texts_are_refused_and_hits_are_limited() -> None:
    with pytest.raises(TextIsTooLong):
        RULES.find("字" * 10_000_000)
    assert len(RULES.find("第一" * (MAX_TEXT // 2))) == MAX_HITS
